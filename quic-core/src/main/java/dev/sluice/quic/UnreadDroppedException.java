package dev.sluice.quic;

import java.io.IOException;
import java.time.Duration;

/**
 * What a stream still had when its connection ended was dropped: nobody had read from it for the
 * time of {@link dev.sluice.quic.connection.TransportConfig#unreadRetention}.
 */
public final class UnreadDroppedException extends IOException {
  private static final long serialVersionUID = 1L;

  /** The stream's id. */
  private final long streamId;

  UnreadDroppedException(long streamId, Duration retention) {
    super(
        "stream %d: the connection has ended, and nobody has read the rest for %s"
            .formatted(streamId, retention));
    this.streamId = streamId;
  }

  /** The stream whose rest is gone. */
  public long streamId() {
    return streamId;
  }
}
