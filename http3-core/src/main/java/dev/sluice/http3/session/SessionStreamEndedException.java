package dev.sluice.http3.session;

import dev.sluice.http3.Http3Exception;
import dev.sluice.http3.webtransport.SessionStreamEnding;
import java.util.Objects;

/**
 * A stream of a session was cut short. Its {@link #getCause()} is a {@link SessionEndedException}
 * when it was the session that ended.
 */
public final class SessionStreamEndedException extends Http3Exception {
  private static final long serialVersionUID = 1L;

  private final transient SessionStreamEnding ending;

  /** With the ending as a value, and as the message. */
  public SessionStreamEndedException(SessionStreamEnding ending) {
    super(ending.describe(), cause(ending));
    this.ending = Objects.requireNonNull(ending);
  }

  private static Throwable cause(SessionStreamEnding ending) {
    return ending instanceof SessionStreamEnding.SessionEnded(var session)
        ? new SessionEndedException(session)
        : null;
  }

  /** How it ended; null only in an exception that was serialized and read back. */
  public SessionStreamEnding ending() {
    return ending;
  }
}
