package dev.sluice.quic.congestion;

/**
 * Counts the losses that a controller answered with one reduction, to find out when all of them
 * were only late: then the reduction had no reason (RFC 9438 §4.9.2).
 */
final class LossEpisode {
  private int open;
  private long oldestSentTime;
  private boolean answered = true;

  /** Another episode begins: earlier losses are history. */
  void begin() {
    open = 0;
  }

  /**
   * A packet was lost.
   *
   * @param inRecovery whether a reduction answers for it already; otherwise one follows at once,
   *     and these losses are the beginning of an episode
   */
  void onLost(SentPacket packet, boolean inRecovery) {
    if (!inRecovery && answered) {
      answered = false;
      begin();
    }
    oldestSentTime = open == 0 ? packet.sentTime() : Math.min(oldestSentTime, packet.sentTime());
    open++;
  }

  /** The window is reduced for what was lost so far. */
  void onReduction() {
    answered = true;
  }

  /**
   * A packet declared lost was acknowledged.
   *
   * @return whether it was the last of this episode that was still missing
   */
  boolean onLate(SentPacket packet) {
    return open > 0 && packet.sentTime() >= oldestSentTime && --open == 0;
  }
}
