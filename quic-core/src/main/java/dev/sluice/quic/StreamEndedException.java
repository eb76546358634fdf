package dev.sluice.quic;

import dev.sluice.quic.ending.StreamEnding;
import java.io.IOException;

/**
 * A stream was cut short by one of its two sides, while the connection goes on. Readers get it
 * after every byte that arrived in order.
 */
public final class StreamEndedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final long streamId;
  private final transient StreamEnding ending;

  /** An exception for this ending of this stream. */
  public StreamEndedException(long streamId, StreamEnding ending) {
    super("stream " + streamId + " " + describe(ending));
    this.streamId = streamId;
    this.ending = ending;
  }

  /** What a reader or writer gets for an ending that is not its own finish. */
  static IOException of(long streamId, StreamEnding ending) {
    return ending instanceof StreamEnding.ConnectionEnded(var connection)
        ? new ConnectionEndedException(connection)
        : new StreamEndedException(streamId, ending);
  }

  /** The stream's id. */
  public long streamId() {
    return streamId;
  }

  /** Who ended it, and with which code; null only after deserialization. */
  public StreamEnding ending() {
    return ending;
  }

  private static String describe(StreamEnding ending) {
    return switch (ending) {
      case StreamEnding.Finished() -> "is finished";
      case StreamEnding.ResetByPeer(long code) -> "was reset by the peer with code " + code;
      case StreamEnding.StoppedByPeer(long code) -> "is no longer read by the peer, code " + code;
      case StreamEnding.AbandonedLocally(long code) -> "was abandoned here with code " + code;
      case StreamEnding.ConnectionEnded(var connection) -> "ended: " + connection.describe();
    };
  }
}
