package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Datagram;
import dev.sluice.network.Link;
import dev.sluice.network.Watcher;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.AckRanges;
import dev.sluice.quic.frame.CryptoFrame;
import dev.sluice.quic.frame.EcnCounts;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.HandshakeDoneFrame;
import dev.sluice.quic.frame.MaxDataFrame;
import dev.sluice.quic.frame.MaxStreamsFrame;
import dev.sluice.quic.frame.NewConnectionIdFrame;
import dev.sluice.quic.frame.NewTokenFrame;
import dev.sluice.quic.frame.PathChallengeFrame;
import dev.sluice.quic.frame.PathResponseFrame;
import dev.sluice.quic.frame.PingFrame;
import dev.sluice.quic.frame.RetireConnectionIdFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a confirmed connection does with frames that a peer made by hand. */
class PeerRulesTest {
  private final Duo duo = new Duo(TransportConfig.DEFAULTS, TransportConfig.DEFAULTS);

  private void assertServerCloses(TransportError error, Frame... frames) {
    duo.toServer(duo.fromClient(SealedPackets.payload(frames)));
    TransportClose close = assertInstanceOf(TransportClose.class, duo.server.ending());
    assertEquals(Side.LOCAL, close.by());
    assertEquals(error.code(), close.code(), close::reason);
  }

  private void assertServerStays(Frame... frames) {
    // The real client would close when it heard of packets that it has not sent.
    duo.sim.route(duo.serverAddress, duo.clientAddress, new Link().loss(1));
    duo.toServer(duo.fromClient(SealedPackets.payload(frames)));
    duo.runFor(200);
    assertNull(duo.server.ending());
  }

  @Test
  @Requirement({"RFC9000-19.7#3", "RFC9000-19.7#4"})
  void aTokenFromAClient() {
    assertServerCloses(
        TransportError.PROTOCOL_VIOLATION, new NewTokenFrame(Bytes.of(new byte[] {1})));
  }

  @Test
  @Requirement("RFC9000-19.20#2")
  void aConfirmationFromAClient() {
    assertServerCloses(TransportError.PROTOCOL_VIOLATION, new HandshakeDoneFrame());
  }

  @Test
  @Requirement({"RFC9000-19.16#2", "RFC9000-19.16#3"})
  void retiringTheIdOfTheVeryPacket() {
    assertServerCloses(TransportError.PROTOCOL_VIOLATION, new RetireConnectionIdFrame(0));
  }

  @Test
  @Requirement("RFC9000-19.16#1")
  void retiringAnIdThatWasNotIssued() {
    assertServerCloses(TransportError.PROTOCOL_VIOLATION, new RetireConnectionIdFrame(1_000));
  }

  @Test
  @Requirement({"RFC9000-7.5#3", "RFC9000-7.5#1"})
  void cryptoDataOutOfOrder() {
    for (int offset = 1; offset < 4096; offset += 1024) {
      assertServerStays(new CryptoFrame(offset, Bytes.of(new byte[1024])));
    }
    assertServerCloses(
        TransportError.CRYPTO_BUFFER_EXCEEDED, new CryptoFrame(1 << 20, Bytes.of(new byte[100])));
  }

  @Test
  @Requirement({"RFC9000-13.3#5", "RFC9000-4.1#3", "RFC9000-4.6#4", "RFC9000-19.11#2"})
  void outdatedLimits() {
    assertServerStays(
        new MaxDataFrame(0), new MaxStreamsFrame(true, 0), new MaxStreamsFrame(false, 0));
    duo.runFor(100);
    assertNotNull(duo.server.openBidi());
    SendStream stream = duo.server.openUni();
    assertEquals(10, stream.write(new byte[10], 0, 10));
    duo.runFor(0);
    assertEquals(10, stream.sent(), "the limit is what it was");
  }

  @Test
  @Requirement({"RFC9000-19.17#1", "RFC9000-8.2.2#1", "RFC9000-8.2.2#7", "RFC9000-8.2.1#7"})
  void aChallengeIsAnsweredOnceWithItsData() {
    assertServerStays(new PathChallengeFrame(0x0123456789abcdefL));
    assertEquals(
        List.of(new PathResponseFrame(0x0123456789abcdefL)),
        duo.serverLog.sentFrames(PathResponseFrame.class).toList());
  }

  @Test
  @Requirement("RFC9000-19.3#1")
  void acknowledgementsWithAndWithoutEcnCounts() {
    duo.runFor(100);
    long newest = duo.server.recovery.largestAcknowledged(duo.server.spaces.application().number());
    AckRanges ranges = AckRanges.of(newest, newest);
    assertServerStays(
        new AckFrame(newest, 0, ranges, null),
        new AckFrame(newest, 0, ranges, new EcnCounts(0, 0, 0)));
  }

  @Test
  @Requirement({"RFC9000-19.15#4", "RFC9000-19.15#8"})
  void theSameConnectionIdTwice() {
    NewConnectionIdFrame frame =
        duo.clientLog.sentFrames(NewConnectionIdFrame.class).findFirst().orElseThrow();
    assertServerStays(frame, new PingFrame());
    assertServerStays(frame, frame);
  }

  @Test
  @Requirement("RFC9000-5.2#2")
  void aPacketThatGoesWrongHalfway() {
    assertServerCloses(
        TransportError.PROTOCOL_VIOLATION,
        new StreamFrame(2, 0, Bytes.of(new byte[10]), false),
        new HandshakeDoneFrame());
  }

  /** Also to what comes later: who can send a frame sends no reset. */
  @Test
  @Requirement({"RFC9000-11#4", "RFC9000-11.1#1"})
  void theErrorIsToldInAFrame() {
    byte[] token = duo.server.ids.resetToken();
    int[] answers = {0};
    duo.sim.watch(
        new Watcher() {
          @Override
          public void sent(long now, Datagram datagram) {
            if (datagram.source().equals(duo.serverAddress)) {
              byte[] bytes = datagram.bytes();
              assertFalse(Arrays.equals(token, 0, 16, bytes, bytes.length - 16, bytes.length));
              answers[0]++;
            }
          }
        });
    byte[] ping = duo.fromClient(SealedPackets.payload(new PingFrame()));
    assertServerCloses(TransportError.PROTOCOL_VIOLATION, new HandshakeDoneFrame());
    for (int i = 0; i < 10; i++) {
      duo.toServer(ping);
      duo.runFor(1);
    }
    duo.runFor(100);
    TransportClose told = assertInstanceOf(TransportClose.class, duo.client.ending());
    assertEquals(Side.PEER, told.by());
    assertEquals(TransportError.PROTOCOL_VIOLATION.code(), told.code());
    assertTrue(answers[0] > 1, "it was told more than once");
  }

  /** An application that takes no events costs no more memory for each that the peer causes. */
  @Test
  void tokensAndMovesDoNotPileUp() {
    duo.polling = false;
    Frame[] tokens = new Frame[200];
    Arrays.fill(tokens, new NewTokenFrame(Bytes.of(new byte[] {1})));
    for (int i = 0; i < 10; i++) {
      duo.toClient(duo.fromServer(SealedPackets.payload(tokens)));
    }
    for (int i = 0; i < 200; i++) {
      byte[] packet = duo.fromClient(SealedPackets.payload(new PingFrame()));
      InetSocketAddress from = duo.sim.address(100 + i % 2);
      duo.serverNode.receive(packet, 0, packet.length, duo.serverAddress, from, 0, duo.sim.now());
    }
    int atClient = 0;
    while (duo.client.nextEvent() != null) {
      atClient++;
    }
    assertTrue(atClient > 0 && atClient <= 32, atClient + " events");
    List<QuicEvent> atServer = new ArrayList<>();
    for (QuicEvent e = duo.server.nextEvent(); e != null; e = duo.server.nextEvent()) {
      atServer.add(e);
    }
    assertEquals(
        List.of(new QuicEvent.PathChanged(duo.serverAddress, duo.sim.address(101))), atServer);
  }

  /** All connections of an endpoint read their packets in one place. */
  @Test
  void aPacketThatGoesWrongLeavesNothingInTheTracesOfOthers() {
    assertServerCloses(
        TransportError.PROTOCOL_VIOLATION, new PingFrame(), new HandshakeDoneFrame());
    ClientConfig another = TestPeers.client(duo.sim.random());
    Connection next =
        duo.clientNode.endpoint().connect(null, duo.serverAddress, another, duo.sim.now());
    duo.sim.run(Duration.ofSeconds(5), next.handshake::isConfirmed);
    assertTrue(duo.serverLog.received().stream().noneMatch(p -> p.has(HandshakeDoneFrame.class)));
  }
}
