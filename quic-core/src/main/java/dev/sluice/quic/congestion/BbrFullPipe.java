package dev.sluice.quic.congestion;

/**
 * Whether accelerating still makes the path deliver more, or the pipe is full: three rounds without
 * a quarter more say that it is (draft-ietf-ccwg-bbr-06 §5.3.1.2).
 */
final class BbrFullPipe {
  private static final double GROWTH = 1.25;
  private static final int ROUNDS = 3;

  private double baseline;
  private int count;
  private boolean fullNow;
  private boolean reached;

  /** CheckFullBWReached, for every ACK frame. */
  void onAck(RateSample sample, boolean roundStart) {
    if (fullNow || !roundStart || sample.applicationLimited()) {
      return;
    }
    if (sample.rate() >= baseline * GROWTH) {
      restart(sample.rate());
      return;
    }
    count++;
    fullNow = count >= ROUNDS;
    reached |= fullNow;
  }

  /** ResetFullBW: looks anew from this rate on. */
  void restart(double rate) {
    baseline = rate;
    count = 0;
    fullNow = false;
  }

  /** BBR.full_bw_now: the pipe has become full since the last {@link #restart}. */
  boolean isFullNow() {
    return fullNow;
  }

  /** BBR.full_bw_reached: the pipe has been full, so the bandwidth is known. */
  boolean isReached() {
    return reached;
  }

  void setReached(boolean value) {
    reached = value;
  }
}
