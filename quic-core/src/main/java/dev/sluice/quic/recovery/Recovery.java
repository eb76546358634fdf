package dev.sluice.quic.recovery;

import dev.sluice.quic.congestion.AckSample;
import dev.sluice.quic.congestion.CongestionController;
import dev.sluice.quic.congestion.Pacer;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.frame.AckFrame;

/**
 * Loss detection and congestion control for one connection (RFC 9002): what became of the packets
 * that were sent, when to probe, and whether there is room to send. All times are nanoseconds of
 * the caller's clock, all sizes bytes of UDP payload; one thread.
 *
 * <p>A turn of the connection goes like this. Received ACK frames go to {@link #onAck}; when {@link
 * #deadline} has come, {@link #onDeadline} is called. Then packets are built: in spaces with {@link
 * #probesPending} in any case, otherwise while {@link #canSend} says so; packets with nothing but
 * ACK frames are free. Each takes {@link #nextPacketNumber} and is reported to {@link
 * #onPacketSent}. What was lost comes back through the {@link TokenListener}.
 */
public final class Recovery {
  /** kPacketThreshold (§6.1.1). */
  private static final int PACKET_THRESHOLD = 3;

  /** kPersistentCongestionThreshold (§7.6.1). */
  private static final int PERSISTENT_CONGESTION_THRESHOLD = 3;

  /** Packets for a probe timeout: one loss should not cost another timeout (§6.2.4). */
  private static final int PROBES = 2;

  /** What RFC 9000 §18.2 says of a peer that names no max_ack_delay. */
  private static final long DEFAULT_MAX_ACK_DELAY = 25_000_000;

  /** How many probe timeouts lost packets are remembered, to recognise them when they are late. */
  private static final int REMEMBER_LOST_PTOS = 3;

  private final RecoveryConfig config;
  private final CongestionController congestion;
  private final TokenListener tokens;
  private final Pacer pacer;
  private final RttEstimator rtt;
  private final SpaceRecovery[] spaces;
  private final ProbeTimer probeTimer;
  private final Batch batch = new Batch();

  private int maxDatagramSize;
  private long bytesInFlight;
  private boolean heldBack;
  private boolean recoveryPacketAllowed;
  private long packetsLost;
  private long spuriousLosses;

  /**
   * @param congestion a fresh controller of this connection's own
   * @param tokens hears what became of the packets' contents
   */
  public Recovery(RecoveryConfig config, CongestionController congestion, TokenListener tokens) {
    this.config = config;
    this.congestion = congestion;
    this.tokens = tokens;
    this.maxDatagramSize = config.maxDatagramSize();
    this.pacer = new Pacer(maxDatagramSize);
    this.rtt = new RttEstimator(config.initialRtt());
    this.spaces =
        new SpaceRecovery[] {
          new SpaceRecovery(PacketNumberSpace.INITIAL, rtt, null),
          new SpaceRecovery(PacketNumberSpace.HANDSHAKE, rtt, null),
          new SpaceRecovery(PacketNumberSpace.APPLICATION, rtt, new SkippedNumbers(config.random()))
        };
    this.probeTimer = new ProbeTimer(config.client(), rtt, spaces, DEFAULT_MAX_ACK_DELAY);
  }

  // ---- sending

  /** The number for the next packet of a space. Stays the same until {@link #onPacketSent}. */
  public long nextPacketNumber(PacketNumberSpace space) {
    return of(space).next;
  }

  /** The largest acknowledged number of a space, -1 if none: decides how numbers are truncated. */
  public long largestAcknowledged(PacketNumberSpace space) {
    return of(space).largestAcked;
  }

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
    long room = congestion.window() - bytesInFlight;
    if (room < maxDatagramSize) {
      // One packet may go at once when a recovery period begins (§7.3.2, MaybeSendOnePacket).
      return recoveryPacketAllowed ? maxDatagramSize : 0;
    }
    return Math.min(room, Math.max(0, pacer.allowance(pacingRate(), now)));
  }

  /**
   * Says that there was nothing more to send in this turn, although {@link #canSend} last said no
   * because of the pacer. Only refines what recovery finds out by itself.
   */
  public void onApplicationLimited() {
    heldBack = bytesInFlight + maxDatagramSize > congestion.window();
  }

  /**
   * When the pacer lets the next packet go: in the past when it does at once, {@link
   * Long#MAX_VALUE} while the window is full and only an acknowledgment can help. Belongs into the
   * connection's deadline only while it has something to send.
   */
  public long paceUntil() {
    return congestion.window() - bytesInFlight < maxDatagramSize && !recoveryPacketAllowed
        ? SpaceRecovery.NEVER
        : pacer.nextSendTime(pacingRate());
  }

  /**
   * A packet is leaving.
   *
   * @param packetNumber what {@link #nextPacketNumber} gave
   * @param bytes the whole packet with header and tag
   * @param contents its tokens are copied
   */
  public void onPacketSent(
      PacketNumberSpace space, long packetNumber, int bytes, PacketContents contents, long now) {
    SpaceRecovery at = of(space);
    at.onSent(packetNumber, bytes, contents, now);
    if (contents.isInFlight()) {
      bytesInFlight += bytes;
      recoveryPacketAllowed = false;
      pacer.onPacketSent(bytes, pacingRate(), now);
      congestion.onPacketSent(bytes, bytesInFlight, now);
      probeTimer.onActivity(now);
    }
  }

  // ---- acknowledgments and losses

  /**
   * Processes an ACK frame.
   *
   * @param ackDelayNanos the frame's delay, decoded with the peer's ack_delay_exponent
   * @throws TransportException PROTOCOL_VIOLATION when it acknowledges what was never sent
   */
  public void onAck(PacketNumberSpace space, AckFrame ack, long ackDelayNanos, long now) {
    SpaceRecovery at = of(space);
    if (at.discarded) {
      return;
    }
    at.checkSent(ack);
    batch.begin(ack.largestAcknowledged(), now);
    if (!at.acknowledge(ack.ranges(), batch)) {
      return;
    }
    long sample = -1;
    if (batch.largestIsNew && batch.ackEliciting) { // §5.1
      sample = Math.max(1, now - batch.largestSentTime);
      rtt.update(sample, probeTimer.believableAckDelay(space, ackDelayNanos), now);
    }
    // ECN counts are of no use as long as no packet is sent with an ECT codepoint: a peer that
    // reports marks nonetheless reports what the network did not do (RFC 9000 §13.4.2.1).
    detectLosses(at, now);
    congestion.onAckProcessed(
        new AckSample(now, batch.newestSentTime, sample, rtt.smoothed(), bytesInFlight, heldBack));
    if (batch.ackEliciting) {
      at.probesPending = 0;
    }
    probeTimer.onAcknowledgment(space, now);
    at.sent.forget(now - REMEMBER_LOST_PTOS * ptoNanos());
  }

  private void detectLosses(SpaceRecovery at, long now) {
    batch.anyLost = false;
    at.detectLosses(PACKET_THRESHOLD, rtt.lossDelay(), batch, now);
    if (!batch.anyLost) {
      return;
    }
    if (congestion.onCongestionEvent(batch.newestLostSentTime, false, now)) {
      recoveryPacketAllowed = true;
    }
    if (isPersistentCongestion(at)) {
      at.persistentCongestion.reset();
      congestion.onPersistentCongestion(now);
      rtt.onPersistentCongestion();
    }
  }

  /** RFC 9002 §7.6.2. */
  private boolean isPersistentCongestion(SpaceRecovery at) {
    PersistentCongestion run = at.persistentCongestion;
    if (run.duration() <= PERSISTENT_CONGESTION_THRESHOLD * ptoNanos()) {
      return false;
    }
    // Something of another space that got through since speaks against it. It may have been sent
    // after the run as well, but then the path works again, and ordinary recovery is enough.
    for (SpaceRecovery other : spaces) {
      if (other != at && other.newestAckedSentTime > run.firstSentTime()) {
        return false;
      }
    }
    return true;
  }

  // ---- the timer

  /** When {@link #onDeadline} has to be called; {@link Long#MAX_VALUE} when not at all. */
  public long deadline() {
    return probeTimer.deadline();
  }

  /** Acts on the loss detection timer if it is due (§A.9). */
  public Timeout onDeadline(long now) {
    if (now < deadline()) {
      return new Timeout.Nothing();
    }
    SpaceRecovery lossSpace = probeTimer.lossSpace();
    if (lossSpace != null) {
      detectLosses(lossSpace, now);
      return new Timeout.Loss(lossSpace.id);
    }
    SpaceRecovery probeSpace = probeTimer.probeSpace();
    if (probeSpace.ackElicitingInFlight == 0) {
      probeSpace.probesPending = 1; // the client's way to unblock a server (§6.2.2.1)
    } else {
      probeSpace.probesPending = PROBES;
      for (SpaceRecovery other : spaces) {
        if (other != probeSpace && other.ackElicitingInFlight > 0) {
          other.probesPending = Math.max(other.probesPending, 1); // §6.2.4
        }
      }
    }
    probeTimer.onProbeTimeout(now);
    return new Timeout.Probe(probeSpace.id);
  }

  /**
   * How many ack-eliciting packets are due in a space after a probe timeout; neither window nor
   * pacer apply to them (§7.5). They should carry new data. Where there is none, {@link
   * #resendForProbe} brings back old data, and where there is none either, a PING will do.
   */
  public int probesPending(PacketNumberSpace space) {
    return of(space).probesPending;
  }

  /**
   * Gives the contents of the oldest unacknowledged packets back as if they were lost, one packet
   * for each pending probe. The packets themselves stay in flight.
   *
   * @return whether there were any
   */
  public boolean resendForProbe(PacketNumberSpace space) {
    SpaceRecovery at = of(space);
    int wanted = at.probesPending;
    long packet = at.sent.firstOutstanding();
    boolean any = false;
    while (wanted > 0 && packet >= 0) {
      if (at.sent.isAckEliciting(packet)) {
        at.deliverLost(packet, tokens);
        any = true;
        wanted--;
      }
      packet = at.sent.nextOutstanding(packet + 1);
    }
    return any;
  }

  // ---- what the handshake tells

  /** Handshake keys are there: from now on the client probes with Handshake packets (§6.2.2.1). */
  public void onHandshakeKeys() {
    probeTimer.onHandshakeKeys();
  }

  /** The handshake is confirmed (RFC 9001 §4.1.2): 1-RTT packets are probed for from now on. */
  public void onHandshakeConfirmed() {
    probeTimer.onHandshakeConfirmed();
  }

  /** The peer's max_ack_delay transport parameter, in nanoseconds. */
  public void setPeerMaxAckDelay(long nanos) {
    probeTimer.setPeerMaxAckDelay(nanos);
  }

  /**
   * Whether the server has validated the client's address, as far as the client can tell. Recovery
   * finds out by itself from a Handshake ACK and from confirmation.
   */
  public void setPeerCompletedAddressValidation(boolean completed) {
    probeTimer.setPeerCompletedAddressValidation(completed);
  }

  /** Server: whether the anti-amplification limit forbids to send anything at all (§6.2.2.1). */
  public void setAntiAmplificationBlocked(boolean blocked) {
    probeTimer.setAntiAmplificationBlocked(blocked);
  }

  /** The keys of a space are gone: so is what was sent with them (§6.4). */
  public void discard(PacketNumberSpace space, long now) {
    SpaceRecovery at = of(space);
    if (at.discarded) {
      return;
    }
    removeFromFlight(at);
    at.clear();
    at.discarded = true;
    probeTimer.onDiscard(now);
  }

  /**
   * A Retry arrived: everything starts over, packet numbers and the handshake's data apart (§6.3).
   * What was sent comes back as lost, without blame on the path.
   */
  public void resetForRetry(long now) {
    for (SpaceRecovery at : spaces) {
      giveBack(at);
    }
    congestion.reset();
    pacer.reset();
    rtt.reset(config.initialRtt());
    heldBack = false;
    recoveryPacketAllowed = false;
    probeTimer.onDiscard(now);
  }

  /** The server refused 0-RTT: what was sent in it comes back as lost, without blame (§6.4). */
  public void onZeroRttRejected(long now) {
    giveBack(of(PacketNumberSpace.APPLICATION));
    probeTimer.onDiscard(now);
  }

  /** The path carries datagrams of another size from now on, in bytes. */
  public void setMaxDatagramSize(int size) {
    maxDatagramSize = size;
    congestion.onMaxDatagramSize(size);
    pacer.onMaxDatagramSize(size);
  }

  // ---- what others want to know

  /** A probe timeout with the peer's max_ack_delay and without backoff, in nanoseconds. */
  public long ptoNanos() {
    return rtt.probeTimeout() + probeTimer.peerMaxAckDelay();
  }

  /** The path's round-trip times. */
  public RttEstimator rtt() {
    return rtt;
  }

  /** Bytes sent and neither acknowledged nor lost, packets of nothing but ACK frames apart. */
  public long bytesInFlight() {
    return bytesInFlight;
  }

  /** The congestion controller. */
  public CongestionController congestion() {
    return congestion;
  }

  /** Packets declared lost so far, in all spaces. */
  public long packetsLost() {
    return packetsLost;
  }

  /** How many of those were acknowledged later. */
  public long spuriousLosses() {
    return spuriousLosses;
  }

  /** Probe timeouts in a row without an acknowledgment: the backoff's exponent. */
  public int ptoCount() {
    return probeTimer.count();
  }

  private double pacingRate() {
    return congestion.pacingRate(rtt.smoothed());
  }

  private SpaceRecovery of(PacketNumberSpace space) {
    return spaces[space.ordinal()];
  }

  private void removeFromFlight(SpaceRecovery at) {
    SentPackets sent = at.sent;
    for (long p = sent.firstOutstanding(); p >= 0; p = sent.nextOutstanding(p + 1)) {
      if (sent.isInFlight(p)) {
        bytesInFlight -= sent.size(p);
      }
    }
  }

  private void giveBack(SpaceRecovery at) {
    removeFromFlight(at);
    SentPackets sent = at.sent;
    for (long p = sent.firstOutstanding(); p >= 0; p = sent.nextOutstanding(p + 1)) {
      at.deliverLost(p, tokens);
    }
    at.clear();
  }

  /** Takes together what one ACK frame, or one expiry of the timer, did to packets. */
  private final class Batch implements SpaceRecovery.PacketListener {
    private long now;
    private long largest;
    private boolean largestIsNew;
    private long largestSentTime;
    private long newestSentTime;
    private boolean ackEliciting;
    private boolean anyLost;
    private long newestLostSentTime;

    void begin(long largestAcknowledged, long time) {
      now = time;
      largest = largestAcknowledged;
      largestIsNew = false;
      newestSentTime = Long.MIN_VALUE;
      ackEliciting = false;
    }

    @Override
    public void onAcked(SpaceRecovery space, long packet, boolean wasLost) {
      SentPackets sent = space.sent;
      long sentTime = sent.sentTime(packet);
      if (packet == largest) {
        largestIsNew = true;
        largestSentTime = sentTime;
      }
      newestSentTime = Math.max(newestSentTime, sentTime);
      ackEliciting |= sent.isAckEliciting(packet);
      if (wasLost) {
        spuriousLosses++;
        congestion.onSpuriousLoss(sent.size(packet), sentTime, now);
      } else if (sent.isInFlight(packet)) {
        bytesInFlight -= sent.size(packet);
        congestion.onPacketAcked(sent.size(packet), sentTime);
      }
      space.deliverAcked(packet, tokens);
    }

    @Override
    public void onLost(SpaceRecovery space, long packet) {
      SentPackets sent = space.sent;
      if (sent.isInFlight(packet)) {
        packetsLost++;
        bytesInFlight -= sent.size(packet);
        anyLost = true;
        newestLostSentTime = sent.sentTime(packet); // lost in the order in which they were sent
      }
      space.deliverLost(packet, tokens);
    }
  }
}
