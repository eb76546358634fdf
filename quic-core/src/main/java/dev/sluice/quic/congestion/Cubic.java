package dev.sluice.quic.congestion;

/**
 * CUBIC (RFC 9438), with HyStart++ (RFC 9406) for the first slow start. After a loss the window
 * grows along a cubic function of time: fast back toward where the loss happened, slowly around it,
 * then faster and faster in search of more. Windows are bytes here, where the RFC counts segments
 * of one maximum datagram size.
 */
public final class Cubic implements CongestionController {
  /** How aggressively the cubic function grows, in segments per cubic second (§5.1). */
  static final double C = 0.4;

  /** What remains of the window after a loss (§4.6). */
  static final double BETA = 0.7;

  /** The additive increase that makes AIMD(alpha, BETA) as fast as Reno on average (§4.3). */
  static final double ALPHA = 3 * (1 - BETA) / (1 + BETA);

  private int maxDatagramSize;
  private double window;
  private long slowStartThreshold;
  private HyStart hyStart;
  private boolean paced = true;
  private long recoveryStart;
  private boolean everInRecovery;
  private long ackedBytes;

  /** W_max, 0 while undefined: before the first loss, and after persistent congestion (§4.8). */
  private double windowMax;

  /** cwnd_prior: the window when the threshold was last set. */
  private double windowPrior;

  /** W_est: what Reno would have. */
  private double windowReno;

  /** K in seconds. */
  private double timeToMax;

  /** t_epoch; meaningless until {@link #inEpoch}. */
  private long epochStart;

  private boolean inEpoch;

  /** What a reduction changes, to bring it back when it had no reason (§4.9.2). */
  private record Undo(
      double window,
      long slowStartThreshold,
      double windowMax,
      double windowPrior,
      double windowReno,
      double timeToMax,
      long epochStart,
      boolean inEpoch) {}

  private final LossEpisode episode = new LossEpisode();

  /** Null when the last reduction is not to be taken back. */
  private Undo undo;

  /** Up to here, t has been counted. */
  private long lastUpdate;

  /**
   * @param maxDatagramSize the largest datagram that the path carries, in bytes
   */
  public Cubic(int maxDatagramSize) {
    this.maxDatagramSize = maxDatagramSize;
    reset();
  }

  @Override
  public void reset() {
    window = CongestionController.initialWindow(maxDatagramSize);
    slowStartThreshold = Long.MAX_VALUE;
    hyStart = new HyStart(paced);
    everInRecovery = false;
    ackedBytes = 0;
    windowMax = 0;
    windowPrior = 0;
    inEpoch = false;
    undo = null;
  }

  @Override
  public void onUnpaced() {
    paced = false;
    hyStart = new HyStart(false);
  }

  @Override
  public DeliverySnapshot onPacketSent(int bytes, long bytesInFlight, long now) {
    // The first packet after an idle time: t must not contain that time (§4.2, §5.8).
    if (inEpoch && bytesInFlight == bytes) {
      freezeUntil(now);
    }
    return null;
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
      freezeUntil(sample.now());
    } else if (acked > 0) {
      if (inSlowStart()) {
        slowStart(sample, acked);
      } else {
        avoidCongestion(sample, acked);
      }
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
        undo = null; // it has a reason now that is never spurious
      }
      return false;
    }
    episode.onReduction();
    // Marks are never spurious, even if they come with losses that are.
    undo =
        ecn
            ? null
            : new Undo(
                window,
                slowStartThreshold,
                windowMax,
                windowPrior,
                windowReno,
                timeToMax,
                epochStart,
                inEpoch);
    recoveryStart = now;
    everInRecovery = true;
    ackedBytes = 0; // all of it was sent before this period, see inRecovery
    inEpoch = false;
    // Fast convergence (§4.7): a maximum lower than the last one means that another flow wants
    // room, so aim lower still.
    windowMax = window < windowMax ? window * (1 + BETA) / 2 : window;
    windowPrior = window;
    window = Math.max(window * BETA, CongestionController.minimumWindow(maxDatagramSize));
    slowStartThreshold = (long) window;
    return true;
  }

  @Override
  public boolean onSpuriousLoss(SentPacket packet, long now) {
    if (!episode.onLate(packet) || undo == null || window >= undo.window) {
      return false;
    }
    window = undo.window;
    slowStartThreshold = undo.slowStartThreshold;
    windowMax = undo.windowMax;
    windowPrior = undo.windowPrior;
    windowReno = undo.windowReno;
    timeToMax = undo.timeToMax;
    epochStart = undo.epochStart;
    inEpoch = undo.inEpoch;
    undo = null;
    everInRecovery = false;
    return true;
  }

  @Override
  public void onPersistentCongestion(long now) {
    undo = null;
    // The congestion event that came with the losses has set the threshold already (§4.8).
    window = CongestionController.minimumWindow(maxDatagramSize);
    windowMax = 0;
    everInRecovery = false;
    inEpoch = false;
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
    inEpoch = false; // K was computed in segments of the old size
  }

  @Override
  public long window() {
    return (long) window;
  }

  @Override
  public long slowStartThreshold() {
    return slowStartThreshold;
  }

  @Override
  public String name() {
    return "cubic";
  }

  private void slowStart(AckSample sample, long acked) {
    if (slowStartThreshold != Long.MAX_VALUE) {
      // HyStart++ only serves the first slow start; later ones know a threshold (RFC 9406 §4.3).
      window += acked;
      return;
    }
    window += hyStart.onAck(sample, acked, maxDatagramSize);
    if (hyStart.isFinished()) {
      slowStartThreshold = (long) window;
      windowPrior = window; // §4.10
    }
  }

  private void avoidCongestion(AckSample sample, long acked) {
    if (!inEpoch) {
      beginEpoch(sample.now());
    }
    lastUpdate = sample.now();
    double t = (sample.now() - epochStart) / 1e9;

    double alpha = windowReno >= windowPrior ? 1 : ALPHA;
    windowReno += alpha * maxDatagramSize * acked / window;

    if (cubic(t) < windowReno) {
      window = Math.max(window, windowReno); // the Reno-friendly region (§4.3)
      return;
    }
    // Concave and convex regions (§4.4, §4.5): a window of ACKs brings the window to the target.
    double target = Math.clamp(cubic(t + sample.smoothedRtt() / 1e9), window, 1.5 * window);
    window += (target - window) * acked / window;
  }

  private void beginEpoch(long now) {
    inEpoch = true;
    epochStart = now;
    windowReno = window;
    if (windowMax <= window) {
      // Also when no loss has told a maximum, after HyStart++ or persistent congestion (§4.8,
      // §4.10).
      windowMax = window;
      timeToMax = 0;
    } else {
      timeToMax = Math.cbrt((windowMax - window) / maxDatagramSize / C);
    }
  }

  /** W_cubic at {@code t} seconds into the epoch, in bytes (§4.2 figure 1). */
  private double cubic(double t) {
    double fromMax = t - timeToMax;
    return C * fromMax * fromMax * fromMax * maxDatagramSize + windowMax;
  }

  /** Takes the time since the last update out of t: the application had nothing to send. */
  private void freezeUntil(long now) {
    if (inEpoch) {
      epochStart += now - lastUpdate;
      lastUpdate = now;
    }
  }

  private boolean inRecovery(long sentTime) {
    return everInRecovery && sentTime <= recoveryStart;
  }
}
