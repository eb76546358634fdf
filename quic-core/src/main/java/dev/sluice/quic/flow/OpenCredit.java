package dev.sluice.quic.flow;

/**
 * Streams of one type that the peer allows us to open (RFC 9000 §4.6): a cumulative limit, and how
 * many we have opened.
 */
public final class OpenCredit {
  private long limit;
  private long opened;
  private boolean refused;
  private long reportedBlockedAt = -1;
  private boolean reportPending;

  /** Streams opened so far; also the index of the next one. */
  public long opened() {
    return opened;
  }

  /** The cumulative number of streams that the peer permits. */
  public long limit() {
    return limit;
  }

  /**
   * Takes the next stream.
   *
   * @return its index, or -1 at the limit; then STREAMS_BLOCKED is due, and {@link #raise} will
   *     tell that someone waits
   */
  public long open() {
    if (opened < limit) {
      return opened++;
    }
    refused = true;
    if (reportedBlockedAt != limit) {
      reportedBlockedAt = limit;
      reportPending = true;
    }
    return -1;
  }

  /**
   * A limit from the peer; one that isn't larger has no effect.
   *
   * @return whether someone was refused a stream and can have one now
   */
  public boolean raise(long newLimit) {
    if (newLimit <= limit) {
      return false;
    }
    limit = newLimit;
    reportPending = false;
    boolean awaited = refused && opened < limit;
    refused &= !awaited;
    return awaited;
  }

  /**
   * 0-RTT was refused, and with it the limit that was remembered. The streams that were opened keep
   * their ids; those beyond the limit to come wait for it.
   */
  public void restart() {
    limit = 0;
    reportedBlockedAt = -1;
    reportPending = false;
  }

  /** Whether a STREAMS_BLOCKED frame is to be sent. */
  public boolean isReportPending() {
    return reportPending;
  }

  /** The frame is in a packet. */
  public void onReportSent() {
    reportPending = false;
  }

  /** Reports again while still blocked: the frame was lost, or time has passed. */
  public void reportAgain() {
    reportPending = refused && opened == limit;
  }
}
