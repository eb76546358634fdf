package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.network.Simulation;
import dev.sluice.testkit.Requirement;
import java.time.Duration;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Conversations over networks and between configurations that a seed makes up, with all {@link
 * Invariants} watched, and both sides' qlogs held against what happened. What a seed does is the
 * same for ever; {@code -Dsluice.seed=N} replays it.
 */
class AnyNetworkTest {
  private static final int SEEDS = 2_000;

  /**
   * Bounds of which these runs see nothing: what is taken or sent in the same step (two for
   * datagrams, one for answers, one for connections), and what nobody leaves unread.
   */
  private static final int GONE_AT_ONCE = 5;

  /** Longer than nearly all of these networks take; then they are healed. */
  private static final Duration PATIENCE = Duration.ofDays(1_000);

  @Test
  @Requirement("RFC9000-2.2#3")
  void everythingArrives() {
    Bounds bounds = new Bounds();
    Simulation.seeds(SEEDS, sim -> run(sim, bounds));
    if (Long.getLong("sluice.seed") == null) {
      Set<String> seen = new TreeSet<>(bounds.largest().keySet());
      seen.removeIf(what -> bounds.largest().get(what) == 0);
      assertEquals(seen.size() + GONE_AT_ONCE, bounds.largest().size(), seen::toString);
    }
  }

  /** For as many minutes as {@code -Dsluice.soak.minutes} says, with seeds that are always new. */
  @Test
  @Tag("soak")
  void everythingArrivesForHours() {
    Simulation.soak(SEEDS, sim -> run(sim, new Bounds()));
  }

  private static void run(Simulation sim, Bounds bounds) {
    SplittableRandom random = sim.random();
    AnyNetwork network = new AnyNetwork(sim, random);
    AnyOptions options = new AnyOptions(random, network);
    Scenario scenario = new Scenario(sim).qlog();
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
        .bounds(bounds)
        .run();
  }
}
