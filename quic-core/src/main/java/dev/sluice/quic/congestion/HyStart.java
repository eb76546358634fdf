package dev.sluice.quic.congestion;

/**
 * HyStart++ (RFC 9406): leaves slow start when round-trip times begin to rise, before the queue at
 * the bottleneck overflows. After the first sign it grows four times slower for a few rounds
 * (Conservative Slow Start), and goes back to full speed if the sign was false.
 *
 * <p>Rounds end when a packet that was sent after the round began is acknowledged: the send time
 * stands in for the sequence number of the RFC, since packet numbers come from three spaces.
 */
final class HyStart {
  static final long MIN_RTT_THRESHOLD = 4_000_000;
  static final long MAX_RTT_THRESHOLD = 16_000_000;
  static final int MIN_RTT_DIVISOR = 8;
  static final int RTT_SAMPLES = 8;
  static final int CSS_GROWTH_DIVISOR = 4;
  static final int CSS_ROUNDS = 5;

  /** L: without a pacer, an ACK frame lets the window grow by so many datagrams at most. */
  static final int UNPACED_LIMIT = 8;

  private static final long NONE = Long.MAX_VALUE;

  private final boolean paced;
  private boolean started;
  private long roundStart;
  private long lastRoundMinRtt = NONE;
  private long currentRoundMinRtt = NONE;
  private int samples;

  private boolean conservative;
  private long baselineMinRtt = NONE;
  private int conservativeRounds;
  private boolean finished;

  /**
   * @param paced whether a pacer spreads what a large ACK frame releases (RFC 9406 §4.3)
   */
  HyStart(boolean paced) {
    this.paced = paced;
  }

  /**
   * An ACK arrived in slow start.
   *
   * @param acked bytes that it newly acknowledged
   * @return by how many bytes the window grows
   */
  long onAck(AckSample sample, long acked, int maxDatagramSize) {
    long counted = paced ? acked : Math.min(acked, (long) UNPACED_LIMIT * maxDatagramSize);
    // The growth is that of the state in which the ACK found us.
    long growth = conservative ? counted / CSS_GROWTH_DIVISOR : counted;
    if (!started || sample.newestSentTime() >= roundStart) {
      beginRound(sample.now());
    }
    if (sample.latestRtt() >= 0) {
      currentRoundMinRtt = Math.min(currentRoundMinRtt, sample.latestRtt());
      samples++;
      judge();
    }
    return growth;
  }

  /** Whether Conservative Slow Start lasted its rounds: the window found is the threshold. */
  boolean isFinished() {
    return finished;
  }

  /** Whether the window grows at a quarter of its speed for now. */
  boolean isConservative() {
    return conservative;
  }

  private void beginRound(long now) {
    if (started && conservative && ++conservativeRounds >= CSS_ROUNDS) {
      finished = true;
    }
    started = true;
    roundStart = now;
    lastRoundMinRtt = currentRoundMinRtt;
    currentRoundMinRtt = NONE;
    samples = 0;
  }

  private void judge() {
    if (samples < RTT_SAMPLES) {
      return;
    }
    if (conservative) {
      if (currentRoundMinRtt < baselineMinRtt) {
        conservative = false;
        baselineMinRtt = NONE;
        conservativeRounds = 0;
      }
    } else if (lastRoundMinRtt != NONE) {
      long threshold =
          Math.clamp(lastRoundMinRtt / MIN_RTT_DIVISOR, MIN_RTT_THRESHOLD, MAX_RTT_THRESHOLD);
      if (currentRoundMinRtt >= lastRoundMinRtt + threshold) {
        conservative = true;
        baselineMinRtt = currentRoundMinRtt;
        conservativeRounds = 0;
      }
    }
  }
}
