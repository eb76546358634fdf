package dev.sluice.http3.webtransport;

import dev.sluice.network.Simulation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Sessions over networks that a seed makes up: whatever one end was told that the other has, the
 * other can read, and only then it hears of the end; every session and every stream ends once.
 */
class AnySessionsTest {
  private static final int SEEDS = 1_000;

  @Test
  void whatArrivedIsHeardBeforeTheEnd() {
    Simulation.seeds(SEEDS, sim -> new AnySessions(sim).run());
  }

  /** For as many minutes as {@code -Dsluice.soak.minutes} says, with seeds that are always new. */
  @Test
  @Tag("soak")
  void whatArrivedIsHeardForHours() {
    Simulation.soak(SEEDS, sim -> new AnySessions(sim).run());
  }
}
