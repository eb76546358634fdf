package dev.sluice.quic.connection;

import dev.sluice.quic.datagram.DatagramStats;
import dev.sluice.quic.datagram.InboundDatagrams;
import dev.sluice.quic.datagram.OutboundDatagrams;
import dev.sluice.quic.frame.DatagramFrame;
import dev.sluice.quic.recovery.PacketContents;

/** A connection's datagrams in both directions (RFC 9221). */
final class Datagrams {
  private final Connection connection;
  private final OutboundDatagrams outbound;
  private final InboundDatagrams inbound;

  Datagrams(Connection connection) {
    this.connection = connection;
    this.outbound = new OutboundDatagrams(connection.config.datagrams());
    this.inbound = new InboundDatagrams(connection.config.datagrams());
  }

  /**
   * The longest datagram that the peer takes and a packet of its own holds now; negative when the
   * peer takes none (§3), or the connection has ended.
   */
  int room() {
    TransportParameters peer = connection.handshake.peer();
    if (peer == null || peer.maxDatagramFrameSize() == 0 || !connection.closing.isOpen()) {
      return -1;
    }
    int packet =
        connection.datagramSize() - PacketDraft.overhead(connection.ids.remote().current());
    return DatagramFrame.dataThatFits((int) Math.min(packet, peer.maxDatagramFrameSize()));
  }

  /** Queues one; false when it is longer than {@link #room()}. */
  boolean send(byte[] source, int offset, int length) {
    if (length > room()) {
      return false;
    }
    outbound.add(source, offset, length);
    return true;
  }

  void onTurn(long now) {
    outbound.onTurn(now);
  }

  boolean isPending() {
    return outbound.isPending();
  }

  void write(PacketContents out, long now) {
    if (outbound.isPending()) {
      outbound.write(out, room(), now);
    }
  }

  /** The connection ends: nothing is sent any more, and what came can still be taken. */
  void end() {
    outbound.clear();
  }

  InboundDatagrams inbound() {
    return inbound;
  }

  DatagramStats stats() {
    return new DatagramStats(
        outbound.sent(), outbound.dropped(), inbound.received(), inbound.dropped());
  }
}
