package dev.sluice.tools.congestion;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.congestion.CongestionAlgorithm;
import dev.sluice.quic.connection.TransportConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A scenario with one congestion controller, from its beginning to its end. */
final class ScenarioRun {
  private static final int SAMPLES = 600;

  private final Scenario scenario;
  private final CongestionAlgorithm algorithm;
  private final Simulation sim;
  private final Link bottleneck;
  private final List<Flow> flows = new ArrayList<>();

  ScenarioRun(Scenario scenario, CongestionAlgorithm algorithm, long seed) {
    this.scenario = scenario;
    this.algorithm = algorithm;
    this.sim = new Simulation(seed);
    this.bottleneck =
        new Link().rate(scenario.rate()).queue(scenario.queue()).loss(scenario.loss());
    Peers peers = new Peers(new SplittableRandom(seed));
    TransportConfig transport =
        TransportConfig.DEFAULTS
            .withCongestion(algorithm)
            .withIdleTimeout(scenario.duration())
            .withHandshakeTimeout(scenario.duration());
    for (int i = 1; i <= scenario.starts().size(); i++) {
      flows.add(new Flow(sim, i, scenario, transport, bottleneck, peers));
    }
  }

  /** Runs it; takes as long as it computes. */
  Outcome run() {
    Duration step = scenario.duration().dividedBy(SAMPLES);
    for (int i = 1; i <= SAMPLES; i++) {
      sim.at(step.multipliedBy(i), () -> flows.forEach(Flow::sample));
    }
    sim.runFor(scenario.duration());
    double seconds = scenario.duration().toNanos() / 1e9;
    double capacity = scenario.rate() / 8.0 * seconds;
    long delivered = flows.stream().mapToLong(Flow::received).sum();
    return new Outcome(
        scenario,
        algorithm,
        Math.min(1, bottleneck.counts().carried / capacity),
        delivered / capacity,
        fairness(seconds * 2 / 3),
        flows.stream()
            .flatMap(flow -> flow.samples().stream())
            .mapToDouble(Sample::rtt)
            .average()
            .orElse(0),
        flows.stream().mapToDouble(Flow::lossRate).average().orElse(0),
        flows.stream().map(Flow::samples).toList());
  }

  private double fairness(double from) {
    return Outcome.jain(
        flows.stream()
            .mapToDouble(
                flow ->
                    flow.samples().stream()
                        .filter(sample -> sample.time() >= from)
                        .mapToLong(Sample::delivered)
                        .sum())
            .toArray());
  }
}
