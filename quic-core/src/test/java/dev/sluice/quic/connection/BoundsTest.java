package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.datagram.DatagramConfig;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.frame.DatagramFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.NewConnectionIdFrame;
import dev.sluice.quic.frame.PaddingFrame;
import dev.sluice.quic.frame.PathChallengeFrame;
import dev.sluice.quic.frame.PingFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.stream.StreamId;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Peers that try to make us hold ever more. */
class BoundsTest {
  private static final TransportConfig PATIENT =
      TransportConfig.DEFAULTS.withIdleTimeout(Duration.ofDays(1)).withDatagrams(DatagramConfig.ON);

  private static final long MILLISECOND = 1_000_000;

  private final Duo duo = new Duo(PATIENT, PATIENT);
  private final Bounds bounds = new Bounds();

  /**
   * A peer that sends and sends, and never says what came of ours: as long as an old packet of ours
   * is in flight, all acknowledgements behind it are remembered.
   */
  @Test
  void whoAcknowledgesNothingIsNotServedForEver() {
    duo.client.openUni().write(new byte[100], 0, 100);
    byte[] ping = SealedPackets.payload(new PingFrame());
    DatagramBatch out = new DatagramBatch(8, 1500);
    long now = duo.sim.now();
    int sent = 0;
    while (duo.client.ending() == null && sent < 400_000) {
      for (int i = 0; i < 2; i++) {
        byte[] datagram = duo.fromServer(ping);
        sent++;
        duo.client.receive(
            datagram, 0, datagram.length, duo.clientAddress, duo.serverAddress, 0, now);
      }
      duo.client.send(now, out);
      out.clear();
      duo.client.onDeadline(now);
      now += MILLISECOND;
    }
    bounds.check(duo.clientNode.endpoint());
    TransportClose ending = assertInstanceOf(TransportClose.class, duo.client.ending());
    assertEquals(TransportError.PROTOCOL_VIOLATION.code(), ending.code());
    assertTrue(sent > 200_000, "with so little nobody does harm");
  }

  /** An answer does not wait for the window: it may be what all that is under way waits for. */
  @Test
  void whoOnlyAsksWhereWeAreIsNotAnsweredForEver() {
    duo.client.openUni().write(new byte[100_000], 0, 100_000);
    byte[] question = SealedPackets.payload(new PathChallengeFrame(7));
    DatagramBatch out = new DatagramBatch(64, 1500);
    for (int i = 0; i < 300_000 && duo.client.ending() == null; i++) {
      byte[] datagram = duo.fromServer(question);
      duo.client.receive(
          datagram, 0, datagram.length, duo.clientAddress, duo.serverAddress, 0, duo.sim.now());
      duo.client.send(duo.sim.now(), out);
      out.clear();
    }
    bounds.check(duo.clientNode.endpoint());
    TransportClose ending = assertInstanceOf(TransportClose.class, duo.client.ending());
    assertEquals(TransportError.PROTOCOL_VIOLATION.code(), ending.code());
  }

  /** Each place costs a question, and with it all that is known of a path (§9.3.3). */
  @Test
  void whoSeemsToBeEverywhereIsNotLookedForEverywhereForEver() {
    byte[] ping = SealedPackets.payload(new PingFrame(), new PaddingFrame(400));
    DatagramBatch out = new DatagramBatch(64, 1500);
    for (int i = 0; i < 300_000 && duo.server.ending() == null; i++) {
      byte[] datagram = duo.fromClient(ping);
      InetSocketAddress anywhere = duo.sim.address(10 + i % 200);
      duo.server.receive(
          datagram, 0, datagram.length, duo.serverAddress, anywhere, 0, duo.sim.now());
      duo.server.send(duo.sim.now(), out);
      out.clear();
    }
    bounds.check(duo.serverNode.endpoint());
    TransportClose ending = assertInstanceOf(TransportClose.class, duo.server.ending());
    assertEquals(TransportError.PROTOCOL_VIOLATION.code(), ending.code());
  }

  private long most(String what) {
    return bounds.largest().get(what);
  }

  private void serverSends(Frame... frames) {
    duo.toClient(duo.fromServer(SealedPackets.payload(frames)));
    bounds.check(duo.clientNode.endpoint());
  }

  @Test
  void whoLeavesOutEverySecondNumberGetsSomeRanges() {
    byte[] ping = SealedPackets.payload(new PingFrame());
    for (long number = 1_000_000; number < 1_004_000; number += 2) {
      duo.toClient(SealedPackets.oneRtt(duo.server, ping, number));
      bounds.check(duo.clientNode.endpoint());
    }
    assertEquals(256, most("ranges of received packets"));
    assertNull(duo.client.ending());
  }

  @Test
  void whoAsksAboutThePathAgainAndAgainGetsSomeAnswers() {
    for (int i = 0; i < 100; i++) {
      serverSends(new PathChallengeFrame(i), new PathChallengeFrame(1000 + i));
    }
    assertEquals(4, most("answers to challenges"));
  }

  @Test
  void datagramsThatNobodyTakesGiveWay() {
    duo.polling = false;
    for (int i = 0; i < 3_000; i++) {
      serverSends(new DatagramFrame(Bytes.of(new byte[500]), true));
    }
    assertEquals(1024, most("datagrams to be taken"));
  }

  @Test
  void idsThatComeAndGoWithoutEndEndIt() {
    for (int i = 2; duo.client.ending() == null && i < 1_000; i++) {
      byte[] id = {1, 2, 3, 4, 5, 6, (byte) (i >> 8), (byte) i};
      serverSends(
          new NewConnectionIdFrame(100 + i, 100 + i, ConnectionId.of(id), Bytes.of(new byte[16])));
    }
    TransportClose ending = assertInstanceOf(TransportClose.class, duo.client.ending());
    assertEquals(TransportError.CONNECTION_ID_LIMIT_ERROR.code(), ending.code());
    assertTrue(most("connection IDs to be retired") >= 32);
  }

  /** One byte in each chunk takes up most, and no more than what flow control lets come. */
  @Test
  void bytesFarApartTakeUpNoMoreThanTheWindow() {
    long window = PATIENT.streams().limits().maxStreamDataUni();
    long id = StreamId.of(0, false, false);
    for (long offset = 8191; offset < window; offset += 8192) {
      serverSends(new StreamFrame(id, offset, Bytes.of(new byte[1]), false));
    }
    assertNull(duo.client.ending());
    assertTrue(most("storage of a stream") >= window - 8192);
    serverSends(new StreamFrame(id, window, Bytes.of(new byte[1]), false));
    TransportClose ending = assertInstanceOf(TransportClose.class, duo.client.ending());
    assertEquals(TransportError.FLOW_CONTROL_ERROR.code(), ending.code());
  }
}
