package dev.sluice.http3.stream;

/** Types of unidirectional streams (RFC 9114 §6.2, RFC 9204 §4.2). */
public final class StreamType {
  public static final long CONTROL = 0x00;
  public static final long PUSH = 0x01;
  public static final long QPACK_ENCODER = 0x02;
  public static final long QPACK_DECODER = 0x03;

  private StreamType() {}

  /** For people. */
  public static String name(long type) {
    return switch ((int) Math.min(type, 4)) {
      case 0 -> "control stream";
      case 1 -> "push stream";
      case 2 -> "QPACK encoder stream";
      case 3 -> "QPACK decoder stream";
      default -> "stream of type 0x" + Long.toHexString(type);
    };
  }
}
