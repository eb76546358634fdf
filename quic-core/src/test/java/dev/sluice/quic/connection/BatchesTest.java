package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.PingFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.stream.SendStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What came in one call of the system is taken in whole before anything is said about it, and what
 * there is to say leaves in one call: acknowledgments and system calls are for each batch, not for
 * each packet.
 */
class BatchesTest {
  private static final int PACKETS = 40;

  private final Duo duo =
      new Duo(TransportConfig.DEFAULTS, TransportConfig.DEFAULTS.withPacing(false));
  private final DatagramBatch out = new DatagramBatch(64, 2048);

  /** What the server says in one turn, in order. */
  private List<PacketLog.Packet> turn() {
    int before = duo.serverLog.sent().size();
    duo.serverNode.endpoint().touch(duo.server);
    duo.serverNode.endpoint().nextTouched();
    assertFalse(duo.serverNode.endpoint().send(duo.sim.now(), out), "one batch has room for it");
    List<PacketLog.Packet> all = duo.serverLog.sent();
    return all.subList(before, all.size());
  }

  private byte[][] pings() {
    byte[][] datagrams = new byte[PACKETS][];
    for (int i = 0; i < PACKETS; i++) {
      datagrams[i] = duo.fromClient(SealedPackets.payload(new PingFrame()));
    }
    return datagrams;
  }

  @Test
  void aBatchIsAcknowledgedOnce() {
    int before = duo.serverLog.received().size();
    duo.toServer(pings());
    assertEquals(PACKETS, duo.serverLog.received().size() - before);
    List<PacketLog.Packet> said = turn();
    assertEquals(1, said.size(), said::toString);
    assertEquals(1, out.count());
    AckFrame ack = (AckFrame) said.getFirst().frames().getFirst();
    assertEquals(1, said.getFirst().frames().stream().filter(AckFrame.class::isInstance).count());
    assertEquals(PACKETS, ack.ranges().largest(0) - ack.ranges().smallest(0) + 1);
    out.clear();
    assertEquals(List.of(), turn(), "nothing is left to be said");
  }

  /** Side by side and of one size, as one system call takes them; the ACK is in the first. */
  @Test
  void aFlightIsOneBatch() {
    SendStream stream = duo.server.openUni();
    stream.write(new byte[100_000], 0, 100_000); // more than the window: what leaves is full
    duo.toServer(pings());
    List<PacketLog.Packet> said = turn();
    assertTrue(said.size() >= 8, said::toString); // the initial window (RFC 9002 §7.2)
    assertEquals(said.size(), out.count());
    assertEquals(out.count(), out.runEnd(0, out.count(), Integer.MAX_VALUE), "one run");
    for (int i = 1; i < out.count(); i++) {
      assertEquals(out.offset(i - 1) + out.length(i - 1), out.offset(i));
    }
    for (PacketLog.Packet packet : said) {
      List<Frame> frames = packet.frames();
      assertEquals(packet == said.getFirst(), packet.has(AckFrame.class), frames::toString);
      assertTrue(packet.has(StreamFrame.class), frames::toString);
    }
  }
}
