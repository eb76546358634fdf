package dev.sluice.quic.congestion;

/**
 * What the path delivered in the last round trip, and whether anything was lost in it
 * (draft-ietf-ccwg-bbr-06 §2.10, §5.5.10.3). These rounds begin anew with the first loss, so that
 * what is measured in one is the path's answer to what caused the loss.
 */
final class BbrLossRound {
  private long deliveredAtEnd;
  private boolean start;
  private boolean anyLost;
  private int lostRanges;
  private int endedRanges;
  private long lostBytes;
  private long endedBytes;
  private long lastLost;
  private double latestRate;
  private long latestDelivered;

  /**
   * A packet was lost, or marked.
   *
   * @param number its packet number, negative for marks
   * @param bytes its size, 0 for marks
   * @return whether it is the first of its round
   */
  boolean onLoss(long number, int bytes, long delivered) {
    boolean first = !anyLost;
    if (first) {
      deliveredAtEnd = delivered;
      lostRanges = 0;
      lostBytes = 0;
    }
    lostBytes += bytes;
    if (first || number != lastLost + 1) {
      lostRanges++;
    }
    lastLost = number;
    anyLost = true;
    return first;
  }

  /** UpdateLatestDeliverySignals, near the start of ACK processing. */
  void onAck(RateSample sample, long delivered) {
    latestRate = Math.max(latestRate, sample.rate());
    latestDelivered = Math.max(latestDelivered, sample.delivered());
    start = sample.priorDelivered() >= deliveredAtEnd;
    endedRanges = start && anyLost ? lostRanges : 0;
    endedBytes = start && anyLost ? lostBytes : 0;
    if (start) {
      deliveredAtEnd = delivered;
    }
  }

  /** AdvanceLatestDeliverySignals, near the end of ACK processing. */
  void advance(RateSample sample) {
    if (start) {
      latestRate = sample.rate();
      latestDelivered = sample.delivered();
    }
  }

  /** ResetCongestionSignals. */
  void reset() {
    anyLost = false;
    latestRate = 0;
    latestDelivered = 0;
  }

  /** What was lost in this round has been answered, or was not lost after all. */
  void clearLosses() {
    anyLost = false;
  }

  /** BBR.loss_round_start: whether this ACK frame ended such a round. */
  boolean isStart() {
    return start;
  }

  /** BBR.is_loss_in_round. */
  boolean anyLost() {
    return anyLost;
  }

  /**
   * In how many separate places of the round that this ACK frame ended packets were lost; 0 when it
   * ended none.
   */
  int lostRangesOfEndedRound() {
    return endedRanges;
  }

  /** How much was lost in the round that this ACK frame ended; 0 when it ended none. */
  long lostBytesOfEndedRound() {
    return endedBytes;
  }

  /** BBR.bw_latest, bytes a second. */
  double latestRate() {
    return latestRate;
  }

  /** BBR.inflight_latest, in bytes. */
  long latestDelivered() {
    return latestDelivered;
  }
}
