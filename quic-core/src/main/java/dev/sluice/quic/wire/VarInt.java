package dev.sluice.quic.wire;

/**
 * Variable-length integers (RFC 9000 §16): the two most significant bits of the first byte say
 * whether 1, 2, 4 or 8 bytes hold the value, which leaves 6, 14, 30 or 62 bits for it.
 */
public final class VarInt {

  /** The largest value that can be written, 2^62-1. */
  public static final long MAX = (1L << 62) - 1;

  private VarInt() {}

  /**
   * The number of bytes of the shortest encoding of a value.
   *
   * @throws IllegalArgumentException for a value below 0 or above {@link #MAX}
   */
  public static int length(long value) {
    if (value >>> 6 == 0) {
      return 1;
    }
    if (value >>> 14 == 0) {
      return 2;
    }
    if (value >>> 30 == 0) {
      return 4;
    }
    if (value >>> 62 == 0) {
      return 8;
    }
    throw new IllegalArgumentException("not a variable-length integer: " + value);
  }

  /**
   * The number of bytes of the encoding that begins with this byte.
   *
   * @param firstByte only its low eight bits count
   */
  public static int lengthOf(int firstByte) {
    return 1 << ((firstByte & 0xff) >>> 6);
  }

  /** Whether a value can be written at all. */
  public static boolean isEncodable(long value) {
    return value >>> 62 == 0;
  }
}
