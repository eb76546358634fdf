package dev.sluice.quic.wire;

/**
 * Packet numbers run to 2^62-1 but travel as their low one to four bytes; the receiver fills in the
 * rest from what it has seen (RFC 9000 §17.1, Appendix A.2 and A.3).
 */
public final class PacketNumber {

  /** The largest packet number; a sender that reaches it must stop (RFC 9000 §12.3). */
  public static final long MAX = VarInt.MAX;

  /** The longest truncated packet number, in bytes. */
  public static final int MAX_ENCODED_LENGTH = 4;

  private PacketNumber() {}

  /**
   * How many bytes to send, so that a peer that has received nothing since what it acknowledged
   * still finds the right number: their range must be more than twice the distance (§17.1).
   * Appendix A.2 says one byte less when the distance is exactly half a range; the text of §17.1
   * goes first here.
   *
   * @param full the packet number to send
   * @param largestAcknowledged the largest number that the peer acknowledged in this space, -1 for
   *     none
   * @return 1 to 4; 4 also when even that is too little, beyond 2^31 packets in flight
   */
  public static int encodedLength(long full, long largestAcknowledged) {
    long unacknowledged = full - largestAcknowledged;
    int bits = 64 - Long.numberOfLeadingZeros(unacknowledged) + 1;
    return Math.clamp((bits + 7) / 8, 1, MAX_ENCODED_LENGTH);
  }

  /**
   * The number nearest to the next expected one that ends in the bytes received (Appendix A.3).
   *
   * @param truncated the value of those bytes
   * @param bytes how many there were, 1 to 4
   * @param largestReceived the largest packet number authenticated in this space, -1 for none
   */
  public static long decode(long truncated, int bytes, long largestReceived) {
    long expected = largestReceived + 1;
    long window = 1L << (8 * bytes);
    long half = window >>> 1;
    long candidate = (expected & -window) | truncated;
    if (candidate <= expected - half && candidate <= MAX - window) {
      return candidate + window;
    }
    if (candidate > expected + half && candidate >= window) {
      return candidate - window;
    }
    return candidate;
  }

  /**
   * The value of a Packet Number field once header protection is off.
   *
   * @param length how many bytes it has, 1 to 4
   */
  public static long read(byte[] buffer, int offset, int length) {
    long value = 0;
    for (int i = 0; i < length; i++) {
      value = value << 8 | buffer[offset + i] & 0xff;
    }
    return value;
  }
}
