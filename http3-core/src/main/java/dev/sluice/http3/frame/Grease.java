package dev.sluice.http3.frame;

import java.util.random.RandomGenerator;

/**
 * The numbers that are reserved so that peers stay able to ignore what they do not know: 0x1f * N +
 * 0x21 (RFC 9114 §6.2.3, §7.2.4.1, §7.2.8, §8.1).
 */
public final class Grease {
  private static final long STEP = 0x1f;
  private static final long FIRST = 0x21;

  private Grease() {}

  /** A reserved number, at random. */
  public static long number(RandomGenerator random) {
    // N up to 2^31 keeps the number within every width of variable-length integer but the first.
    return STEP * random.nextLong(1L << 31) + FIRST;
  }

  /** Whether a number is reserved. */
  public static boolean isReserved(long number) {
    return number >= FIRST && (number - FIRST) % STEP == 0;
  }
}
