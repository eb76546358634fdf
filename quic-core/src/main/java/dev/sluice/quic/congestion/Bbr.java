package dev.sluice.quic.congestion;

import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * BBR, version 3 (draft-ietf-ccwg-bbr-06): sends as fast as the path was seen to deliver, and has
 * as much in flight as that takes, instead of filling queues until they overflow. It measures the
 * bandwidth by sending a little faster now and then ({@link BbrCycle}) and the round-trip time by
 * sending little ({@link BbrProbeRtt}); losses lower what it dares, and only as far as they say.
 *
 * <p>This class is the order of events of §5.2 and the two things that come out, a pacing rate and
 * a window (§5.6). What is believed of the path is in {@link BbrBandwidth}, {@link BbrMinRtt},
 * {@link BbrInflight}, {@link BbrAggregation} and {@link BbrLossRound}.
 */
public final class Bbr implements CongestionController {
  /** BBR.LossThresh (§2.8): more loss than this in a round trip is too much. */
  static final double LOSS_THRESHOLD = 0.02;

  /** BBR.Beta (§2.8). */
  static final double BETA = 0.7;

  /** BBR.MinPipeCwnd (§2.8), in datagrams. */
  static final int MIN_PIPE_DATAGRAMS = 4;

  /** BBRStartupFullLossCnt (§5.3.1.3). */
  private static final int STARTUP_LOST_RANGES = 6;

  /**
   * Startup also ends when so much of a round was lost, in however few places. The draft has no
   * such rule, and a path that holds four datagrams has no six places: there Startup would go on
   * for good, and lose most of what it sends.
   */
  private static final double STARTUP_LOST_SHARE = 0.25;

  /** 100 less BBR.PacingMarginPercent: on average, queues are to get shorter (§5.6.2). */
  private static final double PACING_MARGIN = 0.99;

  /** Drain ends after so many rounds at the latest (§5.3.2). */
  private static final int DRAIN_ROUNDS = 3;

  private static final int MAX_QUANTUM = 65_536;
  private static final long QUANTUM_TIME = 1_000_000;
  private static final long UNMEASURED_RTT = 1_000_000;

  private final RandomGenerator random;
  private int maxDatagramSize;

  DeliveryRate delivery;
  BbrRounds rounds;
  BbrBandwidth bandwidth;
  BbrMinRtt minRtt;
  BbrInflight inflight;
  BbrFullPipe fullPipe;
  BbrLossRound lossRound;
  private BbrAggregation aggregation;
  private BbrCycle cycle;
  private BbrProbeRtt probeRtt;
  private BbrUndo undo;

  private BbrState state;
  private boolean started;
  private boolean idleRestart;
  private long drainStartRound;
  private long bytesInFlight;
  private long lowestRtt;

  private long window;
  private long priorWindow;
  private double pacingRate;
  private boolean pacedByRtt;

  /** A recovery period, from the first loss until a packet sent after it is acknowledged. */
  private boolean recovering;

  private long recoveryStart;

  /**
   * @param maxDatagramSize the largest datagram that the path carries, in bytes
   * @param random when to probe is left to chance, so that flows do not march in step
   */
  public Bbr(int maxDatagramSize, RandomGenerator random) {
    this.maxDatagramSize = maxDatagramSize;
    this.random = random;
    reset();
  }

  @Override
  public void reset() {
    delivery = new DeliveryRate();
    rounds = new BbrRounds();
    bandwidth = new BbrBandwidth();
    minRtt = new BbrMinRtt();
    inflight = new BbrInflight();
    fullPipe = new BbrFullPipe();
    lossRound = new BbrLossRound();
    aggregation = new BbrAggregation();
    cycle = new BbrCycle(this, random);
    probeRtt = new BbrProbeRtt(this);
    undo = new BbrUndo(this);
    state = BbrState.STARTUP;
    started = false;
    idleRestart = false;
    bytesInFlight = 0;
    lowestRtt = BbrMinRtt.UNKNOWN;
    window = initialWindow();
    priorWindow = 0;
    pacedByRtt = false;
    recovering = false;
    initPacingRate(UNMEASURED_RTT);
  }

  // ---- events

  @Override
  public DeliverySnapshot onPacketSent(int bytes, long inFlight, long now) {
    if (!started) {
      started = true;
      minRtt.start(now);
      aggregation.start(now);
      cycle.start(now);
    }
    boolean wasIdle = inFlight == bytes;
    if (wasIdle && delivery.isApplicationLimited()) {
      restartFromIdle(now);
    }
    bytesInFlight = inFlight;
    if (inFlight + maxDatagramSize > window) {
      rounds.onWindowFull();
    }
    return delivery.onPacketSent(wasIdle, now);
  }

  /** HandleRestartFromIdle (§5.4.1): goes on at the bandwidth that was found, without a burst. */
  private void restartFromIdle(long now) {
    idleRestart = true;
    aggregation.start(now);
    if (state.isProbeBw()) {
      setPacingRate(1);
    } else if (state == BbrState.PROBE_RTT) {
      probeRtt.checkDone(now);
    }
  }

  @Override
  public void onPacketAcked(SentPacket packet) {
    delivery.onPacketAcked(packet);
  }

  @Override
  public void onPacketLost(SentPacket packet, long now) {
    delivery.onPacketLost(packet);
    noteLoss(packet.number(), packet.bytes());
    undo.onLost(packet);
    cycle.onLost(packet, now);
  }

  @Override
  public boolean onCongestionEvent(long sentTime, boolean ecn, long now) {
    if (recovering && sentTime <= recoveryStart) {
      if (ecn) {
        undo.forbid();
      }
      return false;
    }
    saveWindow();
    recovering = true;
    recoveryStart = now;
    if (ecn) {
      // The draft leaves the response to marks open, but for that there must be one (§3.7). They
      // say
      // what losses would have said, only earlier.
      noteLoss(-1, 0);
      undo.forbid();
      if (!fullPipe.isReached()) {
        leaveStartup();
      }
      cycle.onMark(now);
    }
    return true;
  }

  /** NoteLoss (§5.5.10.2). */
  private void noteLoss(long number, int bytes) {
    if (lossRound.onLoss(number, bytes, delivery.delivered())) {
      saveWindow();
      undo.save();
    }
  }

  @Override
  public void onPersistentCongestion(long now) {
    // What a retransmission timeout is for TCP (§5.6.4.4), with the window of RFC 9002 §7.6.2.
    saveWindow();
    undo.save();
    recovering = true;
    recoveryStart = now;
    window = CongestionController.minimumWindow(maxDatagramSize);
  }

  @Override
  public boolean onSpuriousLoss(SentPacket packet, long now) {
    delivery.onPacketAcked(packet);
    return undo.onLate(packet);
  }

  @Override
  public void onApplicationLimited(long inFlight) {
    delivery.onApplicationLimited(inFlight);
  }

  /** UpdateOnACK (§5.2.3). */
  @Override
  public void onAckProcessed(AckSample ack) {
    if (ack.latestRtt() >= 0) {
      lowestRtt = Math.min(lowestRtt, ack.latestRtt());
    }
    RateSample sample =
        delivery.onAckProcessed(lowestRtt == BbrMinRtt.UNKNOWN ? 0 : lowestRtt, ack.now());
    if (sample.newlyAcked() == 0) {
      return; // it acknowledges nothing but ACK frames
    }
    bytesInFlight = ack.bytesInFlight();
    if (recovering && ack.newestSentTime() > recoveryStart) {
      recovering = false;
      restoreWindow();
    }
    updateModel(sample, ack);
    setPacingRate(state.pacingGain);
    setWindow(sample.newlyAcked());
  }

  /** UpdateModelAndState (§5.2.3). */
  private void updateModel(RateSample sample, AckSample ack) {
    long now = ack.now();
    if (!pacedByRtt && ack.latestRtt() >= 0) {
      pacedByRtt = true;
      initPacingRate(ack.smoothedRtt());
    }
    lossRound.onAck(sample, delivery.delivered());
    rounds.onAck(sample, delivery.delivered());
    cycle.onRound(rounds.isStart());
    bandwidth.onSample(sample);
    if (lossRound.isStart()) {
      answerLosses();
    }
    aggregation.onAck(
        sample.newlyAcked(),
        bandwidth.current(),
        window,
        fullPipe.isReached(),
        rounds.count(),
        now);
    fullPipe.onAck(sample, rounds.isStart());
    checkStartupDone(sample);
    checkDrainDone(now);
    cycle.onAck(sample, now);
    minRtt.onAck(ack.latestRtt(), now);
    probeRtt.onAck(now, idleRestart);
    if (sample.delivered() > 0) {
      idleRestart = false;
    }
    lossRound.advance(sample);
    bandwidth.bound();
  }

  /** AdaptLowerBoundsFromCongestion (§5.5.10.3): once a round, follow what the path delivers. */
  private void answerLosses() {
    if (lossRound.anyLost() && !state.isAccelerating()) {
      bandwidth.lowerShortTerm(lossRound.latestRate(), BETA);
      inflight.lowerShortTerm(lossRound.latestDelivered(), window, BETA);
    }
    lossRound.clearLosses();
  }

  // ---- Startup and Drain

  /** CheckStartupDone (§5.3.1). */
  private void checkStartupDone(RateSample sample) {
    if (!fullPipe.isReached() && isOverflowing(sample)) {
      undo.from(BbrState.STARTUP); // of which ProbeRTT is but a pause
      leaveStartup();
    } else if (state == BbrState.STARTUP && fullPipe.isReached()) {
      enterDrain();
    }
  }

  /** Whether the losses of a whole round say that the pipe is full (§5.3.1.3). */
  private boolean isOverflowing(RateSample sample) {
    boolean many =
        lossRound.lostRangesOfEndedRound() >= STARTUP_LOST_RANGES
            && sample.lost() > sample.bytesInFlight() * LOSS_THRESHOLD;
    long lost = lossRound.lostBytesOfEndedRound();
    return many || lost > STARTUP_LOST_SHARE * (lost + lossRound.latestDelivered());
  }

  /** The pipe overflows: what it delivered is what it holds (§5.3.1.3). */
  private void leaveStartup() {
    fullPipe.setReached(true);
    inflight.setLongTerm(Math.max((long) bandwidthDelay(1), lossRound.latestDelivered()));
    if (state == BbrState.STARTUP) {
      enterDrain(); // and otherwise from ProbeRTT right into ProbeBW
    }
  }

  private void enterDrain() {
    state = BbrState.DRAIN;
    drainStartRound = rounds.count();
  }

  /** CheckDrainDone (§5.3.2). */
  private void checkDrainDone(long now) {
    if (state == BbrState.DRAIN
        && (bytesInFlight <= inflightFor(bandwidth.current(), 1)
            || rounds.count() > drainStartRound + DRAIN_ROUNDS)) {
      cycle.startDown(now);
    }
  }

  // ---- what comes out

  /** SetPacingRateWithGain (§5.6.2). */
  private void setPacingRate(double gain) {
    double rate = gain * bandwidth.current() * PACING_MARGIN;
    if (fullPipe.isReached() || rate > pacingRate) {
      pacingRate = rate;
    }
  }

  private void initPacingRate(long rtt) {
    pacingRate = BbrState.STARTUP.pacingGain * initialWindow() * 1e9 / rtt;
  }

  /** SetCwnd (§5.6.4.6). */
  private void setWindow(long newlyAcked) {
    double wanted = bandwidthDelay(state.windowGain) + aggregation.extra();
    long maxInflight = withQuantization(wanted);
    if (fullPipe.isReached()) {
      window = Math.min(window + newlyAcked, maxInflight);
    } else if (window < maxInflight || delivery.delivered() < initialWindow()) {
      window += newlyAcked;
    }
    window = Math.max(window, minPipe());
    if (state == BbrState.PROBE_RTT) {
      window = Math.min(window, probeRtt.window());
    }
    boundWindow();
  }

  /** BoundCwndForModel (§5.6.4.7). */
  private void boundWindow() {
    long cap = BbrInflight.UNBOUNDED;
    if (state == BbrState.PROBE_RTT || state == BbrState.PROBE_BW_CRUISE) {
      cap = inflight.withHeadroom(maxDatagramSize);
    } else if (state.isProbeBw()) {
      cap = inflight.longTerm();
    }
    window = Math.min(window, Math.max(Math.min(cap, inflight.shortTerm()), minPipe()));
  }

  /** SaveCwnd (§5.6.4.4): what the window was before loss or ProbeRTT reduced it. */
  void saveWindow() {
    priorWindow =
        recovering || state == BbrState.PROBE_RTT ? Math.max(priorWindow, window) : window;
  }

  /** RestoreCwnd (§5.6.4.4). */
  void restoreWindow() {
    window = Math.max(window, priorWindow);
  }

  @Override
  public void onMaxDatagramSize(int size, boolean discovered) {
    boolean untouched = window == initialWindow() && delivery.delivered() == 0;
    maxDatagramSize = size;
    long wanted = Math.max(untouched ? initialWindow() : window, minPipe());
    window = discovered ? Math.min(window, wanted) : wanted;
  }

  // ---- what the parts ask

  BbrCycle cycle() {
    return cycle;
  }

  BbrUndo undo() {
    return undo;
  }

  BbrState state() {
    return state;
  }

  void state(BbrState next) {
    state = next;
  }

  long bytesInFlight() {
    return bytesInFlight;
  }

  int maxDatagramSize() {
    return maxDatagramSize;
  }

  long minPipe() {
    return (long) MIN_PIPE_DATAGRAMS * maxDatagramSize;
  }

  private long initialWindow() {
    return CongestionController.initialWindow(maxDatagramSize);
  }

  /** BDPMultiple (§5.6.4.2), in bytes. */
  double bandwidthDelay(double gain) {
    return bandwidthDelay(bandwidth.current(), gain);
  }

  private double bandwidthDelay(double rate, double gain) {
    return minRtt.get() == BbrMinRtt.UNKNOWN ? initialWindow() : gain * rate * minRtt.get() / 1e9;
  }

  /** Inflight (§5.6.4.2): what has to be in flight to use a rate. */
  long inflightFor(double rate, double gain) {
    return withQuantization(bandwidthDelay(rate, gain));
  }

  /** QuantizationBudget (§5.6.4.2), with QUIC's offload budget (§5.5.8.2). */
  private long withQuantization(double bytes) {
    double quantum =
        Math.max(Math.min(pacingRate * QUANTUM_TIME / 1e9, MAX_QUANTUM), 2.0 * maxDatagramSize);
    long cap = (long) Math.max(bytes, Math.max(quantum, minPipe()));
    return state == BbrState.PROBE_BW_UP ? cap + 2L * maxDatagramSize : cap;
  }

  /** TargetInflight (§5.3.3.8.3). */
  long targetInflight() {
    return (long) Math.min(bandwidthDelay(1), window);
  }

  // ---- what others see

  @Override
  public long window() {
    return window;
  }

  @Override
  public long slowStartThreshold() {
    return fullPipe.isReached() ? window : Long.MAX_VALUE;
  }

  @Override
  public double pacingRate(long smoothedRtt) {
    return pacingRate;
  }

  @Override
  public boolean needsPacing() {
    return true;
  }

  @Override
  public boolean reducesProportionally() {
    return false; // it follows what the path delivers, recovery or not
  }

  @Override
  public String phase() {
    return state.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String name() {
    return "bbr";
  }

  @Override
  public String toString() {
    return "bbr %s: %.0f B/s, min rtt %d us, window %d, %s"
        .formatted(state, bandwidth.current(), minRtt.get() / 1000, window, inflight);
  }
}
