package dev.sluice.quic.recovery;

/**
 * The round-trip time of one path (RFC 9002 §5), and the waiting times that follow from it. All
 * values are nanoseconds.
 */
public final class RttEstimator {
  /** kGranularity (RFC 9002 §6.1.2). */
  static final long GRANULARITY = 1_000_000;

  /** kTimeThreshold (RFC 9002 §6.1.2), as {@link #lossDelay} has it. */
  static final double TIME_THRESHOLD = 9 / 8.0;

  private long latest;
  private long smoothed;
  private long variation;
  private long min;
  private boolean sampled;
  private long firstSampleTime;

  /**
   * @param initialRtt what to assume before the first sample, more than 0
   */
  public RttEstimator(long initialRtt) {
    reset(initialRtt);
  }

  /** Forgets all samples: for a new path, or after a Retry. */
  public void reset(long initialRtt) {
    latest = 0;
    smoothed = initialRtt;
    variation = initialRtt / 2;
    min = 0;
    sampled = false;
    firstSampleTime = 0;
  }

  /**
   * Takes a sample.
   *
   * @param rtt from sending the largest newly acknowledged packet to this ACK
   * @param ackDelay what the peer says it waited, already limited to what may be believed
   */
  void update(long rtt, long ackDelay, long now) {
    // Two events may share one reading of the clock; a round trip of 0 would switch off every
    // timer that is a multiple of it.
    latest = Math.max(rtt, 1);
    if (!sampled) {
      sampled = true;
      firstSampleTime = now;
      min = latest;
      smoothed = latest;
      variation = latest / 2;
      return;
    }
    min = Math.min(min, latest);
    // A delay that would take the sample below the minimum cannot be true (RFC 9002 §5.3).
    long adjusted = latest - min >= ackDelay ? latest - ackDelay : latest;
    variation += (Math.abs(smoothed - adjusted) - variation) / 4;
    smoothed += (adjusted - smoothed) / 8;
    smoothed = Math.max(smoothed, 1);
  }

  /** The old minimum may belong to another route (RFC 9002 §5.2). */
  void onPersistentCongestion() {
    min = latest;
  }

  /** The newest sample; 0 before the first. */
  public long latest() {
    return latest;
  }

  /** The moving average; the initial RTT before the first sample. */
  public long smoothed() {
    return smoothed;
  }

  /** rttvar: the mean deviation from the average. */
  public long variation() {
    return variation;
  }

  /** The smallest sample; 0 before the first. */
  public long min() {
    return min;
  }

  /** Whether there has been a sample. */
  public boolean isSampled() {
    return sampled;
  }

  /** When the first sample was taken; only meaningful once there is one. */
  long firstSampleTime() {
    return firstSampleTime;
  }

  /** A probe timeout without the peer's acknowledgment delay and without backoff (§6.2.1). */
  long probeTimeout() {
    return smoothed + Math.max(4 * variation, GRANULARITY);
  }

  /** How long after a packet an older one is given up: 9/8 of a round trip (§6.1.2). */
  long lossDelay() {
    long rtt = Math.max(latest, smoothed);
    return Math.max(rtt + rtt / 8, GRANULARITY);
  }

  /** By how much a packet may be late and count as reordered, not as lost (§6.1.2). */
  public long reorderingTolerance() {
    return Math.max(Math.max(latest, smoothed) / 8, GRANULARITY);
  }
}
