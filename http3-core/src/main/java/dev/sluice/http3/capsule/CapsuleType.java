package dev.sluice.http3.capsule;

/** Types of capsules (RFC 9297 §5.4, draft-ietf-webtrans-http3-16 §9.6). */
public final class CapsuleType {
  public static final long DATAGRAM = 0x00;
  public static final long WT_CLOSE_SESSION = 0x2843;
  public static final long WT_DRAIN_SESSION = 0x78ae;
  public static final long WT_MAX_DATA = 0x190B4D3DL;

  /** Of WebTransport over HTTP/2; may not be sent over HTTP/3 (webtrans-http3-16 §5.4). */
  public static final long WT_MAX_STREAM_DATA = 0x190B4D3EL;

  public static final long WT_MAX_STREAMS_BIDI = 0x190B4D3FL;
  public static final long WT_MAX_STREAMS_UNI = 0x190B4D40L;
  public static final long WT_DATA_BLOCKED = 0x190B4D41L;

  /** Of WebTransport over HTTP/2; may not be sent over HTTP/3 (webtrans-http3-16 §5.4). */
  public static final long WT_STREAM_DATA_BLOCKED = 0x190B4D42L;

  public static final long WT_STREAMS_BLOCKED_BIDI = 0x190B4D43L;
  public static final long WT_STREAMS_BLOCKED_UNI = 0x190B4D44L;

  private CapsuleType() {}

  /** For people. */
  public static String name(long type) {
    if (type == DATAGRAM) {
      return "DATAGRAM";
    }
    if (type == WT_CLOSE_SESSION) {
      return "WT_CLOSE_SESSION";
    }
    if (type == WT_DRAIN_SESSION) {
      return "WT_DRAIN_SESSION";
    }
    if (type < WT_MAX_DATA || type > WT_STREAMS_BLOCKED_UNI) {
      return "capsule 0x" + Long.toHexString(type);
    }
    return switch ((int) (type - WT_MAX_DATA)) {
      case 0 -> "WT_MAX_DATA";
      case 1 -> "WT_MAX_STREAM_DATA";
      case 2, 3 -> "WT_MAX_STREAMS";
      case 4 -> "WT_DATA_BLOCKED";
      case 5 -> "WT_STREAM_DATA_BLOCKED";
      default -> "WT_STREAMS_BLOCKED";
    };
  }
}
