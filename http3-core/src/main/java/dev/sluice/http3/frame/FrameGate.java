package dev.sluice.http3.frame;

import dev.sluice.http3.ending.ConnectionErrorException;

/**
 * Decides whether a frame may stand where it stands (RFC 9114 §7, Table 1). It is asked as soon as
 * the header is read, so that a frame in the wrong place is known before any of its payload.
 */
@FunctionalInterface
public interface FrameGate {
  /**
   * @param type any type, known or not
   * @param length of the payload in bytes
   * @throws ConnectionErrorException when the frame may not stand here; any other exception passes
   *     through the reader as it is
   */
  void onFrame(long type, long length);

  /**
   * Whether a type is no frame's but an extension's signal: no length follows it, and the rest of
   * the stream is not HTTP/3's.
   *
   * @throws ConnectionErrorException when it is one, but may not stand here
   */
  default boolean isSignal(long type) {
    return false;
  }
}
