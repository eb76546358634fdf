package dev.sluice.testkit.layers.low;

import dev.sluice.testkit.layers.high.High;
import java.util.List;

/** Uses what is above it, and through a type argument only, which is the easiest to overlook. */
final class ReachesUp {
  private ReachesUp() {}

  static int count(List<High> above) {
    return above.size();
  }
}
