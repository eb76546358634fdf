package dev.sluice.testkit.layers.low;

/** Knows nothing of what is above it. */
public final class Low {
  private Low() {}

  /** Some value. */
  public static int value() {
    return 1;
  }
}
