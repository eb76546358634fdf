package dev.sluice.quic.congestion;

/**
 * The controller of RFC 9002 §7 and Appendix B: slow start, a recovery period for each round trip
 * with losses, and one more datagram a round trip otherwise.
 */
public final class NewReno implements CongestionController {
  private int maxDatagramSize;
  private long window;
  private long slowStartThreshold;
  private long recoveryStart;
  private boolean everInRecovery;
  private long ackedBytes;
  private long avoidanceBytes;

  private final LossEpisode episode = new LossEpisode();

  /** What the last reduction took away; the window is 0 when it is not to come back. */
  private long undoWindow;

  private long undoThreshold;
  private long undoAvoidanceBytes;

  /**
   * @param maxDatagramSize the largest datagram that the path carries, in bytes
   */
  public NewReno(int maxDatagramSize) {
    this.maxDatagramSize = maxDatagramSize;
    reset();
  }

  @Override
  public void reset() {
    window = CongestionController.initialWindow(maxDatagramSize);
    slowStartThreshold = Long.MAX_VALUE;
    everInRecovery = false;
    ackedBytes = 0;
    avoidanceBytes = 0;
    undoWindow = 0;
  }

  @Override
  public DeliverySnapshot onPacketSent(int bytes, long bytesInFlight, long now) {
    return null; // nothing here depends on what is sent, only on what becomes of it
  }

  @Override
  public void onPacketAcked(SentPacket packet) {
    if (!inRecovery(packet.sentTime())) {
      ackedBytes += packet.bytes();
    }
  }

  @Override
  public void onAckProcessed(AckSample sample) {
    long acked = ackedBytes;
    ackedBytes = 0;
    if (!sample.windowUtilised()) {
      return;
    }
    if (window < slowStartThreshold) {
      window += acked;
      return;
    }
    // Counting bytes until a whole window is acknowledged avoids the rounding of a division for
    // each packet (RFC 9002 §B.5, RFC 3465 §2.1) and keeps to one datagram a window (§7.3.3).
    avoidanceBytes += acked;
    if (avoidanceBytes >= window) {
      avoidanceBytes -= window;
      window += maxDatagramSize;
    }
  }

  @Override
  public void onPacketLost(SentPacket packet, long now) {
    episode.onLost(packet, inRecovery(packet.sentTime()));
  }

  @Override
  public boolean onCongestionEvent(long sentTime, boolean ecn, long now) {
    if (inRecovery(sentTime)) {
      if (ecn) {
        undoWindow = 0; // it has a reason now that is never spurious
      }
      return false;
    }
    // Marks are never spurious, even if they come with losses that are.
    undoWindow = ecn ? 0 : window;
    undoThreshold = slowStartThreshold;
    undoAvoidanceBytes = avoidanceBytes;
    episode.onReduction();
    recoveryStart = now;
    everInRecovery = true;
    ackedBytes = 0; // all of it was sent before this period, see inRecovery
    slowStartThreshold = Math.max(window / 2, CongestionController.minimumWindow(maxDatagramSize));
    window = slowStartThreshold;
    avoidanceBytes = 0;
    return true;
  }

  /** Restores what was before the last reduction, as RFC 9438 §4.9.2 does for CUBIC. */
  @Override
  public boolean onSpuriousLoss(SentPacket packet, long now) {
    if (!episode.onLate(packet) || window >= undoWindow) {
      return false;
    }
    window = undoWindow;
    slowStartThreshold = undoThreshold;
    avoidanceBytes = undoAvoidanceBytes;
    undoWindow = 0;
    everInRecovery = false;
    return true;
  }

  @Override
  public void onPersistentCongestion(long now) {
    undoWindow = 0;
    window = CongestionController.minimumWindow(maxDatagramSize);
    everInRecovery = false;
    avoidanceBytes = 0;
  }

  @Override
  public void onMaxDatagramSize(int size, boolean discovered) {
    boolean untouched = window == CongestionController.initialWindow(maxDatagramSize);
    maxDatagramSize = size;
    if (untouched && slowStartThreshold == Long.MAX_VALUE) {
      long initial = CongestionController.initialWindow(size); // RFC 9002 §7.2
      window = discovered ? Math.min(window, initial) : initial;
    }
    if (!discovered) {
      window = Math.max(window, CongestionController.minimumWindow(size));
    }
  }

  @Override
  public long window() {
    return window;
  }

  @Override
  public long slowStartThreshold() {
    return slowStartThreshold;
  }

  @Override
  public String name() {
    return "newreno";
  }

  /** Whether a packet sent then belongs to the recovery period or to the time before it. */
  private boolean inRecovery(long sentTime) {
    return everInRecovery && sentTime <= recoveryStart;
  }
}
