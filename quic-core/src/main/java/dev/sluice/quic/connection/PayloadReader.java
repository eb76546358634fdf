package dev.sluice.quic.connection;

import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.FrameReader;
import dev.sluice.quic.frame.FrameTypes;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.trace.TraceEvent.DropCause;
import dev.sluice.quic.wire.WireReader;

/** Reads an authentic packet's frames, and sees to its acknowledgment (RFC 9000 §12.4, §13.2). */
final class PayloadReader {

  private final Connection connection;
  private final FrameDispatch dispatch;

  PayloadReader(Connection connection) {
    this.connection = connection;
    this.dispatch = new FrameDispatch(connection);
  }

  /**
   * @param ecn the two ECN bits of its datagram
   */
  void read(InboundPacket packet, int ecn, long now) {
    if (packet.reservedBits() != 0) {
      throw violation(0, packet.type() + " packet: reserved bits are not 0");
    }
    PacketSpace space = packet.space();
    boolean newest = packet.number() > space.acks().largestReceived();
    if (space.isDiscarded()) {
      drop(packet, DropCause.KEY_UNAVAILABLE, "the keys are discarded", now);
    } else if (space.acks().isDuplicate(packet.number())) {
      drop(packet, DropCause.DUPLICATE, "it came before", now);
    } else if (newest && connection.migration.isLeft(packet.path(), packet.number())) {
      drop(packet, DropCause.REJECTED, "the connection has moved to the preferred address", now);
    } else {
      take(packet, newest, ecn, now);
    }
  }

  private void take(InboundPacket packet, boolean newest, int ecn, long now) {
    connection.counters.onPacketReceived();
    connection.timers.onPacketReceived(now);
    connection.streams.setEarly(packet.type() == PacketType.ZERO_RTT);
    readFrames(packet, now);
    packet.space().acks().onReceived(packet.number(), packet.isAckEliciting(), ecn, now);
    if (connection.recovery.isNeglected()) {
      throw violation(
          FrameTypes.ACK, "ACK: packets come and come, and none acknowledges what was asked about");
    }
    if (connection.packetTrace.isOn()) {
      connection.packetTrace.onReceived(packet, now);
    }
    if (!connection.isClient()) {
      boolean moves = newest && !packet.isProbing();
      connection.migration.onPacket(packet, moves, now);
    }
  }

  private void readFrames(InboundPacket packet, long now) {
    WireReader payload = packet.payload();
    if (!payload.hasRemaining()) {
      throw violation(0, packet.type() + " packet: it has no frames");
    }
    // STREAM frames need no record, unless it is to be kept; they may travel in all 1-RTT packets.
    boolean tracing = connection.packetTrace.isOn();
    boolean direct = packet.type() == PacketType.ONE_RTT && !tracing;
    while (payload.hasRemaining() && connection.closing.isReading()) {
      if (direct && FrameReader.readStream(payload, packet.stream())) {
        packet.onStreamFrame();
        connection.streams.onStream(packet.stream(), now);
      } else {
        Frame frame = readPermitted(payload, packet.type());
        packet.onFrame(frame, tracing);
        dispatch.dispatch(frame, packet, now);
      }
    }
  }

  private static Frame readPermitted(WireReader payload, PacketType type) {
    Frame frame = FrameReader.read(payload);
    if (!FrameTypes.permitted(frame.type(), type)) {
      throw violation(
          frame.type(),
          FrameTypes.name(frame.type()) + " is not permitted in " + type + " packets");
    }
    return frame;
  }

  private void drop(InboundPacket packet, DropCause cause, String reason, long now) {
    connection.receiver.drop(packet.type(), packet.wireLength(), cause, reason, now);
  }

  private static TransportException violation(long frameType, String reason) {
    return new TransportException(TransportError.PROTOCOL_VIOLATION, frameType, reason);
  }
}
