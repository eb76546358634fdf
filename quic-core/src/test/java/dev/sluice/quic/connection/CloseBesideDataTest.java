package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Simulation;
import dev.sluice.quic.datagram.DatagramConfig;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.ApplicationClose;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.frame.ConnectionCloseFrame;
import dev.sluice.quic.frame.DatagramFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.NewTokenFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.tls.SessionTicket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The peer closes, and what it delivered comes in the same datagram. */
class CloseBesideDataTest {
  private static final byte[] DATA = "the last words".getBytes(StandardCharsets.US_ASCII);
  private static final ConnectionEnding DONE = new ApplicationClose(Side.PEER, 9, "done");
  private static final Frame CLOSE = new ConnectionCloseFrame(true, 9, 0, "done");

  private static byte[] read(RecvStream stream) {
    byte[] all = new byte[100];
    int n = stream.read(all, 0, all.length);
    return Arrays.copyOf(all, Math.max(0, n));
  }

  /** A peer may write its frames in any order. */
  @Test
  void whatStandsBehindTheCloseIsDelivered() {
    TransportConfig config = TransportConfig.DEFAULTS.withDatagrams(DatagramConfig.ON);
    Duo duo = new Duo(config, config);
    duo.leaveNoGap(duo.server);
    duo.toServer(
        duo.fromClient(
            SealedPackets.payload(
                new StreamFrame(2, 0, Bytes.of(DATA), false),
                CLOSE,
                new StreamFrame(6, 0, Bytes.of(DATA), true),
                new DatagramFrame(Bytes.of(DATA), true))));
    assertEquals(DONE, duo.server.ending());
    duo.runFor(0);
    List<QuicEvent.PeerOpened> opened = Duo.events(duo.serverEvents, QuicEvent.PeerOpened.class);
    assertEquals(2, opened.size());
    RecvStream cut = opened.getFirst().recv();
    RecvStream whole = opened.getLast().recv();
    assertArrayEquals(DATA, read(cut));
    assertEquals(RecvStream.ENDED, cut.read(new byte[1], 0, 1));
    assertEquals(new StreamEnding.ConnectionEnded(DONE), cut.ending());
    assertArrayEquals(DATA, read(whole));
    assertEquals(RecvStream.ENDED, whole.read(new byte[1], 0, 1));
    assertEquals(new StreamEnding.Finished(), whole.ending());
    assertArrayEquals(
        DATA, Duo.events(duo.serverEvents, QuicEvent.DatagramReceived.class).getFirst().data());
    assertEquals(new QuicEvent.Ended(DONE), duo.serverEvents.getLast());
  }

  /** A rule that is broken behind the close is of no interest any more. */
  @Test
  void thePeersReasonIsTheOneThatCounts() {
    Duo duo = new Duo(TransportConfig.DEFAULTS, TransportConfig.DEFAULTS);
    duo.toServer(
        duo.fromClient(SealedPackets.payload(CLOSE, new NewTokenFrame(Bytes.of(new byte[] {1})))));
    assertEquals(DONE, duo.server.ending());
  }

  /**
   * A server that cannot know yet whether its client has all keys says it in one packet for each
   * level, and the application's reason in the last alone.
   */
  @Test
  void theApplicationsReasonIsHeardDuringTheHandshakeToo() {
    EarlyVisits visits = new EarlyVisits(new Simulation(1));
    SessionTicket ticket = visits.ticket();
    Connection client = visits.revisit(ticket);
    long id = visits.send(client, DATA);
    visits.sim.run(Duration.ofSeconds(1), () -> !visits.seen.isEmpty());
    visits.sim.runFor(Duration.ofMillis(1)); // the answer is on its way
    Connection server = visits.serverNode.accepted().getFirst();
    assertTrue(!server.handshake.isComplete());
    server.close(9, "done");
    visits.serverNode.endpoint().touch(server);
    visits.sim.run(Duration.ofSeconds(1), () -> client.ending() != null);
    assertTrue(visits.isEchoed(id, DATA));
    assertEquals(DONE, client.ending());
  }
}
