package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.ApplicationClose;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.frame.ConnectionCloseFrame;
import dev.sluice.quic.frame.NewTokenFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.testkit.Requirement;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/**
 * The network brings a close before what was sent ahead of it (RFC 9000 §10.2.2). What is late by
 * no more than packets may be (RFC 9002 §6.1.2) is delivered.
 */
class OvertakenTest {
  private static final ConnectionEnding DONE = new ApplicationClose(Side.PEER, 9, "done");
  private static final byte[] DATA = new byte[300];

  /** An eighth of the round trip of 20 ms, and what its samples differ by. */
  private static final int TOLERANCE_MS = 3;

  private final Duo duo = new Duo(TransportConfig.DEFAULTS, TransportConfig.DEFAULTS);

  /** Two packets, of which the first is on its way yet. */
  private byte[] closeAhead() {
    duo.leaveNoGap(duo.server);
    byte[] late = data();
    duo.toServer(close());
    return late;
  }

  private byte[] data() {
    return duo.fromClient(SealedPackets.payload(new StreamFrame(2, 0, Bytes.of(DATA), true)));
  }

  private byte[] close() {
    return duo.fromClient(SealedPackets.payload(new ConnectionCloseFrame(true, 9, 0, "done")));
  }

  private static int read(RecvStream stream) {
    int all = 0;
    byte[] chunk = new byte[1000];
    for (int n = stream.read(chunk, 0, chunk.length); n > 0; ) {
      all += n;
      n = stream.read(chunk, 0, chunk.length);
    }
    return all;
  }

  private int delivered(List<QuicEvent> events) {
    return Duo.events(events, QuicEvent.PeerOpened.class).stream()
        .mapToInt(opened -> read(opened.recv()))
        .sum();
  }

  @Test
  void theCloseIsToldBehindWhatItOvertook() {
    byte[] late = closeAhead();
    duo.runFor(1);
    assertNull(duo.server.ending());
    duo.toServer(late);
    assertEquals(DONE, duo.server.ending(), "nothing is missing any more");
    duo.runFor(0);
    assertEquals(DATA.length, delivered(duo.serverEvents));
    assertEquals(new QuicEvent.Ended(DONE), duo.serverEvents.getLast());
  }

  /** So it is lost, and what comes later than that is not read. */
  @Test
  void whatDoesNotComeSoonIsNotWaitedFor() {
    byte[] late = closeAhead();
    duo.runFor(TOLERANCE_MS);
    assertEquals(DONE, duo.server.ending());
    duo.toServer(late);
    duo.runFor(0);
    assertEquals(0, delivered(duo.serverEvents));
  }

  @Test
  @Requirement("RFC9000-10.2.2#1")
  void nothingIsSentMeanwhile() {
    SendStream stream = duo.server.openUni();
    byte[] late = closeAhead();
    int sent = duo.serverLog.sent().size();
    stream.write(DATA, 0, DATA.length);
    assertNull(duo.server.openUni(), "nothing new is begun");
    duo.runFor(1);
    duo.toServer(late);
    duo.runFor(100);
    assertEquals(sent, duo.serverLog.sent().size());
  }

  /** Whoever acts now is told what the peer has said before. */
  @Test
  void thePeerHasClosedFirst() {
    closeAhead();
    duo.server.close(1, "too late");
    assertEquals(DONE, duo.server.ending());
  }

  @Test
  void aRuleThatIsBrokenMeanwhileIsOfNoInterest() {
    duo.leaveNoGap(duo.server);
    byte[] late =
        duo.fromClient(SealedPackets.payload(new NewTokenFrame(Bytes.of(new byte[] {1}))));
    duo.toServer(close());
    duo.toServer(late);
    assertEquals(DONE, duo.server.ending());
  }

  @Test
  void theSocketMayGoMeanwhile() {
    closeAhead();
    duo.server.onSocketFailure("it is gone", duo.sim.now());
    assertEquals(DONE, duo.server.ending());
    assertTrue(duo.server.isEnded(), "nothing can be answered any more");
  }

  /** However the network sorts what it does not lose, and does not hold up for longer. */
  @Property(tries = 200)
  void allThatIsLateByLessIsDelivered(@ForAll long seed) {
    Simulation sim = new Simulation(seed);
    Duration late = Duration.ofMillis(2);
    Duo pair =
        new Duo(
            sim,
            TransportConfig.DEFAULTS,
            TransportConfig.DEFAULTS,
            () -> new Link().delay(Simulation.ms(10)).reorder(0.5, late));
    SendStream stream = pair.client.openUni();
    stream.write(new byte[8000], 0, 8000);
    stream.finish();
    pair.clientNode.endpoint().touch(pair.client);
    sim.runFor(Duration.ZERO);
    pair.client.close(9, "done");
    pair.runFor(100);
    assertEquals(DONE, pair.server.ending());
    assertEquals(8000, stream.sent(), "the window has room for all");
    assertEquals(8000, delivered(pair.serverEvents));
  }
}
