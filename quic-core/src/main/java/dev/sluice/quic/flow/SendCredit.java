package dev.sluice.quic.flow;

/**
 * Bytes that the peer allows us to send, on one stream or on the whole connection (RFC 9000 §4.1):
 * a limit that only grows, and what of it is used.
 */
public final class SendCredit {
  private long limit;
  private long used;
  private long reportedBlockedAt = -1;
  private boolean reportPending;

  /**
   * @param limit bytes, from the peer's transport parameters; 0 before they are known
   */
  public SendCredit(long limit) {
    this.limit = limit;
  }

  /** The bytes that may be sent in all. */
  public long limit() {
    return limit;
  }

  /** The bytes that may still be sent. */
  public long available() {
    return limit - used;
  }

  /** Takes credit for bytes that are sent for the first time. */
  public void use(long bytes) {
    if (bytes > limit - used) {
      throw new IllegalStateException("sending beyond the peer's limit");
    }
    used += bytes;
  }

  /**
   * A limit from the peer; one that isn't larger has no effect, since packets overtake each other.
   *
   * @return whether it was larger
   */
  public boolean raise(long newLimit) {
    if (newLimit <= limit) {
      return false;
    }
    limit = newLimit;
    reportPending = false;
    return true;
  }

  /** What was used was never used: 0-RTT was refused, and with it the limit that was remembered. */
  public void restart() {
    limit = 0;
    used = 0;
    reportedBlockedAt = -1;
    reportPending = false;
  }

  /** There is something to send and no credit: to be reported, once for each limit. */
  public void blocked() {
    if (reportedBlockedAt != limit) {
      reportedBlockedAt = limit;
      reportPending = true;
    }
  }

  /** Whether a DATA_BLOCKED or STREAM_DATA_BLOCKED frame is to be sent. */
  public boolean isReportPending() {
    return reportPending;
  }

  /** The frame is in a packet. */
  public void onReportSent() {
    reportPending = false;
  }

  /** Reports again while still blocked: the frame was lost, or time has passed (§4.1). */
  public void reportAgain() {
    reportPending = reportedBlockedAt == limit && available() == 0;
  }
}
