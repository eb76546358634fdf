package dev.sluice.http3.webtransport;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.ending.Retry;
import dev.sluice.http3.message.ResponseHead;
import dev.sluice.quic.ending.ConnectionEnding;

/**
 * How a session ended. Each has exactly one of these values, and so has every stream that the
 * session's end cut short, after everything that had arrived was handed over.
 */
public sealed interface SessionEnding {

  /** Who acted. */
  enum Side {
    LOCAL,
    PEER
  }

  /**
   * Closed by one side (§6).
   *
   * @param code 0 to 2^32-1; 0 also when the peer just finished its stream
   * @param reason at most 1024 bytes of UTF-8, possibly empty
   */
  record Closed(Side by, long code, String reason) implements SessionEnding {}

  /**
   * Never established: the server's response was not 2xx, a redirect included (§3.2).
   *
   * @param response at a client what came, at a server what was sent
   */
  record Refused(ResponseHead response) implements SessionEnding {}

  /**
   * Never established: the request for it failed, and {@link RequestEnding#retry()} says whether
   * another attempt is safe.
   */
  record NotEstablished(RequestEnding request) implements SessionEnding {}

  /**
   * The peer cut the session's stream short (RESET_STREAM or STOP_SENDING).
   *
   * @param code as received; {@link Http3Error#of} says what it means
   */
  record Aborted(long code) implements SessionEnding {}

  /**
   * This side aborted the session since the peer broke a rule of it.
   *
   * @param reason for people
   */
  record Failed(Http3Error error, String reason) implements SessionEnding {}

  /** The connection ended first. */
  record ConnectionEnded(ConnectionEnding ending) implements SessionEnding {}

  /** Whether either side closed the session in order. */
  default boolean isClean() {
    return this instanceof Closed;
  }

  /**
   * Whether the session may be asked for again as if nothing had been. A session that was
   * established, or refused by an answer, was seen by the peer's application; another one is for
   * this side's to decide on.
   */
  default Retry retry() {
    return this instanceof NotEstablished(RequestEnding request) ? request.retry() : Retry.NEVER;
  }

  /** One line for people. */
  default String describe() {
    return switch (this) {
      case Closed(Side by, long code, String reason) ->
          (by == Side.LOCAL ? "we" : "the peer")
              + " closed the session with code "
              + code
              + (reason.isEmpty() ? "" : ": " + reason);
      case Refused(ResponseHead response) -> "refused with status " + response.status();
      case NotEstablished(RequestEnding request) -> "not established: " + request.describe();
      case Aborted(long code) -> "aborted by the peer with " + Http3Error.describe(code);
      case Failed(Http3Error error, String reason) -> error + ": " + reason;
      case ConnectionEnded(ConnectionEnding ending) -> ending.describe();
    };
  }
}
