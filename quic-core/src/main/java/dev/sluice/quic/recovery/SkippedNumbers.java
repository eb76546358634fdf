package dev.sluice.quic.recovery;

import dev.sluice.quic.frame.AckRanges;
import java.util.random.RandomGenerator;

/**
 * Leaves out a packet number now and then. A peer that acknowledges one of them acknowledges what
 * it never received, to make us send faster than the network can carry (RFC 9000 §21.4).
 */
final class SkippedNumbers {
  /**
   * The first number skipped is one of this many, and the range doubles with each: a connection
   * that carries little is tested early, one that carries much is not disturbed by the gaps.
   */
  private static final int FIRST_RANGE = 256;

  private static final int LAST_RANGE = 1 << 17;

  /** How many are remembered. An attacker has to guess right about all of them, for good. */
  private static final int REMEMBERED = 8;

  private final RandomGenerator random;
  private final long[] skipped = new long[REMEMBERED];
  private int count;
  private int range = FIRST_RANGE;
  private long nextToSkip;

  SkippedNumbers(RandomGenerator random) {
    this.random = random;
    this.nextToSkip = 1 + random.nextInt(range);
  }

  /** The number to send after {@code packetNumber}. */
  long after(long packetNumber) {
    if (packetNumber + 1 < nextToSkip) {
      return packetNumber + 1;
    }
    skipped[count++ % REMEMBERED] = packetNumber + 1;
    range = Math.min(2 * range, LAST_RANGE);
    // Never two gaps close together, or they would look like losses to packet thresholds.
    nextToSkip = packetNumber + 1 + FIRST_RANGE / 4 + random.nextInt(range);
    return packetNumber + 2;
  }

  /** A skipped number among those acknowledged, or -1. */
  long acknowledged(AckRanges ranges) {
    for (int i = 0; i < Math.min(count, REMEMBERED); i++) {
      if (ranges.contains(skipped[i])) {
        return skipped[i];
      }
    }
    return -1;
  }
}
