package dev.sluice.quic.trace;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.wire.ConnectionId;
import java.net.InetSocketAddress;
import java.util.List;

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
