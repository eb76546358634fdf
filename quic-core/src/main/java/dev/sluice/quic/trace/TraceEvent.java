package dev.sluice.quic.trace;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.wire.ConnectionId;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/**
 * What goes on inside a connection, for those who watch it: qlog, JFR and tests listen. Named after
 * the events of the qlog QUIC schema.
 */
public sealed interface TraceEvent {

  /** A connection came to be; the ID is the destination of the client's first Initial. */
  record ConnectionStarted(
      boolean client,
      InetSocketAddress local,
      InetSocketAddress remote,
      ConnectionId originalDestination)
      implements TraceEvent {}

  /**
   * A packet is leaving.
   *
   * @param bytes its length with header and tag
   * @param frames views of the packet's buffer, good during the call
   */
  record PacketSent(PacketType type, long packetNumber, int bytes, List<Frame> frames)
      implements TraceEvent {}

  /**
   * A packet came and was authentic.
   *
   * @param bytes the length of its payload
   * @param frames views of the packet's buffer, good during the call
   */
  record PacketReceived(PacketType type, long packetNumber, int bytes, List<Frame> frames)
      implements TraceEvent {}

  /** A packet or datagram came and could not be used. */
  record PacketDropped(int bytes, String reason) implements TraceEvent {}

  /** A packet came before its keys and waits for them. */
  record PacketBuffered(int bytes) implements TraceEvent {}

  /** A packet is taken for lost; its number is one of the space of its type. */
  record PacketLost(PacketType type, long packetNumber) implements TraceEvent {}

  /** The version in use is settled, or changes. */
  record VersionChosen(int version) implements TraceEvent {}

  /** The application protocol is settled. */
  record ProtocolChosen(String protocol) implements TraceEvent {}

  /**
   * One side's transport parameters are known.
   *
   * @param local whether they are this side's
   * @param values by the names of RFC 9000 §18.2: numbers, booleans, bytes and connection IDs
   */
  record ParametersSet(boolean local, Map<String, Object> values) implements TraceEvent {}

  /** A stream opened, or is over in both directions. */
  record StreamStateUpdated(long streamId, boolean open) implements TraceEvent {}

  /** The connection got on. */
  record ConnectionStateUpdated(ConnectionState state) implements TraceEvent {}

  /** How far a connection is. */
  enum ConnectionState {
    ATTEMPTED,
    HANDSHAKE_COMPLETE,
    HANDSHAKE_CONFIRMED,
    CLOSING,
    DRAINING,
    CLOSED
  }

  /** The largest datagram of the path in use changed; in bytes. */
  record MtuUpdated(int before, int now) implements TraceEvent {}

  /**
   * Something that a protocol above QUIC did. Its values are numbers, booleans, strings, and lists
   * and maps of these.
   */
  non-sealed interface ApplicationEvent extends TraceEvent {
    /** {@code namespace:name}, as qlog has it. */
    String name();

    /** What is to be said of it. */
    Map<String, Object> data();
  }

  /** Keys for a packet type and direction came into use. */
  record KeyUpdated(PacketType type, boolean send, int phase) implements TraceEvent {}

  /** Keys for a packet type went out of use. */
  record KeyDiscarded(PacketType type) implements TraceEvent {}

  /** Round-trip and congestion figures after they changed; nanoseconds and bytes. */
  record RecoveryMetrics(
      long smoothedRtt, long latestRtt, long minRtt, long congestionWindow, long bytesInFlight)
      implements TraceEvent {}

  /** The peer moved, or moved back. */
  record PathChanged(InetSocketAddress from, InetSocketAddress to) implements TraceEvent {}

  /** The connection ended. */
  record ConnectionEnded(ConnectionEnding ending) implements TraceEvent {}
}
