package dev.sluice.testkit.layers.high;

import dev.sluice.testkit.layers.low.Low;

/** Uses what is below it. */
public final class High {
  private High() {}

  /** Some value. */
  public static int value() {
    return Low.value() + 1;
  }
}
