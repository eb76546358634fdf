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
 * the events of the qlog QUIC schema. Times are nanoseconds, sizes bytes.
 */
public sealed interface TraceEvent {

  /**
   * The path that the event concerns: 0 for the one that the connection began on, and where none in
   * particular is meant; others as {@link PathAssigned} has told.
   */
  default int path() {
    return 0;
  }

  // ---- the connection and its paths

  /** A connection came to be; the ID is the destination of the client's first Initial. */
  record ConnectionStarted(
      boolean client,
      InetSocketAddress local,
      InetSocketAddress remote,
      ConnectionId originalDestination)
      implements TraceEvent {}

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

  /** The connection ended. */
  record ConnectionEnded(ConnectionEnding ending) implements TraceEvent {}

  /**
   * Packets of the path in use are addressed by another connection ID than before.
   *
   * @param local whether it is this side's ID, which the peer has begun to use; else the peer's
   */
  record ConnectionIdUpdated(boolean local, ConnectionId before, ConnectionId now)
      implements TraceEvent {}

  /**
   * A path is used for the first time, or with other connection IDs.
   *
   * @param local null where the socket's own address is meant
   * @param own the ID that the peer uses on it; null before it has
   * @param peers the ID that this side uses on it; null while there is none
   */
  record PathAssigned(
      int path,
      InetSocketAddress local,
      InetSocketAddress remote,
      ConnectionId own,
      ConnectionId peers)
      implements TraceEvent {}

  /** A path is gone. */
  record PathAbandoned(int path) implements TraceEvent {}

  /** How the connection gets from path to path (RFC 9000 §9), and what became of it. */
  record MigrationUpdated(
      MigrationState state, int path, InetSocketAddress local, InetSocketAddress remote)
      implements TraceEvent {}

  /** How far a move is. */
  enum MigrationState {
    PROBING_STARTED,
    PROBING_SUCCESSFUL,
    PROBING_ABANDONED,
    /** Everything takes the path from now on, although it is not validated yet. */
    MIGRATION_STARTED,
    MIGRATION_ABANDONED,
    /** Everything takes the path, and it is known to work. */
    MIGRATION_COMPLETE;

    /** Whether the path that is sent on is another from now on, or is not given up any more. */
    public boolean isMove() {
      return this == MIGRATION_STARTED || this == MIGRATION_COMPLETE;
    }
  }

  /**
   * The largest datagram of a path changed.
   *
   * @param done whether no larger one is being looked for
   */
  record MtuUpdated(int path, int before, int now, boolean done) implements TraceEvent {}

  // ---- what is agreed on

  /**
   * The version in use is settled, or changes.
   *
   * @param client those that the client speaks, empty where that is not known
   * @param server those that the server speaks, empty where that is not known
   */
  record VersionChosen(List<Integer> client, List<Integer> server, int version)
      implements TraceEvent {}

  /** The application protocol is settled. */
  record ProtocolChosen(String protocol) implements TraceEvent {}

  /**
   * One side's transport parameters are known.
   *
   * @param local whether they are this side's
   * @param values by the names of RFC 9000 §18.2: numbers, booleans, strings, bytes, connection
   *     IDs, and lists and maps of these
   */
  record ParametersSet(boolean local, Map<String, Object> values) implements TraceEvent {}

  /** What a client remembers of its server's transport parameters, for 0-RTT (§7.4.1). */
  record ParametersRestored(Map<String, Object> values) implements TraceEvent {}

  /**
   * TLS is done.
   *
   * @param cipher the suite's name as in RFC 8446 §B.4, without its {@code TLS_}
   * @param resumed whether a session ticket took the place of certificates
   * @param earlyData whether the server accepted 0-RTT
   */
  record TlsNegotiated(String cipher, boolean resumed, boolean earlyData) implements TraceEvent {}

  /** Keys for a packet type and direction came into use. */
  record KeyUpdated(PacketType type, boolean send, long phase, KeyTrigger trigger)
      implements TraceEvent {}

  /** Keys for a packet type and direction went out of use. */
  record KeyDiscarded(PacketType type, boolean send, long phase, KeyTrigger trigger)
      implements TraceEvent {}

  /** What brings other keys. */
  enum KeyTrigger {
    TLS,
    LOCAL_UPDATE,
    REMOTE_UPDATE
  }

  // ---- packets and datagrams

  /**
   * A packet is leaving.
   *
   * @param bytes its length with header and tag
   * @param mtuProbe whether it is there to find out whether its size arrives
   * @param frames views of the packet's buffer, good during the call
   */
  record PacketSent(TracedHeader header, int path, int bytes, boolean mtuProbe, List<Frame> frames)
      implements TraceEvent {
    /** The header's. */
    public PacketType type() {
      return header.type();
    }

    /** The header's. */
    public long packetNumber() {
      return header.packetNumber();
    }
  }

  /**
   * A packet came and was authentic.
   *
   * @param bytes its length with header and tag
   * @param frames views of the packet's buffer, good during the call; empty for a Retry
   */
  record PacketReceived(TracedHeader header, int path, int bytes, List<Frame> frames)
      implements TraceEvent {
    /** The header's. */
    public PacketType type() {
      return header.type();
    }

    /** The header's. */
    public long packetNumber() {
      return header.packetNumber();
    }
  }

  /** A server wants another version (RFC 9000 §17.2.1), and the client has acted on that. */
  record VersionNegotiationReceived(TracedHeader header, List<Integer> versions)
      implements TraceEvent {}

  /**
   * A packet came and could not be used.
   *
   * @param type null where it is not known
   */
  record PacketDropped(PacketType type, int bytes, DropCause cause, String reason)
      implements TraceEvent {}

  /** Why packets are dropped, as qlog sorts it. */
  enum DropCause {
    REJECTED,
    UNSUPPORTED,
    INVALID,
    DUPLICATE,
    CONNECTION_UNKNOWN,
    DECRYPTION_FAILURE,
    KEY_UNAVAILABLE
  }

  /** A packet came before its keys and waits for them. */
  record PacketBuffered(PacketType type, int bytes) implements TraceEvent {}

  /** A UDP datagram was handed to the socket; the ECN bits are those of RFC 3168 §5. */
  record DatagramSent(int path, int bytes, int ecn) implements TraceEvent {}

  /** A UDP datagram came from the socket; the ECN bits are those of RFC 3168 §5. */
  record DatagramReceived(int path, int bytes, int ecn) implements TraceEvent {}

  /** A UDP datagram came that none of the connection's paths leads to. */
  record DatagramDropped(int bytes) implements TraceEvent {}

  /** A stream opened, or is over in both directions. */
  record StreamStateUpdated(long streamId, boolean open) implements TraceEvent {}

  /**
   * Bytes of a stream went from the application into the transport's buffers, or out of them. What
   * goes on to the network, or comes from it, the frames of packets tell.
   *
   * @param toApplication whether the application has read them, and not written
   * @param offset of the first byte in the stream
   */
  record StreamDataMoved(long streamId, boolean toApplication, long offset, int bytes)
      implements TraceEvent {}

  /** A datagram (RFC 9221) went from the application into the transport's queue, or out of it. */
  record DatagramDataMoved(boolean toApplication, int bytes) implements TraceEvent {}

  // ---- an endpoint, beside its connections

  /**
   * A server takes connections from now on.
   *
   * @param retry whether every client has to prove its address with a token
   */
  record ServerListening(InetSocketAddress local, boolean retry) implements TraceEvent {}

  /** A client was told the versions that it may choose from (RFC 9000 §6.1). */
  record VersionNegotiationSent(TracedHeader header, int bytes, List<Integer> versions)
      implements TraceEvent {}

  /** Somebody was told that there is no such connection (RFC 9000 §10.3); not with which token. */
  record StatelessResetSent(int bytes) implements TraceEvent {}

  // ---- recovery

  /** Packets are acknowledged for the first time; numbers of the space of their type. */
  record PacketsAcked(PacketType type, int path, List<Long> packetNumbers) implements TraceEvent {}

  /**
   * A packet is taken for lost; its number is one of the space of its type.
   *
   * @param late whether it is for the time that has passed (RFC 9002 §6.1.2) and not for the
   *     packets that arrived after it (§6.1.1)
   * @param mtuProbe whether it was there to find out whether its size arrives
   */
  record PacketLost(PacketType type, long packetNumber, int path, boolean late, boolean mtuProbe)
      implements TraceEvent {}

  /**
   * What recovery goes by on a path (RFC 9002 §A.2, §B.2).
   *
   * @param timeThreshold as a multiple of the round-trip time
   */
  record RecoveryParameters(
      int path,
      String congestionController,
      int reorderingThreshold,
      double timeThreshold,
      long granularity,
      long initialRtt,
      int maxDatagramSize,
      long initialWindow,
      long minimumWindow,
      int persistentCongestionThreshold)
      implements TraceEvent {}

  /**
   * Round-trip and congestion figures after they changed.
   *
   * @param minRtt 0 before the first sample, as {@code latestRtt}
   * @param ptoCount probe timeouts in a row without an acknowledgment
   * @param slowStartThreshold {@link Long#MAX_VALUE} while there is none
   * @param pacingRate bytes in a second
   */
  record RecoveryMetrics(
      int path,
      long smoothedRtt,
      long latestRtt,
      long minRtt,
      long rttVariation,
      int ptoCount,
      long congestionWindow,
      long bytesInFlight,
      long slowStartThreshold,
      long pacingRate)
      implements TraceEvent {}

  /**
   * The congestion controller acts in another way from now on.
   *
   * @param before null at first
   * @param trigger null where the state says it all
   */
  record CongestionStateUpdated(int path, String before, String now, String trigger)
      implements TraceEvent {}

  /** Whether marks of ECN work on a path (RFC 9000 §A.4): names of the states. */
  record EcnStateUpdated(int path, String before, String now) implements TraceEvent {}

  /**
   * The loss detection timer (RFC 9002 §A.8).
   *
   * @param probe whether it is for a probe timeout, and not for the time threshold
   * @param space the packets of the space that it is for; null when it is cancelled
   * @param delta from now on; 0 when it has expired or is cancelled
   */
  record TimerUpdated(TimerState state, boolean probe, PacketType space, long delta)
      implements TraceEvent {}

  /** What happened to a timer. */
  enum TimerState {
    SET,
    EXPIRED,
    CANCELLED
  }

  // ---- above QUIC

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
}
