package dev.sluice.http3.session;

import dev.sluice.http3.ConnectionEndedException;
import dev.sluice.http3.Http3Exception;
import dev.sluice.http3.RequestEndedException;
import dev.sluice.http3.webtransport.SessionEnding;
import java.util.Objects;

/**
 * A session ended, or was never established. Its {@link #getCause()} is a {@link
 * ConnectionEndedException} or a {@link RequestEndedException} when one of these caused it.
 */
public final class SessionEndedException extends Http3Exception {
  private static final long serialVersionUID = 1L;

  private final transient SessionEnding ending;

  /** With the ending as a value, and as the message. */
  public SessionEndedException(SessionEnding ending) {
    super(ending.describe(), cause(ending));
    this.ending = Objects.requireNonNull(ending);
  }

  private static Throwable cause(SessionEnding ending) {
    return switch (ending) {
      case SessionEnding.ConnectionEnded(var lost) -> new ConnectionEndedException(lost, null);
      case SessionEnding.NotEstablished(var request) -> new RequestEndedException(request);
      default -> null;
    };
  }

  /** How it ended; null only in an exception that was serialized and read back. */
  public SessionEnding ending() {
    return ending;
  }
}
