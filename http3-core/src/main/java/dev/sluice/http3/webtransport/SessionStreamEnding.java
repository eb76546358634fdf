package dev.sluice.http3.webtransport;

import dev.sluice.http3.ending.Http3Error;

/** How one direction of a session's stream ended. */
public sealed interface SessionStreamEnding {

  /** The sender's FIN: every byte was delivered (receiving) or acknowledged (sending). */
  record Finished() implements SessionStreamEnding {}

  /**
   * Receiving: the peer's application reset the stream.
   *
   * @param code 0 to 2^32-1
   */
  record Reset(long code) implements SessionStreamEnding {}

  /**
   * Sending: the peer's application wants no more of it.
   *
   * @param code 0 to 2^32-1
   */
  record Stopped(long code) implements SessionStreamEnding {}

  /**
   * The peer reset or stopped the stream with a code that is no application's (§4.4), such as
   * WT_BUFFERED_STREAM_REJECTED.
   */
  record AbortedWithoutCode(long http3Code) implements SessionStreamEnding {}

  /** This side's application reset what it was sending, or reads no more. */
  record Abandoned(long code) implements SessionStreamEnding {}

  /** The session, perhaps with its connection, ended first. */
  record SessionEnded(SessionEnding ending) implements SessionStreamEnding {}

  /** One line for people. */
  default String describe() {
    return switch (this) {
      case Finished() -> "finished";
      case Reset(long code) -> "reset by the peer with code " + code;
      case Stopped(long code) -> "stopped by the peer with code " + code;
      case AbortedWithoutCode(long code) -> "aborted by the peer with " + Http3Error.describe(code);
      case Abandoned(long code) -> "given up with code " + code;
      case SessionEnded(SessionEnding ending) -> ending.describe();
    };
  }
}
