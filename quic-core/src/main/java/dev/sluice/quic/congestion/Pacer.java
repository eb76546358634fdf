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
   * How many bytes may leave now; 0 or less when it is too early.
   *
   * @param rate bytes per second
   */
  public long allowance(double rate, long now) {
    fill(rate, now);
    return (long) credit;
  }

  /** A packet that counts toward bytes in flight left, paced or not. */
  public void onPacketSent(int bytes, double rate, long now) {
    fill(rate, now);
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

  private void fill(double rate, long now) {
    // Two ticks: one that may pass before the timer fires, one for the sender's own turn.
    double burst =
        Math.max(
            MIN_BURST_DATAGRAMS * (double) maxDatagramSize, 2 * rate * TIMER_GRANULARITY / 1e9);
    if (!started || !paced && now > filledAt) {
      started = true;
      credit = paced ? burst : MIN_BURST_DATAGRAMS * (double) maxDatagramSize;
      filledAt = now;
    } else if (now > filledAt) {
      credit += (now - filledAt) * rate / 1e9;
      filledAt = now;
    }
    credit = Math.min(credit, burst);
  }
}
