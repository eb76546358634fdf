package dev.sluice.quic.recovery;

import dev.sluice.quic.congestion.AckSample;
import dev.sluice.quic.congestion.CongestionController;
import dev.sluice.quic.congestion.DeliverySnapshot;
import dev.sluice.quic.congestion.Pacer;
import dev.sluice.quic.congestion.ProportionalRateReduction;
import dev.sluice.quic.congestion.SentPacket;
import dev.sluice.quic.trace.Tracer;

/**
 * What is known of one path's capacity and delay: congestion window, pacer, round-trip time, bytes
 * in flight and the size of datagrams that it carries. Every packet remembers the path that it was
 * sent on, so that what becomes of it counts there and nowhere else (RFC 9000 §9.4). A connection
 * that returns to a path finds all this as it left it. {@link Recovery#newPath} makes one. All
 * times are nanoseconds of the caller's clock, all sizes bytes of UDP payload; one thread.
 */
public final class PathRecovery {
  /** kPersistentCongestionThreshold (RFC 9002 §7.6.1). */
  static final int PERSISTENT_CONGESTION_THRESHOLD = 3;

  private final int number;
  private final Tracer tracer;
  private final CongestionController congestion;
  private final SentPacket described = new SentPacket();
  private final ProportionalRateReduction reduction = new ProportionalRateReduction();
  private final Pacer pacer;
  private final RttEstimator rtt;
  private final long initialRtt;

  private final PathSpace[] spaces = {
    new PathSpace(this), new PathSpace(this), new PathSpace(this)
  };
  private final MtuDiscovery mtu;
  private final EcnValidation ecn = new EcnValidation();
  private long bytesInFlight;
  private int elicitingInFlight;
  private long lastElicitingSentTime;
  private boolean heldBack;
  private boolean recoveryPacketAllowed;
  private long packetsLost;
  private long spuriousLosses;

  /** Null as long as nobody has watched. */
  private PathTrace trace;

  /** What the congestion window was changed for last; null for nothing in particular. */
  private String trigger;

  // What the ACK frame or the expiry of the timer that is being processed told of this path so far.
  private boolean concerned;
  private long newestAckedNow;
  private int markedNow;
  private long ackedNow;
  private long flightBefore;
  private boolean anyLost;
  private long newestLost;

  PathRecovery(int number, CongestionController congestion, RecoveryConfig config, Tracer tracer) {
    this.number = number;
    this.tracer = tracer;
    this.congestion = congestion;
    this.mtu = new MtuDiscovery(config.maxDatagramSize());
    this.initialRtt = config.initialRtt();
    boolean paced = config.pacing() || congestion.needsPacing();
    this.pacer = new Pacer(mtu.size(), paced);
    if (!paced) {
      congestion.onUnpaced();
    }
    this.rtt = new RttEstimator(initialRtt);
  }

  /** Tells the paths of a connection apart: 0 for the first. */
  public int number() {
    return number;
  }

  // ---- sending

  /**
   * Whether the congestion window and the pacer let another full datagram go. Ask before each
   * packet with anything but ACK frames, and only stop sending when this says no or there is
   * nothing left to send: the last answer tells whether the window is being used (§7.8).
   */
  public boolean canSend(long now) {
    boolean yes = sendAllowance(now) > 0;
    heldBack = !yes;
    return yes;
  }

  /**
   * How many bytes may be sent now; 0 when not even one datagram may. May be overdrawn by less than
   * a datagram by pacing, never by the window.
   */
  public long sendAllowance(long now) {
    long room = room();
    if (room < mtu.size()) {
      // One packet may go at once when a recovery period begins (§7.3.2, MaybeSendOnePacket).
      return recoveryPacketAllowed ? mtu.size() : 0;
    }
    return Math.min(room, Math.max(0, paced(now).allowance()));
  }

  /** Whether the congestion window lets another full datagram go, whatever the pacer says. */
  public boolean hasRoom() {
    return room() >= mtu.size();
  }

  /**
   * Says that there was nothing more to send in this turn, whatever {@link #canSend} said last: a
   * no of the pacer held nothing back.
   */
  public void onApplicationLimited() {
    heldBack = !hasRoom();
    if (!heldBack) {
      congestion.onApplicationLimited(bytesInFlight);
    }
  }

  /**
   * When the pacer lets the next packet go: in the past when it does at once, {@link
   * Long#MAX_VALUE} while the window is full and only an acknowledgment can help. Belongs into the
   * connection's deadline only while it has something to send.
   */
  public long paceUntil() {
    return hasRoom() || recoveryPacketAllowed
        ? pacer.nextSendTime(pacingRate())
        : SpaceRecovery.NEVER;
  }

  /**
   * The path is taken to carry datagrams of this size, in bytes, and the peer to accept them. Only
   * before {@link #discoverMtu}.
   */
  public void setMaxDatagramSize(int size) {
    mtu.assume(size);
    onDatagramSize(false);
  }

  /**
   * Looks for the largest datagram that the path carries, from now on for as long as it is used.
   *
   * @param largest what may be sent at the most, in bytes
   */
  public void discoverMtu(int largest) {
    mtu.start(largest);
  }

  /** Whether ECN marks work on this path. */
  public EcnValidation ecn() {
    return ecn;
  }

  /**
   * The ECN bits for a datagram that leaves now; its packets are to be told ({@link
   * PacketContents#mark}).
   */
  public int ecnMark(long now) {
    return ecn.mark(rtt.probeTimeout(), now);
  }

  /** The search, for whoever sends its probes. */
  public MtuDiscovery mtu() {
    return mtu;
  }

  /**
   * The size of a datagram that should be sent to find out whether it arrives; 0 for none, or for
   * one that has to wait for room. Should there be less than half of the window, it is smaller.
   */
  public int mtuProbe(long now) {
    long room = room();
    int size = mtu.probeSize(Math.min(congestion.window(), 2 * room), now);
    return size <= room ? size : 0;
  }

  void onDatagramTooLarge(int bytes) {
    if (mtu.onTooLarge(bytes)) {
      onDatagramSize(true);
    }
  }

  private void onDatagramSize(boolean discovered) {
    congestion.onMaxDatagramSize(mtu.size(), discovered);
    pacer.onMaxDatagramSize(mtu.size());
  }

  // ---- what is known

  /** The largest datagram that the path is known to carry and the peer to take, in bytes. */
  public int maxDatagramSize() {
    return mtu.size();
  }

  /** The path's round-trip times. */
  public RttEstimator rtt() {
    return rtt;
  }

  /** A probe timeout of this path without max_ack_delay and backoff, in nanoseconds (§6.2.1). */
  public long probeTimeout() {
    return rtt.probeTimeout();
  }

  /** The path's congestion controller. */
  public CongestionController congestion() {
    return congestion;
  }

  /** Bytes sent and neither acknowledged nor lost, packets of nothing but ACK frames apart. */
  public long bytesInFlight() {
    return bytesInFlight;
  }

  /** Packets in flight declared lost so far, in all spaces. */
  public long packetsLost() {
    return packetsLost;
  }

  /** How many of those were acknowledged later. */
  public long spuriousLosses() {
    return spuriousLosses;
  }

  /** Whether there are packets that elicit an acknowledgment of which nothing is known yet. */
  public boolean awaitsAcknowledgment() {
    return elicitingInFlight > 0;
  }

  /** When the last packet was sent that elicits an acknowledgment, if one was. */
  long lastElicitingSentTime() {
    return lastElicitingSentTime;
  }

  /** The packets of one space. */
  PathSpace in(PacketNumberSpace space) {
    return spaces[space.ordinal()];
  }

  // ---- what Recovery tells of packets

  /** Gives what the congestion controller wants to remember of the packet. */
  DeliverySnapshot onPacketSent(int bytes, boolean elicits, long now) {
    bytesInFlight += bytes;
    if (elicits) {
      elicitingInFlight++;
      lastElicitingSentTime = now;
    }
    recoveryPacketAllowed = false;
    reduction.onPacketSent(bytes);
    paced(now).onPacketSent(bytes);
    tellChanges(now);
    return congestion.onPacketSent(bytes, bytesInFlight, now);
  }

  /** A packet's keys are gone, or it is sent anew: it is in flight no more, without a verdict. */
  void onForgotten(int bytes, boolean elicits) {
    bytesInFlight -= bytes;
    elicitingInFlight -= elicits ? 1 : 0;
  }

  /** Back to the state of a new path, after a Retry (§6.3). */
  void reset() {
    congestion.reset();
    reduction.end();
    pacer.reset();
    rtt.reset(initialRtt);
    for (PathSpace space : spaces) {
      space.losses().reset();
    }
    heldBack = false;
    recoveryPacketAllowed = false;
  }

  /** A probe timeout of the application space, the {@code count}th in a row. */
  void onProbeTimeout(int count) {
    if (mtu.onProbeTimeout(count)) {
      onDatagramSize(true);
    }
  }

  /**
   * An ACK frame, or the expiry of the timer, says something about this path.
   *
   * @return whether this is the first that is heard of it
   */
  boolean concern() {
    if (concerned) {
      return false;
    }
    concerned = true;
    newestAckedNow = Long.MIN_VALUE;
    markedNow = 0;
    ackedNow = 0;
    flightBefore = bytesInFlight;
    anyLost = false;
    return true;
  }

  void onAcked(SpaceRecovery space, long packet, boolean wasLost, long now) {
    SentPackets sent = space.sent;
    long sentTime = sent.sentTime(packet);
    PathSpace in = in(space.id);
    newestAckedNow = Math.max(newestAckedNow, sentTime);
    in.onAcked(packet, sentTime);
    if (sent.isMarked(packet)) {
      markedNow++;
    }
    if (space.id == PacketNumberSpace.APPLICATION
        && mtu.onAcked(packet, sent.size(packet), sentTime, sent.isProbe(packet))) {
      onDatagramSize(true);
    }
    if (wasLost) {
      in.losses().onLate(packet);
    }
    if (!sent.isInFlight(packet) || wasLost && sent.isProbe(packet)) {
      return; // its loss was no sign of congestion
    }
    if (wasLost) {
      spuriousLosses++;
      if (congestion.onSpuriousLoss(sent.describe(packet, described), now)) {
        reduction.end();
        trigger = "spurious_loss";
      }
    } else {
      onForgotten(sent.size(packet), sent.isAckEliciting(packet));
      ackedNow += sent.size(packet);
      congestion.onPacketAcked(sent.describe(packet, described));
    }
  }

  void onLost(SpaceRecovery space, long packet, long now) {
    SentPackets sent = space.sent;
    if (sent.isInFlight(packet)) {
      onForgotten(sent.size(packet), sent.isAckEliciting(packet));
    }
    if (sent.isMarked(packet)) {
      ecn.onLost();
    }
    if (space.id == PacketNumberSpace.APPLICATION
        && mtu.onLost(packet, sent.size(packet), sent.sentTime(packet), sent.isProbe(packet))) {
      onDatagramSize(true);
    }
    if (sent.isProbe(packet)) {
      return;
    }
    if (sent.isAckEliciting(packet)) {
      in(space.id).losses().onLost(sent, packet);
    }
    if (sent.isInFlight(packet)) {
      packetsLost++;
      anyLost = true;
      newestLost = sent.sentTime(packet); // lost in the order in which they were sent
      congestion.onPacketLost(sent.describe(packet, described), now);
    }
  }

  /** How many marked packets the ACK frame at hand newly acknowledges. */
  int markedNow() {
    return markedNow;
  }

  /** The ECN counts of the ACK frame at hand are true; that of ECN-CE has grown by so much. */
  void onEcn(long ce, long now) {
    if (ecn.state() == EcnValidation.State.FAILED) {
      return;
    }
    ecn.onValidated(markedNow, ce);
    if (ce > 0) {
      onCongestion(newestAckedNow, true, now); // RFC 9002 §7.1
    }
  }

  /** All losses in a space that can be told at this moment have been. */
  void onLossesDetected(PacketNumberSpace space, long peerMaxAckDelay, long now) {
    if (!anyLost) {
      return;
    }
    onCongestion(newestLost, false, now);
    if (isPersistentCongestion(in(space), peerMaxAckDelay)) {
      in(space).losses().reset();
      congestion.onPersistentCongestion(now);
      trigger = "persistent_congestion";
      reduction.end();
      rtt.onPersistentCongestion();
    }
  }

  private void onCongestion(long sentTime, boolean marked, long now) {
    if (!congestion.onCongestionEvent(sentTime, marked, now)) {
      return;
    }
    trigger = marked ? "ecn" : "packet_loss";
    if (congestion.reducesProportionally()) {
      reduction.begin(congestion.window(), flightBefore, mtu.size(), now);
    } else {
      recoveryPacketAllowed = true;
    }
  }

  /** RFC 9002 §7.6.2. */
  private boolean isPersistentCongestion(PathSpace space, long peerMaxAckDelay) {
    PersistentCongestion run = space.losses();
    long pto = rtt.probeTimeout() + peerMaxAckDelay;
    if (!run.hasGrown() || run.duration() <= PERSISTENT_CONGESTION_THRESHOLD * pto) {
      return false;
    }
    // Something of another space that got through since speaks against it. It may have been sent
    // after the run as well, but then the path works again, and ordinary recovery is enough.
    for (PathSpace other : spaces) {
      if (other != space && other.newestAcked() > run.firstSentTime()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Everything that is at hand about this path has been told.
   *
   * @param sample the RTT sample that it gave, -1 for none
   */
  void onAckProcessed(long sample, long now) {
    if (newestAckedNow != Long.MIN_VALUE) {
      reduction.onAck(newestAckedNow, ackedNow, bytesInFlight, anyLost, mtu.size());
      congestion.onAckProcessed(
          new AckSample(now, newestAckedNow, sample, rtt.smoothed(), bytesInFlight, heldBack));
    }
    concerned = false;
    tellChanges(now);
  }

  /** What the congestion controller is doing; a recovery period counts as a phase of its own. */
  String phase() {
    return reduction.isActive() ? "recovery" : congestion.phase();
  }

  private void tellChanges(long now) {
    if (tracer.isEnabled()) {
      if (trace == null) {
        trace = new PathTrace(this, initialRtt, tracer, now);
      }
      trace.tellChanges(trigger, now);
      trigger = null;
    }
  }

  /** What the window leaves: all of it, or during a recovery period as much as is let go. */
  private long room() {
    long window = congestion.window();
    long room = reduction.isActive() ? Math.min(reduction.room(), window) : window - bytesInFlight;
    // What is in flight and elicits no acknowledgment may stay so: it must not block the rest.
    return elicitingInFlight == 0 ? Math.max(room, mtu.size()) : room;
  }

  /** The pacer, which has earned what it has until now. */
  private Pacer paced(long now) {
    if (pacer.isBehind(now)) {
      pacer.advance(pacingRate(), now);
    }
    return pacer;
  }

  /**
   * What the controller says, but never so little that nothing would be sent any more: a model of
   * the path that has gone to zero could not learn otherwise. The least is a minimum window (RFC
   * 9002 §7.2) in a round trip.
   */
  double pacingRate() {
    long smoothedRtt = rtt.smoothed();
    return Math.max(congestion.pacingRate(smoothedRtt), 2e9 * mtu.size() / smoothedRtt);
  }
}
