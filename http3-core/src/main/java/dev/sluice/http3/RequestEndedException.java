package dev.sluice.http3;

import dev.sluice.http3.ending.RequestEnding;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.util.Objects;
import java.util.Optional;

/**
 * An exchange came to another end than its completion. Its {@link #getCause()} is a {@link
 * ConnectionEndedException} when the end of the connection caused it.
 */
public final class RequestEndedException extends Http3Exception {
  private static final long serialVersionUID = 1L;

  private final transient RequestEnding ending;

  /** With the ending as a value, and as the message. */
  public RequestEndedException(RequestEnding ending) {
    super(ending.describe(), cause(ending));
    this.ending = Objects.requireNonNull(ending);
  }

  private static Throwable cause(RequestEnding ending) {
    return ending.cause() == null ? null : new ConnectionEndedException(ending.cause(), null);
  }

  /**
   * The request's ending that led to a failure of {@link java.net.http.HttpClient#send}, wherever
   * in the chain of causes it is; {@link RequestEnding.NotSent} when there was no connection to
   * send it on.
   *
   * @return empty when the failure has nothing to do with the network: the caller's own timeout or
   *     cancellation, or an exception of a handler or publisher that has none of these in its chain
   */
  public static Optional<RequestEnding> endingOf(Throwable failure) {
    boolean connecting = false;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof RequestEndedException ended) {
        return Optional.ofNullable(ended.ending());
      }
      if (cause instanceof ConnectionEndedException ended) {
        return Optional.of(new RequestEnding.NotSent(ended.ending()));
      }
      connecting |=
          cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException;
    }
    return connecting ? Optional.of(new RequestEnding.NotSent(null)) : Optional.empty();
  }

  /**
   * How the exchange ended: whether the peer may have acted on it, whether it may be sent again.
   * Null only in an exception that was serialized and read back.
   */
  public RequestEnding ending() {
    return ending;
  }
}
