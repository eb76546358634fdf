package dev.sluice.quic.congestion;

/**
 * Round trips counted by packets (draft-ietf-ccwg-bbr-06 §5.5.1): one has passed when a packet is
 * acknowledged that was sent after it began. Clock time would pass while nothing is sent.
 */
final class BbrRounds {
  private long nextRoundDelivered;
  private long count;
  private boolean start;
  private boolean windowFull;
  private boolean windowFullBefore;

  /** An ACK frame was processed; {@code delivered} is C.delivered with it. */
  void onAck(RateSample sample, long delivered) {
    start = sample.priorDelivered() >= nextRoundDelivered;
    if (start) {
      begin(delivered);
      count++;
      windowFullBefore = windowFull;
      windowFull = false;
    }
  }

  /** StartRound: the next round begins with what is sent from now on. */
  void begin(long delivered) {
    nextRoundDelivered = delivered;
  }

  /** Everything that the window allows is in flight. */
  void onWindowFull() {
    windowFull = true;
  }

  /** BBR.round_start: whether this ACK frame ended a round. */
  boolean isStart() {
    return start;
  }

  /** BBR.round_count. */
  long count() {
    return count;
  }

  /** C.is_cwnd_limited: whether the window was full at some point in the last round trip (§2.2). */
  boolean isWindowLimited() {
    return windowFull || windowFullBefore;
  }
}
