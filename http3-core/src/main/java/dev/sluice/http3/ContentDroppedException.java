package dev.sluice.http3;

import java.io.IOException;
import java.time.Duration;

/**
 * Content that had arrived before its connection or session ended was dropped: nobody had read from
 * it for the time that the client or the server was built with. At the {@code java.net.http}
 * surface it is found as the cause of the exception that a stream throws.
 */
public final class ContentDroppedException extends IOException {
  private static final long serialVersionUID = 1L;

  /** With how long nobody has read. */
  public ContentDroppedException(Duration retention) {
    super("the connection has ended, and nobody has read the rest for " + retention);
  }
}
