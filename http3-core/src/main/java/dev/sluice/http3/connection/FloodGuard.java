package dev.sluice.http3.connection;

import dev.sluice.http3.ending.ConnectionErrorException;
import dev.sluice.http3.ending.Http3Error;

/**
 * Counts what costs a peer little and this side work, and closes the connection when it is out of
 * all proportion to the requests that were answered (RFC 9114 §10.5). There is no clock here, so
 * each kind has an allowance that a connection may use up, and finished exchanges add to it.
 */
final class FloodGuard {
  /** Years of keep-alive by GREASE frames, or a second of abuse. */
  private static final long CONTROL_FRAMES = 10_000;

  /** A page that is left gives up a few dozen requests; "rapid reset" does so by the million. */
  private static final long GIVEN_UP = 1_000;

  /** A client greases with a stream or two a connection. */
  private static final long UNKNOWN_STREAMS = 1_000;

  /** A request may come with a change of priority or two, and padding. */
  private static final long CONTROL_FRAMES_PER_EXCHANGE = 10;

  private long exchanges;
  private long controlFrames;
  private long givenUp;
  private long unknownStreams;

  /** An exchange ran its course: both its messages came to ends of their own. */
  void onExchange() {
    exchanges++;
  }

  void onControlFrame() {
    controlFrames++;
    check(
        controlFrames <= CONTROL_FRAMES + CONTROL_FRAMES_PER_EXCHANGE * exchanges,
        "frames on the control stream");
  }

  /**
   * The peer gave up a request that was not answered yet: it reset it, wanted no response, or went
   * on with what had to be refused.
   */
  void onGivenUp() {
    givenUp++;
    check(givenUp <= GIVEN_UP + exchanges, "requests that were given up");
  }

  /** The peer opened a stream that is of no use. */
  void onUnknownStream() {
    unknownStreams++;
    check(unknownStreams <= UNKNOWN_STREAMS + exchanges, "streams of unknown types");
  }

  private static void check(boolean inProportion, String what) {
    if (!inProportion) {
      throw new ConnectionErrorException(Http3Error.H3_EXCESSIVE_LOAD, "too many " + what);
    }
  }
}
