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
}
