package dev.sluice.http3.connection;

import dev.sluice.network.Simulation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Requests over networks that a seed makes up: whatever arrived of a message is heard, and only
 * then its end; every exchange ends once; and what was called unprocessed, no server has seen.
 */
class AnyRequestsTest {
  private static final int SEEDS = 1_000;

  @Test
  void whatArrivedIsHeardBeforeTheEnd() {
    Simulation.seeds(SEEDS, sim -> new AnyRequests(sim).run());
  }

  /** For as many minutes as {@code -Dsluice.soak.minutes} says, with seeds that are always new. */
  @Test
  @Tag("soak")
  void whatArrivedIsHeardForHours() {
    Simulation.soak(SEEDS, sim -> new AnyRequests(sim).run());
  }
}
