package dev.sluice.quic.flow;

import dev.sluice.quic.trace.Footprint;

/**
 * Bytes that we allow the peer to send, on one stream or on the whole connection (RFC 9000 §4.1,
 * §4.2). The limit moves ahead of what the application has read, by a window that grows by itself:
 * when the application reads so fast that the peer would have to wait for credit, the window
 * doubles, up to a maximum that bounds the memory.
 */
public final class ReceiveWindow {
  /**
   * The window is to be at least this many bandwidth-delay products. Credit is renewed when half of
   * the window is read, and the renewal takes a round trip to bear fruit, so two would be the least
   * that keeps a sender going; the rest absorbs a late acknowledgement or a lost update.
   */
  private static final int BANDWIDTH_DELAY_PRODUCTS = 4;

  private final long maximum;
  private long size;
  private long limit;
  private long consumed;
  private long epochStart;
  private long epochConsumed;
  private boolean started;
  private boolean wanted;

  /**
   * @param initial the first window and limit, bytes; as in our transport parameters
   * @param maximum the largest window, bytes
   */
  public ReceiveWindow(long initial, long maximum) {
    this.size = initial;
    this.limit = initial;
    this.maximum = Math.max(initial, maximum);
  }

  /** The limit that the peer was told of last; receiving more is FLOW_CONTROL_ERROR. */
  public long limit() {
    return limit;
  }

  /** The present size of the window, bytes. */
  public long size() {
    return size;
  }

  /** The largest that the window becomes, bytes. */
  public long maximum() {
    return maximum;
  }

  /** The first bytes have come: from here on the speed is measured. */
  public void onReceived(long now) {
    if (!started) {
      started = true;
      epochStart = now;
    }
  }

  /** The application has read bytes, or they were dropped on its behalf. */
  public void consume(long bytes) {
    consumed += bytes;
  }

  /**
   * Whether MAX_DATA or MAX_STREAM_DATA is worth it: half of the window is consumed, or {@link
   * #wantAhead} asked for more than is left.
   */
  public boolean isUpdateDue() {
    return (wanted || limit - consumed <= size / 2) && consumed + size > limit;
  }

  /** Makes an update due when the peer may send fewer than this many bytes beyond those read. */
  public void wantAhead(long bytes) {
    wanted |= limit - consumed < bytes;
  }

  /**
   * Moves the limit ahead; called when the frame that carries it is written.
   *
   * @param smoothedRtt nanoseconds, 0 when unknown
   * @return the new limit
   */
  public long update(long now, long smoothedRtt) {
    if (isUpdateDue()) {
      tune(now, smoothedRtt);
      limit = nextLimit();
      wanted = false;
    }
    return limit;
  }

  /** The limit that an update would announce if the window kept its size. */
  public long nextLimit() {
    return Math.max(limit, consumed + size);
  }

  /** Grows the window to at least {@code bytes}, as far as its maximum allows. */
  public void growTo(long bytes) {
    size = Math.max(size, Math.min(bytes, maximum));
  }

  /**
   * How much has come that is not consumed, and how much that may be.
   *
   * @param received the highest offset that arrived, or the sum of those
   */
  public void measure(String what, long received, Footprint out) {
    out.holds(what, received - consumed, maximum);
  }

  private void tune(long now, long smoothedRtt) {
    long elapsed = now - epochStart;
    double bandwidthDelay =
        (double) (consumed - epochConsumed) * smoothedRtt / Math.max(1, elapsed);
    if (started && bandwidthDelay * BANDWIDTH_DELAY_PRODUCTS > size) {
      growTo(size * 2);
    }
    epochStart = now;
    epochConsumed = consumed;
  }
}
