package dev.sluice.quic.flow;

import dev.sluice.quic.frame.MaxStreamsFrame;
import dev.sluice.quic.trace.Footprint;

/**
 * Streams of one type that we allow the peer to open (RFC 9000 §4.6). The limit moves ahead as
 * streams close, so that the peer always has the same number of streams at its disposal.
 *
 * <p>A stream on which everything was received and sent closes when the last of it is acknowledged.
 * The peer needs nothing more of us on it, and would have to wait a round trip longer for another:
 * so it has one already then, as long as those that linger like this are no more than may be open.
 */
public final class AcceptWindow {
  private final long concurrent;
  private long limit;
  private long opened;
  private long closed;
  private long lingering;

  /**
   * @param concurrent streams that the peer may have open at once, 0 to 2^60, and linger at once;
   *     it bounds the state that the peer can make us keep
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

  /** One of the peer's streams waits for nothing but acknowledgments. */
  public void linger() {
    lingering++;
  }

  /**
   * One of the peer's streams is done in both directions.
   *
   * @param lingered whether it was told of before
   */
  public void close(boolean lingered) {
    closed++;
    if (lingered) {
      lingering--;
    }
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

  /** How many streams of the peer there can be at once. */
  public long most() {
    return 2 * concurrent;
  }

  /** How many there are, and how many there can be. */
  public void measure(Footprint out) {
    out.holds("streams of the peer", opened - closed, most());
  }

  private long target() {
    long done = closed + Math.min(lingering, concurrent);
    return Math.min(MaxStreamsFrame.LARGEST, done + concurrent);
  }
}
