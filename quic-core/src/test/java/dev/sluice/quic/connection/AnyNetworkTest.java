package dev.sluice.quic.connection;

import dev.sluice.network.Simulation;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Conversations over networks and between configurations that a seed makes up, with all {@link
 * Invariants} watched. What a seed does is the same for ever; {@code -Dsluice.seed=N} replays it.
 */
class AnyNetworkTest {
  private static final int SEEDS = 2_000;

  /** Writing and reading a log takes longer than what it tells of. */
  private static final int QLOG_EVERY = 20;

  /** Longer than nearly all of these networks take; then they are healed. */
  private static final Duration PATIENCE = Duration.ofDays(1_000);

  @Test
  void everythingArrives() {
    Simulation.seeds(SEEDS, AnyNetworkTest::run);
  }

  /** For as many minutes as {@code -Dsluice.soak.minutes} says, with seeds that are always new. */
  @Test
  @Tag("soak")
  void everythingArrivesForHours() {
    Simulation.soak(SEEDS, AnyNetworkTest::run);
  }

  private static void run(Simulation sim) {
    SplittableRandom random = sim.random();
    AnyNetwork network = new AnyNetwork(sim, random);
    AnyOptions options = new AnyOptions(random, network);
    Scenario scenario = new Scenario(sim);
    if (sim.seed() % QLOG_EVERY == 0) {
      scenario.qlog();
    }
    scenario
        .network(network::join)
        .client(options::client)
        .server(config -> options.server(config, scenario))
        .idLengths(options.clientIds(), options.serverIds())
        .resumed(options.isResumed())
        .conversation(Conversation.any(random, 40_000))
        .meanwhile(() -> options.meanwhile(sim, scenario))
        .within(PATIENCE)
        .orElse(network::heal)
        .mayEnd(options::excuses)
        .run();
  }
}
