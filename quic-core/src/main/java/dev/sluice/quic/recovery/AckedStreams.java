package dev.sluice.quic.recovery;

/**
 * Joins what consecutive packets carried of a stream, so that an acknowledgment of fifty packets of
 * one transfer is one call to the stream and not fifty.
 */
final class AckedStreams {
  private final TokenListener listener;
  private boolean any;
  private long streamId;
  private long offset;
  private long end;
  private boolean fin;

  AckedStreams(TokenListener listener) {
    this.listener = listener;
  }

  /** The packet with this range was acknowledged. */
  void add(StreamRanges ranges, long position) {
    long id = ranges.streamId(position);
    long from = ranges.offset(position);
    boolean joins = any && id == streamId && from == end && !fin;
    if (!joins) {
      flush();
      any = true;
      streamId = id;
      offset = from;
    }
    end = from + ranges.length(position);
    fin = ranges.fin(position);
  }

  /** Passes on what has been gathered. */
  void flush() {
    if (any) {
      any = false;
      listener.onStreamAcked(streamId, offset, end - offset, fin);
    }
  }
}
