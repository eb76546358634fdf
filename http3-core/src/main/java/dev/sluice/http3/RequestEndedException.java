package dev.sluice.http3;

import dev.sluice.http3.ending.RequestEnding;
import java.util.Objects;

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
   * How the exchange ended: whether the peer may have acted on it, whether it may be sent again.
   * Null only in an exception that was serialized and read back.
   */
  public RequestEnding ending() {
    return ending;
  }
}
