package dev.sluice.quic.congestion;

import java.util.random.RandomGenerator;

/**
 * BBR's steady state (draft-ietf-ccwg-bbr-06 §5.3.3): now and then it sends faster to see whether
 * there is more bandwidth, then slower to let the queue drain, and at the rate found in between.
 */
final class BbrCycle {
  /** What acknowledgments say about the last probe (§2.14, BBR.ack_phase). */
  private enum Feedback {
    NONE,
    REFILLING,
    STARTING,
    PROBING,
    STOPPING
  }

  private static final long SECOND = 1_000_000_000L;

  /** Between probes lie at most so many round trips, as many as Reno could need (§5.3.3.8.2). */
  private static final int MAX_RENO_ROUNDS = 63;

  private static final int MAX_UP_ROUNDS = 30;

  private final Bbr bbr;
  private final RandomGenerator random;
  private Feedback feedback = Feedback.NONE;
  private long stamp;
  private long wait;
  private long roundsSinceProbe;

  /** BBR.is_bw_probe_sample: what is lost now was sent while probing, and not answered yet. */
  private boolean probeSample;

  private int upRounds;
  private long upAcked;
  private long upAckedPerIncrease = Long.MAX_VALUE;
  private boolean lastTooHigh;
  private boolean lastPrecautionary;

  BbrCycle(Bbr bbr, RandomGenerator random) {
    this.bbr = bbr;
    this.random = random;
  }

  /** The flow begins. */
  void start(long now) {
    stamp = now;
  }

  /** Part of UpdateRound (§5.5.1). */
  void onRound(boolean started) {
    if (started) {
      roundsSinceProbe++;
    }
  }

  // ---- the phases

  /** StartProbeBW_DOWN, the entrance. */
  void startDown(long now) {
    bbr.lossRound.reset();
    upAckedPerIncrease = Long.MAX_VALUE;
    roundsSinceProbe = random.nextInt(2); // PickProbeWait
    wait = 2 * SECOND + random.nextLong(SECOND);
    stamp = now;
    feedback = Feedback.STOPPING;
    bbr.rounds.begin(bbr.delivery.delivered());
    bbr.state(BbrState.PROBE_BW_DOWN);
  }

  /** StartProbeBW_CRUISE. */
  void startCruise() {
    bbr.state(BbrState.PROBE_BW_CRUISE);
  }

  /** StartProbeBW_REFILL. */
  void startRefill() {
    resetShortTerm();
    upRounds = 0;
    upAcked = 0;
    lastPrecautionary = false;
    feedback = Feedback.REFILLING;
    bbr.rounds.begin(bbr.delivery.delivered());
    bbr.state(BbrState.PROBE_BW_REFILL);
  }

  private void startUp(RateSample sample) {
    feedback = Feedback.STARTING;
    bbr.rounds.begin(bbr.delivery.delivered());
    bbr.fullPipe.restart(sample.rate());
    bbr.state(BbrState.PROBE_BW_UP);
    raiseSlope();
  }

  /** ResetShortTermModel (§5.5.10.3). */
  void resetShortTerm() {
    bbr.bandwidth.setShortTerm(BbrBandwidth.UNBOUNDED);
    bbr.inflight.setShortTerm(BbrInflight.UNBOUNDED);
  }

  /** ProbeRTT begins: what comes back is no answer to a probe for bandwidth (§5.3.4.3). */
  void stopFeedback() {
    feedback = Feedback.STOPPING;
  }

  // ---- for each ACK frame

  /** UpdateProbeBWCyclePhase. */
  void onAck(RateSample sample, long now) {
    if (!bbr.fullPipe.isReached() || adaptLongTerm(sample)) {
      return;
    }
    switch (bbr.state()) {
      case PROBE_BW_DOWN -> {
        if (isTimeToProbe(now)) {
          startRefill();
        } else if (isTimeToCruise()) {
          startCruise();
        }
      }
      case PROBE_BW_CRUISE -> {
        if (isTimeToProbe(now)) {
          startRefill();
        }
      }
      case PROBE_BW_REFILL -> {
        if (bbr.rounds.isStart()) {
          probeSample = true;
          startUp(sample);
        }
      }
      case PROBE_BW_UP -> {
        if (isTimeToGoDown(sample)) {
          lastTooHigh = false;
          startDown(now);
        }
      }
      default -> {}
    }
  }

  /** IsTimeToProbeBW (§5.3.3.8.3): soon enough for us, not too soon for Reno flows beside us. */
  private boolean isTimeToProbe(long now) {
    long renoRounds = bbr.targetInflight() / bbr.maxDatagramSize();
    return now > stamp + wait || roundsSinceProbe >= Math.min(renoRounds, MAX_RENO_ROUNDS);
  }

  private boolean isTimeToCruise() {
    return bbr.bytesInFlight() <= bbr.inflight.withHeadroom(bbr.maxDatagramSize())
        && bbr.bytesInFlight() <= bbr.inflightFor(bbr.bandwidth.max(), 1);
  }

  private boolean isTimeToGoDown(RateSample sample) {
    long longTerm = bbr.inflight.longTerm();
    if (lastTooHigh && bbr.bytesInFlight() >= longTerm) {
      lastPrecautionary = true; // far enough after the last time (§5.3.3.6)
      return true;
    }
    if (bbr.rounds.isWindowLimited() && bbr.window() >= longTerm) {
      bbr.fullPipe.restart(sample.rate()); // our own bound keeps the rate from rising, not the path
      return false;
    }
    return bbr.fullPipe.isFullNow();
  }

  /**
   * AdaptLongTermModel.
   *
   * @return whether the next phase is decided
   */
  private boolean adaptLongTerm(RateSample sample) {
    boolean roundStart = bbr.rounds.isStart();
    if (feedback == Feedback.STARTING && roundStart) {
      feedback = Feedback.PROBING;
    }
    if (feedback == Feedback.STOPPING && roundStart) {
      probeSample = false;
      feedback = Feedback.NONE;
      if (bbr.state().isProbeBw()) {
        if (!sample.applicationLimited()) {
          bbr.bandwidth.advance();
        }
        if (lastPrecautionary && !lastTooHigh) {
          startRefill(); // the cautious probe did no harm: probe in earnest (§5.3.3.6)
          return true;
        }
      }
    }
    raiseLongTerm(sample);
    return !bbr.state().isProbeBw();
  }

  private void raiseLongTerm(RateSample sample) {
    boolean tooHigh = sample.lost() > sample.bytesInFlight() * Bbr.LOSS_THRESHOLD;
    if (tooHigh || bbr.inflight.longTerm() == BbrInflight.UNBOUNDED) {
      return;
    }
    bbr.inflight.setLongTerm(Math.max(bbr.inflight.longTerm(), sample.bytesInFlight()));
    if (bbr.state() == BbrState.PROBE_BW_UP) {
      probeUpward(sample);
    }
  }

  /** ProbeInflightLongtermUpward: slowly at first, twice as fast each round (§5.3.3.5). */
  private void probeUpward(RateSample sample) {
    if (!bbr.rounds.isWindowLimited() || bbr.window() < bbr.inflight.longTerm()) {
      return;
    }
    upAcked += sample.newlyAcked();
    if (upAcked >= upAckedPerIncrease) {
      long steps = upAcked / upAckedPerIncrease;
      upAcked -= steps * upAckedPerIncrease;
      bbr.inflight.setLongTerm(bbr.inflight.longTerm() + steps * bbr.maxDatagramSize());
    }
    if (bbr.rounds.isStart()) {
      raiseSlope();
    }
  }

  /** RaiseInflightLongtermSlope. */
  private void raiseSlope() {
    long growth = 1L << upRounds;
    upRounds = Math.min(upRounds + 1, MAX_UP_ROUNDS);
    upAckedPerIncrease = Math.max(bbr.window() / growth, bbr.maxDatagramSize());
  }

  // ---- losses

  /** HandleLostPacket (§5.5.10.2), once the loss is noted. */
  void onLost(SentPacket packet, long now) {
    if (!probeSample || packet.snapshot() == null) {
      return;
    }
    long lost = bbr.delivery.lost() - packet.snapshot().lost();
    if (lost > packet.bytesInFlight() * Bbr.LOSS_THRESHOLD) {
      tooHigh(inflightAtLoss(packet, lost), packet.snapshot().applicationLimited(), now);
    }
  }

  /** A mark came back while probing: the queue is as long as it should get. */
  void onMark(long now) {
    if (probeSample) {
      tooHigh(bbr.bytesInFlight(), false, now);
    }
  }

  /**
   * InflightAtLoss: how much was in flight when losses crossed the threshold, within the packet.
   */
  private static long inflightAtLoss(SentPacket packet, long lost) {
    long before = packet.bytesInFlight() - packet.bytes();
    long lostBefore = lost - packet.bytes();
    double prefix = (Bbr.LOSS_THRESHOLD * before - lostBefore) / (1 - Bbr.LOSS_THRESHOLD);
    return before + (long) prefix;
  }

  /** HandleInflightTooHigh. */
  private void tooHigh(long inFlight, boolean applicationLimited, long now) {
    lastTooHigh = true;
    probeSample = false; // one answer a probe
    if (!applicationLimited) {
      bbr.inflight.setLongTerm(Math.max(inFlight, (long) (bbr.targetInflight() * Bbr.BETA)));
    }
    if (bbr.state() == BbrState.PROBE_BW_UP) {
      bbr.undo().from(BbrState.PROBE_BW_UP);
      startDown(now);
    }
  }
}
