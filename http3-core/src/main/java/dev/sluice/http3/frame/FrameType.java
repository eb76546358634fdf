package dev.sluice.http3.frame;

/** Frame types (RFC 9114 §11.2.1, RFC 9218 §7.2). */
public final class FrameType {
  public static final long DATA = 0x00;
  public static final long HEADERS = 0x01;
  public static final long CANCEL_PUSH = 0x03;
  public static final long SETTINGS = 0x04;
  public static final long PUSH_PROMISE = 0x05;
  public static final long GOAWAY = 0x07;
  public static final long MAX_PUSH_ID = 0x0d;

  /** PRIORITY_UPDATE for a request stream. */
  public static final long PRIORITY_UPDATE_REQUEST = 0xf0700;

  /** PRIORITY_UPDATE for a push. */
  public static final long PRIORITY_UPDATE_PUSH = 0xf0701;

  private FrameType() {}

  /** Whether the type had a meaning in HTTP/2 and must never appear here (RFC 9114 §7.2.8). */
  public static boolean isReservedFromHttp2(long type) {
    return type == 0x02 || type == 0x06 || type == 0x08 || type == 0x09;
  }

  /** Whether this implementation knows the type; every other is passed over (§9). */
  public static boolean isKnown(long type) {
    return type == DATA
        || type == HEADERS
        || type == CANCEL_PUSH
        || type == SETTINGS
        || type == PUSH_PROMISE
        || type == GOAWAY
        || type == MAX_PUSH_ID
        || type == PRIORITY_UPDATE_REQUEST
        || type == PRIORITY_UPDATE_PUSH;
  }

  /** The registered name, or the number of a type that has none. */
  public static String name(long type) {
    if (type == PRIORITY_UPDATE_REQUEST || type == PRIORITY_UPDATE_PUSH) {
      return "PRIORITY_UPDATE";
    }
    if (type < 0 || type > MAX_PUSH_ID) {
      return "frame type 0x" + Long.toHexString(type);
    }
    return switch ((int) type) {
      case 0x00 -> "DATA";
      case 0x01 -> "HEADERS";
      case 0x03 -> "CANCEL_PUSH";
      case 0x04 -> "SETTINGS";
      case 0x05 -> "PUSH_PROMISE";
      case 0x07 -> "GOAWAY";
      case 0x0d -> "MAX_PUSH_ID";
      default -> "frame type 0x" + Long.toHexString(type);
    };
  }
}
