package dev.sluice.quic.connection;

import java.util.random.RandomGenerator;

/**
 * The bit of a packet's first byte that is 1 in versions 1 and 2, unless the peer takes any value
 * and so gets one at random, lest the network come to rely on it (RFC 9287 §3.1).
 */
final class QuicBit {
  private final RandomGenerator random;
  private boolean free;
  private long bits;
  private int left;

  QuicBit(RandomGenerator random) {
    this.random = random;
  }

  /** The peer has said that it takes any value. */
  void free() {
    free = true;
  }

  /** Whether the next packet has a 0 there. */
  boolean isCleared() {
    if (!free) {
      return false;
    }
    if (left == 0) {
      // A secure source costs more for each call than a packet should; so it is asked for many.
      bits = random.nextLong();
      left = Long.SIZE;
    }
    left--;
    boolean cleared = (bits & 1) == 0;
    bits >>>= 1;
    return cleared;
  }
}
