package dev.sluice.quic.congestion;

/**
 * A token bucket that spreads a congestion window over a round trip (RFC 9002 §7.7). The bucket
 * fills at the controller's pacing rate and holds one burst. A sender may go on while there is
 * credit for anything at all, and overdraws by what it sends at the end, so that a burst never ends
 * with a small datagram only because a large one did not fit.
 */
public final class Pacer {
  /** How late timers usually fire, in nanoseconds: what was earned in that time must not spill. */
  static final long TIMER_GRANULARITY = 1_000_000;

  /** Bursts of this many datagrams always pass: an initial window (RFC 9002 §7.7). */
  static final int MIN_BURST_DATAGRAMS = 10;

  /** What one system call takes with segmentation offload; a wake-up should be worth one. */
  static final int SEGMENTED_SEND_BYTES = 65_536;

  private final boolean paced;
  private int maxDatagramSize;
  private double credit;
  private long filledAt;
  private boolean started;

  /**
   * @param maxDatagramSize the largest datagram that the path carries, in bytes
   */
  public Pacer(int maxDatagramSize) {
    this(maxDatagramSize, true);
  }

  /**
   * @param paced false for no more than what has to be (RFC 9002 §7.7): a burst is no larger than
   *     an initial window, and the next may follow whenever time has passed
   */
  public Pacer(int maxDatagramSize, boolean paced) {
    this.maxDatagramSize = maxDatagramSize;
    this.paced = paced;
  }

  /** The path carries datagrams of another size from now on, in bytes. */
  public void onMaxDatagramSize(int size) {
    maxDatagramSize = size;
  }

  /** Forgets the past: the next burst is a full one. */
  public void reset() {
    started = false;
  }

  /**
   * Whether time has passed that {@link #advance} has not been told of. The rate has to be known
   * only then, which is once for each turn and not for each packet.
   */
  public boolean isBehind(long now) {
    return !started || now > filledAt;
  }

  /**
   * Earns credit for the time that has passed, unless none has.
   *
   * @param rate bytes per second
   */
  public void advance(double rate, long now) {
    if (!isBehind(now)) {
      return;
    }
    // Two ticks: one that may pass before the timer fires, one for the sender's own turn.
    double leastBurst = MIN_BURST_DATAGRAMS * (double) maxDatagramSize;
    double burst = Math.max(leastBurst, 2 * rate * TIMER_GRANULARITY / 1e9);
    if (!paced) {
      credit = leastBurst;
    } else if (!started) {
      credit = burst;
    } else {
      credit = Math.min(credit + (now - filledAt) * rate / 1e9, burst);
    }
    started = true;
    filledAt = now;
  }

  /** How many bytes may leave at the time of the last {@link #advance}; 0 or less for none. */
  public long allowance() {
    return (long) credit;
  }

  /** A packet that counts toward bytes in flight left then, paced or not. */
  public void onPacketSent(int bytes) {
    credit -= bytes;
  }

  /**
   * When sending may go on; a time in the past when it may at once. After too early a try, that is
   * once a datagram's worth has been earned, or at high rates a system call's worth, but not later
   * than a timer tick, so that wake-ups stay few.
   *
   * @param rate bytes per second
   */
  public long nextSendTime(double rate) {
    if (!started || credit >= 1) {
      return filledAt;
    }
    if (!paced) {
      return filledAt + TIMER_GRANULARITY; // or sooner, with an acknowledgment
    }
    double perTick = rate * TIMER_GRANULARITY / 1e9;
    double wanted = Math.clamp(perTick, maxDatagramSize, SEGMENTED_SEND_BYTES);
    return filledAt + Math.max(1, (long) Math.ceil((wanted - credit) * 1e9 / rate));
  }
}
