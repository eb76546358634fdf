package dev.sluice.quic.connection;

import dev.sluice.quic.datagram.DatagramFlow;
import dev.sluice.quic.datagram.DatagramStats;
import dev.sluice.quic.datagram.InboundDatagrams;
import dev.sluice.quic.datagram.OutboundDatagrams;
import dev.sluice.quic.frame.DatagramFrame;
import dev.sluice.quic.path.Path;
import dev.sluice.quic.path.RemoteId;
import dev.sluice.quic.recovery.PacketContents;
import java.time.Duration;
import java.util.Objects;

/** A connection's datagrams in both directions (RFC 9221). */
final class Datagrams {
  private final Connection connection;
  private final OutboundDatagrams outbound = new OutboundDatagrams();
  private final DatagramFlow own;
  private final InboundDatagrams inbound;

  Datagrams(Connection connection) {
    this.connection = connection;
    this.own =
        open(connection.config.datagrams().sendQueue(), connection.config.datagrams().maxAge());
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
    Path path = connection.paths.active();
    // A path that waits for an ID gets one as long as the first, for all that is known.
    RemoteId to = path.destination() == null ? connection.ids.remote().first() : path.destination();
    int packet = path.recovery().maxDatagramSize() - PacketDraft.overhead(to.id());
    return DatagramFrame.dataThatFits((int) Math.min(packet, peer.maxDatagramFrameSize()));
  }

  /** A queue for another user; its datagrams are at most {@link #room()} long. */
  DatagramFlow open(int limit, Duration maxAge) {
    OutboundDatagrams.Queue queue = outbound.open(limit, maxAge);
    return new DatagramFlow() {
      @Override
      public boolean send(byte[] source, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.length);
        if (length > room() || queue.isFinished()) {
          return false;
        }
        connection.packetTrace.onDatagramMoved(false, length);
        queue.add(source, offset, length);
        return true;
      }

      @Override
      public void finish(Runnable whenGone) {
        queue.finish(whenGone);
      }

      @Override
      public void discard() {
        queue.discard();
      }

      @Override
      public long sent() {
        return queue.sent();
      }

      @Override
      public long dropped() {
        return queue.dropped();
      }
    };
  }

  /** The queue of those who ask for none of their own. */
  DatagramFlow own() {
    return own;
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
