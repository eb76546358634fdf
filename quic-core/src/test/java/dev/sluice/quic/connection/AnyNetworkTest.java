package dev.sluice.quic.connection;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.congestion.CongestionAlgorithm;
import dev.sluice.quic.sim.EndpointNode;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Transfers over networks and between configurations that a seed makes up, with all {@link
 * Invariants} watched. What a seed does is the same for ever; {@code -Dsluice.seed=N} replays it.
 */
class AnyNetworkTest {
  private static final int SEEDS = 2_000;

  /** Longer than any of these networks takes. */
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

  /** QUIC relies on stable addresses during the handshake; without them it works or ends. */
  @Test
  void aRebindingDuringTheHandshakeIsSurvivedOrEnds() {
    Simulation.seeds(
        200,
        sim -> {
          SplittableRandom random = sim.random();
          sim.at(
              Duration.ofMillis(random.nextInt(60)),
              () -> sim.rebind(sim.address(1), random.nextBoolean()));
          EndpointNode client =
              sim.attach(
                  sim.address(1), new EndpointNode(TestPeers.endpoint(random.split()), c -> {}));
          EndpointNode server =
              sim.attach(
                  sim.address(2), new EndpointNode(TestPeers.endpoint(random.split()), c -> {}));
          sim.bothWays(
              sim.address(1), sim.address(2), () -> new Link().delay(Simulation.ms(10)).loss(0.1));
          server.endpoint().listen(TestPeers.server(random.split()));
          Connection connection =
              client
                  .endpoint()
                  .connect(null, sim.address(2), TestPeers.client(random.split()), sim.now());
          sim.run(
              Duration.ofMinutes(1),
              () -> connection.ending() != null || connection.handshake.isConfirmed());
        });
  }

  private static void run(Simulation sim) {
    SplittableRandom random = sim.random();
    Duration delay = pick(random, List.of(0L, 1L, 10L, 50L, 250L, 2_000L, 60_000L, 7_200_000L));
    boolean disturbed = random.nextInt(4) == 0;
    // Where half of all datagrams are lost, proofs of a new address are too: each attempt that
    // fails
    // doubles the time to the next, and a year goes by.
    Mood mood = Mood.of(random, disturbed ? 0.15 : 0.5);
    Scenario scenario = new Scenario(sim);
    if (disturbed) {
      disturb(sim, scenario, random, delay);
    }
    // A Retry's token is good for seconds and for one address.
    boolean retry =
        !disturbed && delay.toMillis() < 1_000 && mood.loss() < 0.1 && random.nextBoolean();
    scenario
        .links(() -> link(sim, random, delay, mood), () -> link(sim, random, delay, mood))
        // Only what a client sends tells the server of its new address.
        .client(
            c -> {
              TransportConfig transport = options(random, c.transport());
              return c.withTransport(
                  disturbed ? transport.withKeepAlive(Duration.ofSeconds(15)) : transport);
            })
        .server(s -> s.withTransport(options(random, s.transport())).withRetry(retry))
        .bytes(random.nextInt(40_000))
        .within(PATIENCE)
        .run();
  }

  /** How bad a network is: most runs have one misfortune or two, not all of them at their worst. */
  private record Mood(
      double loss, double reorder, double duplicate, double corrupt, double truncate) {

    static Mood of(SplittableRandom random, double mostLoss) {
      return new Mood(
          some(random, mostLoss),
          some(random, 0.3),
          some(random, 0.2),
          some(random, 0.1),
          some(random, 0.1));
    }

    private static double some(SplittableRandom random, double most) {
      return random.nextInt(3) == 0 ? random.nextDouble() * most : 0;
    }
  }

  private static Link link(Simulation sim, SplittableRandom random, Duration delay, Mood mood) {
    Link link =
        new Link()
            .delay(delay)
            .loss(mood.loss())
            .reorder(mood.reorder(), delay.plusMillis(5))
            .duplicate(mood.duplicate())
            .corrupt(mood.corrupt())
            .truncate(mood.truncate());
    if (random.nextBoolean()) {
      link.rate(pickLong(random, 10_000, 100_000, 1_000_000, 100_000_000, 10_000_000_000L))
          .queue(pickLong(random, 2 * 1_500, 20_000, 200_000, 10_000_000));
    }
    if (random.nextInt(4) == 0) {
      Duration when = Duration.ofMillis(random.nextInt(2_000));
      sim.at(when, () -> link.mtu(1_200 + random.nextInt(300)));
    }
    if (random.nextInt(8) == 0) {
      Duration when = Duration.ofMillis(random.nextInt(2_000));
      sim.at(when, link::cut);
      sim.at(when.plusMillis(random.nextInt(1_500)), link::mend);
    }
    return link;
  }

  /**
   * The client's NAT forgets it, or a clock leaps, at any moment after the handshake, for which
   * addresses have to be stable (RFC 9000 §9).
   */
  private static void disturb(
      Simulation sim, Scenario scenario, SplittableRandom random, Duration delay) {
    for (int i = random.nextInt(4); i >= 0; i--) {
      long at = random.nextLong(10 * delay.toMillis() + 100);
      if (random.nextBoolean()) {
        boolean newHost = random.nextBoolean();
        sim.at(
            Duration.ofMillis(at),
            () -> {
              if (scenario.isConfirmed()) {
                sim.rebind(sim.address(1), newHost);
              }
            });
      } else {
        Duration leap = Duration.ofMillis(random.nextInt(3_000));
        sim.at(Duration.ofMillis(at), () -> sim.leap(sim.address(1 + random.nextInt(2)), leap));
      }
    }
  }

  private static TransportConfig options(SplittableRandom random, TransportConfig config) {
    CongestionAlgorithm[] algorithms = CongestionAlgorithm.values();
    return config
        .withHandshakeTimeout(PATIENCE)
        .withIdleTimeout(PATIENCE)
        .withCongestion(algorithms[random.nextInt(algorithms.length)])
        .withGreaseQuicBit(random.nextBoolean())
        .withKeepAlive(random.nextInt(8) == 0 ? Duration.ofSeconds(15) : Duration.ZERO);
  }

  private static Duration pick(SplittableRandom random, List<Long> millis) {
    return Duration.ofMillis(millis.get(random.nextInt(millis.size())));
  }

  private static long pickLong(SplittableRandom random, long... of) {
    return of[random.nextInt(of.length)];
  }
}
