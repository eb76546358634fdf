package dev.sluice.quic.congestion;

/**
 * BBR.extra_acked: how much more is acknowledged at a time than the bandwidth explains, since links
 * and hosts bunch packets and acknowledgments (draft-ietf-ccwg-bbr-06 §5.5.9). So much more has to
 * be in flight to bridge the silences in between.
 */
final class BbrAggregation {
  /** BBR.ExtraAckedFilterLen, in round trips. */
  private static final int FILTER_LENGTH = 10;

  private final WindowedMax filter = new WindowedMax();
  private long intervalStart;
  private long delivered;
  private long extra;

  /** The flow begins, or goes on after it was idle. */
  void start(long now) {
    intervalStart = now;
  }

  /**
   * UpdateACKAggregation.
   *
   * @param bandwidth BBR.bw
   * @param pipeFilled whether Startup is over: before, only the last round counts
   */
  void onAck(
      long newlyAcked, double bandwidth, long window, boolean pipeFilled, long round, long now) {
    double expected = bandwidth * (now - intervalStart) / 1e9;
    if (delivered <= expected) {
      delivered = 0;
      intervalStart = now;
      expected = 0;
    }
    delivered += newlyAcked;
    long sample = Math.min((long) (delivered - expected), window);
    extra = filter.update(sample, round, pipeFilled ? FILTER_LENGTH : 1);
  }

  /** In bytes. */
  long extra() {
    return extra;
  }
}
