package dev.sluice.quic.recovery;

import dev.sluice.quic.congestion.CongestionController;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.trace.Footprint;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.quic.wire.PacketNumber;

/**
 * Loss detection and congestion control for one connection (RFC 9002): what became of the packets
 * that were sent, and when to probe. Whether there is room to send is a matter of the path: {@link
 * PathRecovery}. All times are nanoseconds of the caller's clock, all sizes bytes of UDP payload;
 * one thread.
 *
 * <p>A turn of the connection goes like this. Received ACK frames go to {@link #onAck}; when {@link
 * #deadline} has come, {@link #onDeadline} is called. Then packets are built: in spaces with {@link
 * #probesPending} in any case, otherwise while {@link PathRecovery#canSend} says so; packets with
 * nothing but ACK frames are free. Each takes {@link #nextPacketNumber} and is reported to {@link
 * #onPacketSent}. What was lost comes back through the {@link TokenListener}.
 */
public final class Recovery {
  /** kPacketThreshold (§6.1.1). */
  public static final int PACKET_THRESHOLD = 3;

  /** Packets for a probe timeout: one loss should not cost another timeout (§6.2.4). */
  private static final int PROBES = 2;

  /** What RFC 9000 §18.2 says of a peer that names no max_ack_delay. */
  private static final long DEFAULT_MAX_ACK_DELAY = 25_000_000;

  /** How many probe timeouts lost packets are remembered, to recognise them when they are late. */
  private static final int REMEMBER_LOST_PTOS = 3;

  private final RecoveryConfig config;
  private final TokenListener tokens;
  private final SpaceRecovery[] spaces;
  private final ProbeTimer probeTimer;
  private final Verdicts verdicts;
  private final Tracer tracer;
  private final RecoveryTrace trace;
  private int pathsMade;
  private PathRecovery path;

  /**
   * @param congestion a fresh controller of this connection's own, for the path of the handshake
   * @param tokens hears what became of the packets' contents
   */
  public Recovery(RecoveryConfig config, CongestionController congestion, TokenListener tokens) {
    this(config, congestion, tokens, Tracer.NONE);
  }

  /**
   * As above, watched.
   *
   * @param tracer is told of acknowledgments, losses, timers, congestion, ECN and datagram sizes
   */
  public Recovery(
      RecoveryConfig config, CongestionController congestion, TokenListener tokens, Tracer tracer) {
    this.config = config;
    this.tracer = tracer;
    this.trace = new RecoveryTrace(tracer);
    this.tokens = tokens;
    this.verdicts = new Verdicts(tokens, trace);
    this.path = newPath(congestion);
    this.spaces =
        new SpaceRecovery[] {
          new SpaceRecovery(PacketNumberSpace.INITIAL, null),
          new SpaceRecovery(PacketNumberSpace.HANDSHAKE, null),
          new SpaceRecovery(PacketNumberSpace.APPLICATION, new SkippedNumbers(config.random()))
        };
    this.probeTimer = new ProbeTimer(config.client(), path, spaces, DEFAULT_MAX_ACK_DELAY);
  }

  // ---- paths

  /** The path in use: whose window counts, and whose round-trip time sets the timers. */
  public PathRecovery path() {
    return path;
  }

  /**
   * The state of a path of which nothing is known yet (RFC 9000 §9.4).
   *
   * @param congestion a fresh controller of that path's own
   */
  public PathRecovery newPath(CongestionController congestion) {
    return new PathRecovery(pathsMade++, congestion, config, tracer);
  }

  /** The connection moves: timers follow this path from now on. What is in flight stays so. */
  public void usePath(PathRecovery used, long now) {
    path = used;
    probeTimer.usePath(used);
    for (SpaceRecovery space : spaces) {
      detectLosses(space, now);
    }
  }

  /**
   * A path is not kept any longer. What is under way on it is to be sent again elsewhere, without
   * blame, and no packet remembers it: a peer that seems to be here, there and everywhere, and
   * acknowledges nothing, does not make us remember all those places (RFC 9000 §9.3.3).
   */
  public void onPathForgotten(PathRecovery gone) {
    for (SpaceRecovery space : spaces) {
      space.leave(gone, tokens);
    }
  }

  // ---- sending

  /** The number for the next packet of a space. Stays the same until {@link #onPacketSent}. */
  public long nextPacketNumber(PacketNumberSpace space) {
    return of(space).next;
  }

  /**
   * Whether a space has come to the last packet number, 2^62-1: then not even a CONNECTION_CLOSE
   * frame may be sent any more (RFC 9000 §12.3).
   */
  public boolean isOutOfNumbers() {
    for (SpaceRecovery space : spaces) {
      if (space.next >= PacketNumber.MAX) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether the peer has had us send more packets that only answer than there is any reason for,
   * and acknowledged nothing of what was among them: what is remembered of them would grow without
   * end.
   */
  public boolean isNeglected() {
    return of(PacketNumberSpace.APPLICATION).sent.isNeglected();
  }

  /** The largest acknowledged number of a space, -1 if none: decides how numbers are truncated. */
  public long largestAcknowledged(PacketNumberSpace space) {
    return of(space).largestAcked;
  }

  /**
   * A packet is leaving.
   *
   * @param on the path that it takes
   * @param packetNumber what {@link #nextPacketNumber} gave
   * @param bytes the whole packet with header and tag
   * @param contents its tokens are copied
   */
  public void onPacketSent(
      PathRecovery on,
      PacketNumberSpace space,
      long packetNumber,
      int bytes,
      PacketContents contents,
      long now) {
    SpaceRecovery at = of(space);
    at.onSent(on, packetNumber, bytes, contents, now);
    if (contents.isInFlight()) {
      at.sent.note(
          packetNumber, on.onPacketSent(bytes, contents.isAckEliciting(), now), on.bytesInFlight());
      probeTimer.onActivity(now);
    }
    trace.onTimer(probeTimer, now);
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
    boolean newer = ack.largestAcknowledged() > at.largestAcked;
    verdicts.begin(ack.largestAcknowledged(), now);
    if (!at.acknowledge(ack.ranges(), verdicts)) {
      return;
    }
    verdicts.onAllAcked(at, probeTimer.believableAckDelay(space, ackDelayNanos));
    if (newer) { // counts of reordered frames prove nothing (RFC 9000 §13.4.2.1)
      verdicts.onEcn(at, ack.ecn(), path);
    }
    at.detectLosses(path, probeTimer.peerMaxAckDelay(), verdicts, now);
    verdicts.end(space, probeTimer);
    if (verdicts.areAckEliciting()) {
      at.probesPending = 0;
    }
    probeTimer.onAcknowledgment(space, now);
    at.sent.forget(now - REMEMBER_LOST_PTOS * ptoNanos());
    trace.onTimer(probeTimer, now);
  }

  /**
   * The system did not send a datagram of so many bytes, since it was too large. One that probed
   * for the path's size is given up at once.
   */
  public void onDatagramTooLarge(PathRecovery on, int bytes, long now) {
    SpaceRecovery at = of(PacketNumberSpace.APPLICATION);
    long probe = on.mtu().probeOf(bytes);
    on.onDatagramTooLarge(bytes);
    if (probe >= 0 && at.sent.state(probe) == SentPackets.OUTSTANDING) {
      verdicts.begin(-1, now);
      at.declareLost(probe, false, verdicts, now);
      verdicts.end(at.id, probeTimer);
    }
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
    trace.onExpired(probeTimer, now);
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
    if (probeTimer.isConfirmationMissing()) {
      SpaceRecovery application = of(PacketNumberSpace.APPLICATION);
      application.probesPending = Math.max(application.probesPending, 1);
    }
    probeTimer.onProbeTimeout(now);
    if (probeSpace.id == PacketNumberSpace.APPLICATION) {
      path.onProbeTimeout(probeTimer.count());
    }
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

  /** Whether a probe is due in any space. */
  public boolean isProbing() {
    for (SpaceRecovery space : spaces) {
      if (space.probesPending > 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * Gives the contents of unacknowledged packets back as if they were lost, one packet for each
   * pending probe, first those that were not repeated yet. The packets themselves stay in flight.
   *
   * @return whether there were any
   */
  public boolean resendForProbe(PacketNumberSpace space) {
    SpaceRecovery at = of(space);
    int wanted = at.probesPending;
    long packet = at.nextToProbe();
    boolean any = false;
    while (wanted > 0 && packet >= 0) {
      if (at.isWorthRepeating(packet)) {
        at.deliverLost(packet, tokens);
        at.probedBelow = packet + 1;
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

  /** The handshake is complete (RFC 9001 §4.1.1): there are 1-RTT keys to send with. */
  public void onHandshakeComplete() {
    probeTimer.onHandshakeComplete();
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
    removeFromFlight(at);
    at.clear();
    if (!at.discarded) {
      at.discarded = true;
      probeTimer.onDiscard(now);
      trace.onTimer(probeTimer, now);
    }
  }

  /**
   * A Retry arrived: everything starts over, packet numbers and the handshake's data apart (§6.3).
   * What was sent comes back as lost, without blame on the path.
   */
  public void resetForRetry(long now) {
    for (SpaceRecovery at : spaces) {
      giveBack(at);
    }
    path.reset();
    probeTimer.onDiscard(now);
  }

  /** The server refused 0-RTT: what was sent in it comes back as lost, without blame (§6.4). */
  public void onZeroRttRejected(long now) {
    giveBack(of(PacketNumberSpace.APPLICATION));
    probeTimer.onDiscard(now);
  }

  // ---- what others want to know

  /** A probe timeout of the path in use, with max_ack_delay and without backoff, in nanoseconds. */
  public long ptoNanos() {
    return path.rtt().probeTimeout() + probeTimer.peerMaxAckDelay();
  }

  /** Packets declared lost so far, in all spaces and on all paths, probes apart. */
  public long packetsLost() {
    return verdicts.packetsLost();
  }

  /** Probe timeouts in a row without an acknowledgment: the backoff's exponent. */
  public int ptoCount() {
    return probeTimer.count();
  }

  /** How many packets are remembered whose fate is not known, or may change. */
  public void measure(Footprint out) {
    for (SpaceRecovery space : spaces) {
      space.sent.measure(out);
    }
  }

  private SpaceRecovery of(PacketNumberSpace space) {
    return spaces[space.ordinal()];
  }

  private void detectLosses(SpaceRecovery at, long now) {
    verdicts.begin(-1, now);
    at.detectLosses(path, probeTimer.peerMaxAckDelay(), verdicts, now);
    verdicts.end(at.id, probeTimer);
  }

  private void removeFromFlight(SpaceRecovery at) {
    SentPackets sent = at.sent;
    for (long p = sent.firstOutstanding(); p >= 0; p = sent.nextOutstanding(p + 1)) {
      at.removeFromFlight(p);
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
}
