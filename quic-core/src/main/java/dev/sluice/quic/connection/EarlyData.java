package dev.sluice.quic.connection;

import dev.sluice.quic.crypto.PacketKeys;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.AckRanges;
import dev.sluice.quic.frame.FrameTypes;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.recovery.PacketNumberSpace;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.TraceEvent.KeyTrigger;
import dev.sluice.tls.SessionTicket;
import dev.sluice.tls.TlsClientConfig;
import java.util.List;

/**
 * 0-RTT of one connection: its keys, what the client remembers of the server, whether it goes
 * ahead, and when it is over (RFC 9001 §4.6, RFC 9000 §7.4.1). Its packets share the number space
 * of 1-RTT.
 */
final class EarlyData {

  /** RFC 9001 §4.9.3: how long a server keeps the keys for packets that were overtaken. */
  private static final int RETENTION_IN_PTOS = 3;

  private final Connection connection;
  private EarlyDataState state = EarlyDataState.NONE;
  private SessionTicket ticket;
  private TransportParameters remembered;
  private PacketKeys keys;
  private boolean decided;
  private long firstNumberAfter;
  private long discardAt = Long.MAX_VALUE;

  EarlyData(Connection connection) {
    this.connection = connection;
  }

  /**
   * A client's configuration, without the offer of 0-RTT when nothing could come of it: when what
   * is remembered of the server cannot be read, or when the server could choose another application
   * protocol than that of the ticket, to which early data would mean nothing.
   */
  static TlsClientConfig offerable(TlsClientConfig tls) {
    SessionTicket ticket = tls.ticket();
    boolean possible =
        tls.earlyData()
            && ticket != null
            && ticket.allowsEarlyData()
            && tls.applicationProtocols().equals(List.of(ticket.applicationProtocol()))
            && remembered(ticket) != null;
    return possible == tls.earlyData() ? tls : tls.toBuilder().earlyData(false).build();
  }

  /** What 0-RTT goes by; null when the ticket does not say. */
  private static TransportParameters remembered(SessionTicket ticket) {
    try {
      return TransportParameterCodec.read(ticket.transportParameters(), true).remembered();
    } catch (TransportException malformed) {
      return null;
    }
  }

  EarlyDataState state() {
    return state;
  }

  // ---- the client ----

  /**
   * What session the client's handshake takes up again.
   *
   * @param session null for none
   */
  void resume(SessionTicket session) {
    ticket = session;
  }

  /** TLS has made the keys: from now on the application may send (RFC 9000 §7.4.1). */
  void onSendKeys(PacketKeys made) {
    keys = made;
    state = EarlyDataState.OFFERED;
    remembered = remembered(ticket);
    connection.trace(() -> new TraceEvent.ParametersRestored(remembered.byName()));
    PeerParameters.applyEarly(connection, remembered);
  }

  /** Whether 0-RTT packets are what the client sends; 1-RTT packets put an end to it (§5.6). */
  boolean isSending() {
    return connection.isClient() && keys != null && !connection.spaces.oneRtt().canSend();
  }

  /** For sending at a client, for receiving at a server; null when there are none. */
  PacketKeys keys() {
    return keys;
  }

  /** What the client goes by until the handshake is complete; null without 0-RTT. */
  TransportParameters remembered() {
    return remembered;
  }

  /**
   * A server that takes early data stands by what it was sent under.
   *
   * @throws TransportException PROTOCOL_VIOLATION
   */
  void requireKept(TransportParameters now) {
    String reduced = now.reducedFrom(remembered);
    if (reduced != null) {
      throw new TransportException(
          TransportError.PROTOCOL_VIOLATION,
          FrameTypes.CRYPTO,
          "transport parameters: " + reduced + " is reduced although 0-RTT was accepted");
    }
  }

  /**
   * What was not taken cannot be acknowledged.
   *
   * @throws TransportException PROTOCOL_VIOLATION
   */
  void requireTaken(AckFrame ack) {
    AckRanges ranges = ack.ranges();
    if (connection.isClient()
        && state == EarlyDataState.REJECTED
        && ranges.smallest(ranges.count() - 1) < firstNumberAfter) {
      throw new TransportException(
          TransportError.PROTOCOL_VIOLATION,
          FrameTypes.ACK,
          "ACK of a 0-RTT packet, although 0-RTT was rejected");
    }
  }

  // ---- the server ----

  /** TLS has made the keys to open 0-RTT packets with. */
  void onReceiveKeys(PacketKeys made) {
    keys = made;
  }

  /** Whether 0-RTT packets may still turn out to be readable. */
  boolean isUndecided() {
    PacketSpace next = connection.spaces.of(PacketNumberSpace.HANDSHAKE);
    return !connection.isClient() && !decided && next.sendKeys() == null && !next.isDiscarded();
  }

  /** The client has moved on to 1-RTT; what it sent before may still be under way (§4.9.3). */
  void onOneRttReceived(long now) {
    if (keys != null && !connection.isClient() && discardAt == Long.MAX_VALUE) {
      discardAt = now + RETENTION_IN_PTOS * connection.recovery.ptoNanos();
    }
  }

  long deadline() {
    return discardAt;
  }

  void onDeadline(long now) {
    if (now >= discardAt) {
      discardKeys(now);
    }
  }

  // ---- both ----

  /** The server's decision. */
  void onDecision(boolean accepted, long now) {
    decided = true;
    state = accepted ? EarlyDataState.ACCEPTED : EarlyDataState.REJECTED;
    connection.events.add(new QuicEvent.EarlyDataDecided(accepted));
    if (!accepted && connection.isClient()) {
      discardKeys(now);
      remembered = null;
      firstNumberAfter = connection.recovery.nextPacketNumber(PacketNumberSpace.APPLICATION);
      connection.recovery.onZeroRttRejected(now);
      connection.streams.restart();
    }
  }

  /** The handshake is complete: the client sends 1-RTT packets from now on. */
  void onComplete(long now) {
    if (connection.isClient()) {
      discardKeys(now);
    }
    remembered = null;
  }

  private void discardKeys(long now) {
    discardAt = Long.MAX_VALUE;
    if (keys != null) {
      keys.destroy();
      keys = null;
      connection.trace(
          now,
          () ->
              new TraceEvent.KeyDiscarded(
                  PacketType.ZERO_RTT, connection.isClient(), 0, KeyTrigger.TLS));
    }
  }

  /** The connection is gone. */
  void destroy() {
    discardAt = Long.MAX_VALUE;
    if (keys != null) {
      keys.destroy();
      keys = null;
    }
  }
}
