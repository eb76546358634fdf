package dev.sluice.quic.congestion;

/**
 * BBR's estimate of the round-trip time without queues, and when it is due for another look
 * (draft-ietf-ccwg-bbr-06 §5.3.4.3). Nanoseconds.
 */
final class BbrMinRtt {
  /** No sample yet. */
  static final long UNKNOWN = Long.MAX_VALUE;

  /** BBR.MinRTTFilterLen. */
  static final long FILTER_LENGTH = 10_000_000_000L;

  /** BBR.ProbeRTTInterval: every BBR flow uses this one, so that they look together. */
  static final long PROBE_INTERVAL = 5_000_000_000L;

  private long min = UNKNOWN;
  private long minStamp;
  private long probeMin = UNKNOWN;
  private long probeStamp;
  private boolean probeExpired;

  /** The flow begins. */
  void start(long now) {
    minStamp = now;
    probeStamp = now;
  }

  /**
   * UpdateMinRTT.
   *
   * @param rtt a sample, negative for none
   */
  void onAck(long rtt, long now) {
    probeExpired = now > probeStamp + PROBE_INTERVAL;
    if (rtt >= 0 && (rtt < probeMin || probeExpired)) {
      probeMin = rtt;
      probeStamp = now;
    }
    if (probeMin < min || now > minStamp + FILTER_LENGTH) {
      min = probeMin;
      minStamp = probeStamp;
    }
  }

  /** A probe is over; the next one is due after a whole interval. */
  void onProbed(long now) {
    probeStamp = now;
  }

  /** BBR.probe_rtt_expired, as of the last {@link #onAck}. */
  boolean isProbeDue() {
    return probeExpired;
  }

  /** BBR.min_rtt; {@link #UNKNOWN} before the first sample. */
  long get() {
    return min;
  }
}
