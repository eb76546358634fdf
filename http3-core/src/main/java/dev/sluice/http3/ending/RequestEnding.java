package dev.sluice.http3.ending;

import dev.sluice.quic.ending.ConnectionEnding;

/**
 * How the message that an exchange receives came to its end: the response at a client, the request
 * at a server. Each exchange gets exactly one of these values, after everything that had arrived
 * was handed over.
 */
public sealed interface RequestEnding {

  /**
   * The message is complete: its FIN was seen, or its content was complete without one (as
   * Content-Length, HEAD, 204 or 304 say) when the stream or the connection was cut.
   */
  record Complete() implements RequestEnding {}

  /**
   * The request never left this side: there was no connection to send it on, or that ended before
   * any of the request's bytes were sent.
   *
   * @param cause how the connection, or the attempt to connect, ended; null when it did not get
   *     that far, as with a name that does not resolve
   */
  record NotSent(ConnectionEnding cause) implements RequestEnding {}

  /**
   * The server said with GOAWAY that it will not act on this request (RFC 9114 §5.2).
   *
   * @param goawayId the lowest request stream that is not processed
   */
  record NotCoveredByGoaway(long goawayId) implements RequestEnding {}

  /** The server reset the response with H3_REQUEST_REJECTED before any of it (§4.1.1). */
  record Rejected() implements RequestEnding {}

  /**
   * The peer cut its message short with RESET_STREAM.
   *
   * @param code as received; {@link Http3Error#of} says what it means
   * @param afterHead whether the (final) head had arrived
   */
  record ResetByPeer(long code, boolean afterHead) implements RequestEnding {}

  /**
   * This side refused the message (§4.1.2, §8): it is malformed, or larger than the limits allow.
   *
   * @param reason for people
   * @param afterHead whether the (final) head had been accepted
   */
  record StreamError(Http3Error error, String reason, boolean afterHead) implements RequestEnding {}

  /** This side gave the exchange up with this code. */
  record Abandoned(long code) implements RequestEnding {}

  /**
   * The connection ended first.
   *
   * @param cause how
   * @param afterHead whether the (final) head had arrived
   */
  record ConnectionLost(ConnectionEnding cause, boolean afterHead) implements RequestEnding {}

  /** Whether the whole message arrived. */
  default boolean isComplete() {
    return this instanceof Complete;
  }

  /**
   * Whether the request may have had an effect at the peer. False only when it is certain that the
   * peer's application saw nothing of it.
   */
  default boolean mayHaveBeenProcessed() {
    return switch (this) {
      case NotSent sent -> false;
      case NotCoveredByGoaway goaway -> false;
      case Rejected rejected -> false;
      case Complete complete -> true;
      case ResetByPeer reset -> true;
      case StreamError error -> true;
      case Abandoned abandoned -> true;
      case ConnectionLost lost -> true;
    };
  }

  /** What a client may do about it. */
  default Retry retry() {
    return switch (this) {
      case NotSent sent -> Retry.ANY_METHOD;
      case NotCoveredByGoaway goaway -> Retry.ANY_METHOD;
      case Rejected rejected -> Retry.ANY_METHOD;
      case Complete complete -> Retry.NEVER;
      case ResetByPeer(long code, boolean afterHead) ->
          afterHead ? Retry.NEVER : Retry.IDEMPOTENT_ONLY;
      // What the server sent once it would send again.
      case StreamError error -> Retry.NEVER;
      case Abandoned abandoned -> Retry.NEVER;
      case ConnectionLost(ConnectionEnding cause, boolean afterHead) ->
          afterHead ? Retry.NEVER : Retry.IDEMPOTENT_ONLY;
    };
  }

  /** Whether a request with any method, a POST too, may be sent again without asking anyone. */
  default boolean isRetrySafe() {
    return retry() == Retry.ANY_METHOD;
  }

  /** The connection's ending that caused this one; null when the connection was not the cause. */
  default ConnectionEnding cause() {
    return switch (this) {
      case NotSent(ConnectionEnding cause) -> cause;
      case ConnectionLost(ConnectionEnding cause, boolean afterHead) -> cause;
      case Complete complete -> null;
      case NotCoveredByGoaway goaway -> null;
      case Rejected rejected -> null;
      case ResetByPeer reset -> null;
      case StreamError error -> null;
      case Abandoned abandoned -> null;
    };
  }

  /**
   * Whether the peer did nothing wrong: it finished, turned the request away politely, or closed
   * the connection with H3_NO_ERROR (or a code that means the same, RFC 9114 §8). False says
   * something against the peer or the way to it.
   */
  default boolean isGraceful() {
    return switch (this) {
      case Complete complete -> true;
      case NotCoveredByGoaway goaway -> true;
      case Rejected rejected -> true;
      case Abandoned abandoned -> true;
      case NotSent sent -> false;
      case StreamError error -> false;
      // A stream that is reset with H3_NO_ERROR is a response cut short all the same.
      case ResetByPeer reset -> false;
      case ConnectionLost(ConnectionEnding cause, boolean afterHead) ->
          !afterHead && isGraceful(cause);
    };
  }

  /** Whether a connection was closed with nothing to complain of. */
  static boolean isGraceful(ConnectionEnding ending) {
    return switch (ending) {
      case ConnectionEnding.ApplicationClose close ->
          Http3Error.of(close.code()) == Http3Error.H3_NO_ERROR;
      case ConnectionEnding.TransportClose close -> close.code() == 0;
      case ConnectionEnding.IdleTimeout idle -> false;
      case ConnectionEnding.HandshakeTimeout timeout -> false;
      case ConnectionEnding.StatelessReset reset -> false;
      case ConnectionEnding.VersionMismatch mismatch -> false;
      case ConnectionEnding.Unreachable unreachable -> false;
    };
  }

  /** One line for people. */
  default String describe() {
    return switch (this) {
      case Complete() -> "complete";
      case NotSent(ConnectionEnding cause) ->
          "never sent" + (cause == null ? "" : ": " + cause.describe());
      case NotCoveredByGoaway(long id) -> "not processed: the server went away before stream " + id;
      case Rejected() -> "not processed: rejected by the server";
      case ResetByPeer(long code, boolean afterHead) ->
          "reset by the peer with " + Http3Error.describe(code) + at(afterHead);
      case StreamError(Http3Error error, String reason, boolean afterHead) ->
          error + ": " + reason + at(afterHead);
      case Abandoned(long code) -> "given up with " + Http3Error.describe(code);
      case ConnectionLost(ConnectionEnding cause, boolean afterHead) ->
          cause.describe() + at(afterHead);
    };
  }

  private static String at(boolean afterHead) {
    return afterHead ? " (in the middle of the message)" : " (before the head of the message)";
  }
}
