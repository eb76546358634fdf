package dev.sluice.quic.packet;

/**
 * The bits of a packet's first byte (RFC 9000 §17.2, §17.3.1). All but the first two and, in long
 * headers, the type stand under header protection: they mean something only once it is removed.
 */
public final class FirstByte {
  static final int LONG = 0x80;
  static final int FIXED = 0x40;
  static final int SPIN = 0x20;
  static final int KEY_PHASE = 0x04;

  private FirstByte() {}

  /** Whether the packet has a long header; the same in all versions (RFC 8999 §5). */
  public static boolean isLong(int firstByte) {
    return (firstByte & LONG) != 0;
  }

  /** The bit that is 1 in every packet, unless its receiver takes any value (RFC 9287). */
  public static boolean hasFixedBit(int firstByte) {
    return (firstByte & FIXED) != 0;
  }

  /**
   * A first byte with another value of that bit, as a receiver that takes any may see it.
   *
   * @param bit 0 or 1
   */
  public static byte withFixedBit(int firstByte, int bit) {
    return (byte) (firstByte & ~FIXED | bit * FIXED);
  }

  /** The length of the Packet Number field in bytes, 1 to 4; unprotected headers only. */
  public static int packetNumberLength(int firstByte) {
    return (firstByte & 0x03) + 1;
  }

  /**
   * The two reserved bits, 0 in every valid packet. A packet that authenticates and has another
   * value is a PROTOCOL_VIOLATION; one that does not is dropped like any other, since an answer
   * would tell an attacker what the protected bits are (RFC 9001 §9.5).
   */
  public static int reservedBits(int firstByte) {
    return isLong(firstByte) ? firstByte & 0x0c : firstByte & 0x18;
  }

  /** The Key Phase bit of an unprotected short header (RFC 9001 §6). */
  public static boolean keyPhase(int firstByte) {
    return (firstByte & KEY_PHASE) != 0;
  }

  /** The latency spin bit of a short header (RFC 9000 §17.4). */
  public static boolean spin(int firstByte) {
    return (firstByte & SPIN) != 0;
  }

  /** The bits that header protection covers (RFC 9001 §5.4.1). */
  public static int protectedBits(int firstByte) {
    return isLong(firstByte) ? 0x0f : 0x1f;
  }
}
