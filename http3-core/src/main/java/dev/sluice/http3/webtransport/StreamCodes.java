package dev.sluice.http3.webtransport;

/**
 * Application codes of stream resets among HTTP/3's error codes (§4.4). The range has no code of
 * the form 0x1f * N + 0x21 in it, since those are reserved (RFC 9114 §8.1).
 */
final class StreamCodes {
  /** What stands for a code that is no application's. */
  static final long NONE = -1;

  private static final long FIRST = 0x52e4a40fa8dbL;
  private static final long LAST = 0x52e5ac983162L;

  private StreamCodes() {}

  /**
   * The HTTP/3 code for an application's.
   *
   * @param code 0 to 2^32-1
   */
  static long toHttp(long code) {
    return FIRST + code + code / 0x1e;
  }

  /** The application's code, or {@link #NONE}. */
  static long fromHttp(long code) {
    if (code < FIRST || code > LAST || (code - 0x21) % 0x1f == 0) {
      return NONE;
    }
    long shifted = code - FIRST;
    return shifted - shifted / 0x1f;
  }
}
