package dev.sluice.quic.flow;

import dev.sluice.quic.frame.MaxStreamsFrame;
import dev.sluice.quic.trace.Footprint;

/**
 * Streams of one type that we allow the peer to open (RFC 9000 §4.6). The limit moves ahead as
 * streams close, so that the peer always has the same number of streams at its disposal.
 */
public final class AcceptWindow {
  private final long concurrent;
  private long limit;
  private long opened;
  private long closed;

  /**
   * @param concurrent streams that the peer may have open at once, 0 to 2^60; it bounds the state
   *     that the peer can make us keep
   */
  public AcceptWindow(long concurrent) {
    this.concurrent = concurrent;
    this.limit = concurrent;
  }

  /** The cumulative limit that the peer was told of last. */
  public long limit() {
    return limit;
  }

  /** Streams that the peer has opened; also the index of the next one. */
  public long opened() {
    return opened;
  }

  /** The peer has opened the next stream; the caller has checked the limit. */
  public void open() {
    opened++;
  }

  /** One of the peer's streams is done in both directions. */
  public void close() {
    closed++;
  }

  /**
   * Whether MAX_STREAMS is worth sending: a quarter of the streams came free, or the peer is about
   * to run out.
   */
  public boolean isUpdateDue() {
    long gain = target() - limit;
    return gain > 0 && (gain >= concurrent / 4 || limit - opened < concurrent / 4);
  }

  /** Moves the limit ahead; called when the frame that carries it is written. */
  public long update() {
    limit = target();
    return limit;
  }

  /** How many streams the peer may have open at once. */
  public long concurrent() {
    return concurrent;
  }

  /** How many are open, and how many may be. */
  public void measure(Footprint out) {
    out.holds("streams of the peer", opened - closed, concurrent);
  }

  private long target() {
    return Math.min(MaxStreamsFrame.LARGEST, closed + concurrent);
  }
}
