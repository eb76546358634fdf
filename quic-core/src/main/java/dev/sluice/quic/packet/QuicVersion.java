package dev.sluice.quic.packet;

import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The versions of QUIC that are spoken here, and all that tells one from another on the wire (RFC
 * 9000 §15, RFC 9369 §3). A further version of the same design is one more constant.
 */
public enum QuicVersion {
  /** RFC 9000 and RFC 9001. */
  V1(
      0x00000001,
      List.of(PacketType.INITIAL, PacketType.ZERO_RTT, PacketType.HANDSHAKE, PacketType.RETRY),
      "38762cf7f55934b34d179ae6a4c80cadccbb7f0a",
      "be0c690b9f66575a1d766b54e368c84e",
      "461599d35d632bf2239825bb",
      "quic "),

  /** RFC 9369: version 1 with other numbers, so that nobody comes to rely on those of version 1. */
  V2(
      0x6b3343cf,
      List.of(PacketType.RETRY, PacketType.INITIAL, PacketType.ZERO_RTT, PacketType.HANDSHAKE),
      "0dede3def700a6db819381be6e269dcbf9bd2ed9",
      "8fb4b01b56ac48e260fbcbcead7ccc92",
      "d86969bc2d7c6d9990efb04a",
      "quicv2 ");

  private static final QuicVersion[] ALL = values();

  private final int number;
  private final PacketType[] longTypes;
  private final byte[] initialSalt;
  private final byte[] retryKey;
  private final byte[] retryNonce;
  private final String labelPrefix;

  QuicVersion(
      int number,
      List<PacketType> longTypes,
      String initialSalt,
      String retryKey,
      String retryNonce,
      String labelPrefix) {
    this.number = number;
    this.longTypes = longTypes.toArray(PacketType[]::new);
    this.initialSalt = HexFormat.of().parseHex(initialSalt);
    this.retryKey = HexFormat.of().parseHex(retryKey);
    this.retryNonce = HexFormat.of().parseHex(retryNonce);
    this.labelPrefix = labelPrefix;
  }

  /** The version with this number on the wire, null when it is not spoken here. */
  public static QuicVersion of(int number) {
    for (QuicVersion version : ALL) {
      if (version.number == number) {
        return version;
      }
    }
    return null;
  }

  /**
   * A version number that never means a version, of the form 0x?a?a?a?a (RFC 9000 §15); offered so
   * that peers stay used to numbers that they do not know (§6.3).
   */
  public static int grease(RandomGenerator random) {
    return random.nextInt() & 0xf0f0f0f0 | 0x0a0a0a0a;
  }

  /** Whether a version number is one of those that {@link #grease} makes. */
  public static boolean isGrease(int number) {
    return (number & 0x0f0f0f0f) == 0x0a0a0a0a;
  }

  /**
   * Whether a first flight of this version can be taken for one of the other (RFC 9368 §2.2). It is
   * so for versions 1 and 2, both ways (RFC 9369 §4); a further version has to say so itself.
   */
  public boolean isCompatibleWith(QuicVersion other) {
    return switch (this) {
      case V1, V2 -> other == V1 || other == V2;
    };
  }

  /** The number in the Version field. */
  public int number() {
    return number;
  }

  /** What the two type bits of a long header say (RFC 9000 §17.2, RFC 9369 §3.2). */
  public PacketType longHeaderType(int firstByte) {
    return longTypes[(firstByte & 0x30) >> 4];
  }

  /**
   * The two type bits, in place (mask 0x30), of a packet with a long header.
   *
   * @throws IllegalArgumentException for Version Negotiation and 1-RTT, which have no such bits
   */
  public int longHeaderTypeBits(PacketType type) {
    for (int bits = 0; bits < longTypes.length; bits++) {
      if (longTypes[bits] == type) {
        return bits << 4;
      }
    }
    throw new IllegalArgumentException(type + " has no long header type");
  }

  /** The salt of the Initial secrets (RFC 9001 §5.2); a copy. */
  public byte[] initialSalt() {
    return initialSalt.clone();
  }

  /** The key of the Retry integrity tag (RFC 9001 §5.8), known to everyone; a copy. */
  public byte[] retryKey() {
    return retryKey.clone();
  }

  /** The nonce of the Retry integrity tag (RFC 9001 §5.8); a copy. */
  public byte[] retryNonce() {
    return retryNonce.clone();
  }

  /**
   * The HKDF label of this version (RFC 9001 §5.1, §6.1, RFC 9369 §3.3.2).
   *
   * @param purpose "key", "iv", "hp" or "ku"
   */
  public String label(String purpose) {
    return labelPrefix + purpose;
  }
}
