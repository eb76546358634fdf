package dev.sluice.quic.endpoint;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.ServerConfig;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.packet.FirstByte;
import dev.sluice.quic.packet.LongHeader;
import dev.sluice.quic.packet.PacketHeader;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.packet.ShortHeader;
import dev.sluice.quic.packet.UnknownVersionHeader;
import dev.sluice.quic.trace.Footprint;
import dev.sluice.quic.wire.ConnectionId;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * What becomes of a datagram that belongs to no connection (RFC 9000 §5.2): it is answered without
 * state, handed to the endpoint that it is for, kept for a moment, dropped, or begins a connection.
 */
final class Unrouted {
  /** The smallest UDP payload that may carry a client's first flight (RFC 9000 §14.1). */
  private static final int MIN_INITIAL_DATAGRAM = 1200;

  private final Siblings siblings;
  private final int idLength;
  private final StatelessResets resets;
  private final StatelessAnswers answers;
  private final EndpointTrace trace;
  private final EarlyArrivals earlyArrivals = new EarlyArrivals();
  private Siblings.Strays strays = (owner, batch, index) -> {};
  private ServerConfig server;
  private boolean hasListened;

  /**
   * @param idLength of the IDs that this endpoint and its siblings issue
   */
  Unrouted(
      Siblings siblings,
      int idLength,
      StatelessResets resets,
      StatelessAnswers answers,
      EndpointTrace trace) {
    this.siblings = siblings;
    this.idLength = idLength;
    this.resets = resets;
    this.answers = answers;
    this.trace = trace;
  }

  /** Says who takes datagrams for one of the siblings. */
  void onStray(Siblings.Strays taker) {
    strays = taker;
  }

  /** Connections are accepted from now on, or with null no more. */
  void listen(ServerConfig config) {
    hasListened |= config != null;
    server = config;
  }

  /**
   * Takes a datagram.
   *
   * @param header of its first packet
   * @return an Initial, if a connection may begin with it; else null
   */
  Newcomers.Arrival take(PacketHeader header, DatagramBatch batch, int index, long now) {
    int length = batch.length(index);
    InetSocketAddress local = batch.local(index);
    InetSocketAddress remote = batch.remote(index);
    if (!mayBeQuic(header, batch.buffer()[batch.offset(index)])) {
      return null;
    }
    switch (header) {
      case UnknownVersionHeader unknown when isFirstFlight(length) ->
          offerVersions(unknown.destination(), unknown.source(), local, remote, now);
      case LongHeader unspoken when isFirstFlight(length) && !speaks(unspoken.version()) ->
          offerVersions(unspoken.destination(), unspoken.source(), local, remote, now);
      case ShortHeader foreign when isForSibling(foreign.destination()) ->
          passOn(foreign.destination(), batch, index);
      case LongHeader foreign
          when foreign.type() == PacketType.HANDSHAKE && isForSibling(foreign.destination()) ->
          passOn(foreign.destination(), batch, index);
      case ShortHeader unroutable ->
          answers.reset(resets, unroutable.destination(), length, local, remote, now);
      case LongHeader initial when initial.type() == PacketType.INITIAL -> {
        if (length >= MIN_INITIAL_DATAGRAM) {
          return awaited(new Newcomers.Arrival(initial, batch.buffer(), local, remote, now));
        }
      }
      case LongHeader early when early.type() == PacketType.ZERO_RTT && server != null ->
          keepEarly(early.destination(), batch, index, now);
      default -> {
        // Retry, Version Negotiation and Handshake for a connection that is not there.
      }
    }
    return null;
  }

  /** What came before the Initial of a connection that begins with this ID. */
  List<EarlyArrivals.Arrival> early(ConnectionId destination, long now) {
    return earlyArrivals.take(destination, now);
  }

  void measure(Footprint out) {
    earlyArrivals.measure(out);
  }

  /** The same, if there is a server; where there was one, its client is told. */
  private Newcomers.Arrival awaited(Newcomers.Arrival arrival) {
    if (server == null && hasListened && answers.mayAnswer(arrival.now())) {
      // The client need not wait to find out (§5.2.2).
      answers.refuse(
          arrival.initial(),
          TransportError.CONNECTION_REFUSED,
          "the server stops",
          arrival.local(),
          arrival.remote());
    }
    return server == null ? null : arrival;
  }

  private void passOn(ConnectionId destination, DatagramBatch batch, int index) {
    trace.onPassedOn();
    strays.onStray(siblings.owner(destination), batch, index);
  }

  private void keepEarly(ConnectionId destination, DatagramBatch batch, int index, long now) {
    if (earlyArrivals.keep(destination, batch, index, now)) {
      trace.onKept(batch.length(index));
    }
  }

  /**
   * Whether another one of the endpoints that share the port issued an ID. Not asked for Initials
   * and 0-RTT: until a client knows an ID of ours it writes to one of its own, which could name any
   * of us; and before the handshake is confirmed it does not move (§9).
   */
  private boolean isForSibling(ConnectionId id) {
    return id.length() == idLength && !siblings.isOwn(id);
  }

  /** Whether a datagram may be a client's first, as a server would take it (§5.2.2). */
  private boolean isFirstFlight(int length) {
    return server != null && length >= MIN_INITIAL_DATAGRAM;
  }

  private boolean speaks(QuicVersion version) {
    return server.transport().versions().speaks(version);
  }

  private void offerVersions(
      ConnectionId destination,
      ConnectionId source,
      InetSocketAddress local,
      InetSocketAddress remote,
      long now) {
    if (answers.mayAnswer(now)) {
      answers.versionNegotiation(
          destination, source, server.transport().versions().offered(), local, remote);
    }
  }

  /**
   * Without the QUIC bit only where this side has said that it does without it (RFC 9287 §3). Other
   * versions need not have such a bit (RFC 8999 §5.1).
   */
  private boolean mayBeQuic(PacketHeader header, byte firstByte) {
    return FirstByte.hasFixedBit(firstByte)
        || header instanceof UnknownVersionHeader
        || server != null && server.transport().greaseQuicBit();
  }
}
