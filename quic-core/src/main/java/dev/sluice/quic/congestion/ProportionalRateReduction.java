package dev.sluice.quic.congestion;

/**
 * Brings what is in flight down to a reduced window step by step, one recovery period long (RFC
 * 9937; RFC 9002 §7.3.2 allows it). Without it a sender falls silent for half a round trip after a
 * loss, until enough was acknowledged, and loses the rhythm that acknowledgments give.
 */
public final class ProportionalRateReduction {
  private boolean active;
  private long start;
  private long threshold;
  private long recoverFlight;
  private long delivered;
  private long sent;
  private long room;

  /**
   * A recovery period begins (§6.1).
   *
   * @param target the reduced window, ssthresh
   * @param flightBefore what was in flight before the ACK frame or timer that found the losses
   */
  public void begin(long target, long flightBefore, int maxDatagramSize, long now) {
    active = true;
    start = now;
    threshold = target;
    recoverFlight = Math.max(1, flightBefore);
    delivered = 0;
    sent = 0;
    room = maxDatagramSize; // one packet at once, whatever the ACK frame allows
  }

  /** It is over: the congestion window counts again. */
  public void end() {
    active = false;
  }

  /** Whether a recovery period is under way, so that {@link #room} counts. */
  public boolean isActive() {
    return active;
  }

  /** How much may be sent before the next ACK frame: SndCnt, less what was sent since. */
  public long room() {
    return room;
  }

  /** A packet in flight was sent (§6.3). */
  public void onPacketSent(int bytes) {
    sent += bytes;
    room -= bytes;
  }

  /**
   * An ACK frame was processed (§6.2).
   *
   * @param newestSentTime when the newest packet that it newly acknowledges was sent
   * @param newlyAcked bytes in flight that it newly acknowledges
   * @param inFlight what is in flight after it
   * @param moreLost whether it showed losses; if it did not, recovery goes well
   */
  public void onAck(
      long newestSentTime, long newlyAcked, long inFlight, boolean moreLost, int maxDatagramSize) {
    if (!active || newlyAcked == 0) {
      return;
    }
    if (newestSentTime > start) {
      end(); // something that was sent in the recovery period arrived (RFC 9002 §7.3.2)
      return;
    }
    delivered = Math.min(delivered + newlyAcked, recoverFlight);
    long allowed;
    if (inFlight > threshold) {
      allowed = Math.ceilDiv(delivered * threshold, recoverFlight) - sent;
    } else {
      allowed = Math.max(delivered - sent, newlyAcked);
      if (!moreLost) {
        allowed += maxDatagramSize;
      }
      allowed = Math.min(threshold - inFlight, allowed);
    }
    room = sent == 0 ? Math.max(allowed, maxDatagramSize) : allowed;
  }
}
