package dev.sluice.quic.connection;

import dev.sluice.quic.packet.FirstByte;
import java.util.random.RandomGenerator;

/**
 * The bit of a packet's first byte that is 1 in versions 1 and 2, unless the peer takes any value
 * and so gets one at random, lest the network come to rely on it (RFC 9287 §3.1).
 */
final class QuicBit {
  /** A secure source costs more for each call than a packet should; so it is asked for many. */
  private static final int BYTES = 128;

  private final RandomGenerator random;

  /** Null while the bit is fixed. */
  private byte[] bits;

  private int left;

  QuicBit(RandomGenerator random) {
    this.random = random;
  }

  /** The peer has said that it takes any value. */
  void free() {
    if (bits == null) {
      bits = new byte[BYTES];
    }
  }

  /**
   * The next packet's first byte, with a 0 there or not. It is worked out without a branch, which a
   * processor would guess wrong for every other packet.
   *
   * @param first the byte with a 1 there
   */
  byte apply(byte first) {
    if (bits == null) {
      return first;
    }
    if (left == 0) {
      random.nextBytes(bits);
      left = BYTES * Byte.SIZE;
    }
    left--;
    int drawn = bits[left / Byte.SIZE] >> left % Byte.SIZE & 1;
    return FirstByte.withFixedBit(first, drawn);
  }
}
