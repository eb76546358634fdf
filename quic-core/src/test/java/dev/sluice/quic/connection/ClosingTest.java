package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Datagram;
import dev.sluice.network.Link;
import dev.sluice.network.Watcher;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.ApplicationClose;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.frame.HandshakeDoneFrame;
import dev.sluice.quic.frame.PingFrame;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a side still says that has closed, and what ends a connection without a word. */
class ClosingTest {
  private final Duo duo = new Duo(TransportConfig.DEFAULTS, TransportConfig.DEFAULTS);
  private final InetSocketAddress elsewhere = duo.sim.address(9);
  private long toClient;
  private long toElsewhere;

  ClosingTest() {
    duo.sim.watch(
        new Watcher() {
          @Override
          public void sent(long now, Datagram datagram) {
            if (datagram.destination().equals(duo.clientAddress)) {
              toClient += datagram.length();
            } else if (datagram.destination().equals(elsewhere)) {
              toElsewhere += datagram.length();
            }
          }
        });
  }

  /** The server has closed with a long reason, of which the client has not heard. */
  private void close() {
    duo.sim.route(duo.serverAddress, duo.clientAddress, new Link().loss(1));
    duo.server.close(7, "x".repeat(500));
    duo.runFor(0);
    assertTrue(toClient > 500);
    toClient = 0;
  }

  @Test
  @Requirement("RFC9000-10.2.1#5")
  void answersWhileClosingAreNoAmplification() {
    close();
    long received = 0;
    for (int i = 0; i < 40; i++) {
      byte[] packet = Arrays.copyOf(duo.fromClient(SealedPackets.payload(new PingFrame())), 25);
      received += packet.length;
      duo.serverNode.receive(
          packet, 0, packet.length, duo.serverAddress, duo.clientAddress, 0, duo.sim.now());
      duo.runFor(0);
      assertTrue(toClient <= 3 * received, toClient + " for " + received);
    }
    assertTrue(toClient > 500, "it answers all the same");
  }

  /** A close costs memory for three probe timeouts, and closes may be many. */
  @Test
  void whatWasSentIsForgottenOnBothSides() {
    duo.client.openUni().write(new byte[5_000], 0, 5_000);
    duo.server.openUni().write(new byte[5_000], 0, 5_000);
    duo.runFor(0);
    assertTrue(roomForSentPackets(duo.client) > 0 && roomForSentPackets(duo.server) > 0);
    duo.server.close(7, "");
    duo.runFor(20);
    assertInstanceOf(ConnectionEnding.ApplicationClose.class, duo.client.ending());
    for (EndpointNode node : List.of(duo.clientNode, duo.serverNode)) {
      assertTrue(node.endpoint().connections().isEmpty(), "the connection is the application's");
      assertFalse(node.endpoint().isQuiet(), "closing, and draining");
    }
    assertEquals(0, roomForSentPackets(duo.client));
    assertEquals(0, roomForSentPackets(duo.server));
  }

  private static long roomForSentPackets(Connection connection) {
    long[] room = new long[1];
    connection.recovery.measure(
        (what, amount, most) -> room[0] += what.equals("room for sent packets") ? amount : 0);
    return room[0];
  }

  /** What has failed can do nothing sensible any more, and that it was closing changes nothing. */
  @Test
  void givingUpEndsAlsoWhatIsClosing() {
    duo.server.close(7, "");
    duo.server.giveUp(duo.sim.now());
    assertTrue(duo.server.isEnded());
    ApplicationClose own = new ApplicationClose(Side.LOCAL, 7, "");
    assertEquals(own, duo.server.ending());
  }

  @Test
  @Requirement("RFC9000-10.2.1#7")
  void anAddressThatIsNotValidatedIsNotAnswered() {
    close();
    byte[] packet = duo.fromClient(SealedPackets.payload(new PingFrame()));
    for (int i = 0; i < 10; i++) {
      duo.serverNode.receive(
          packet, 0, packet.length, duo.serverAddress, elsewhere, 0, duo.sim.now());
      duo.runFor(0);
    }
    assertEquals(0, toElsewhere);
  }

  @Test
  @Requirement("RFC9000-10.3#2")
  void aBrokenRuleIsToldToWhomItConcerns() {
    duo.toServer(duo.fromClient(SealedPackets.payload(new HandshakeDoneFrame())));
    duo.runFor(100);
    TransportClose close = assertInstanceOf(TransportClose.class, duo.client.ending());
    assertEquals(Side.PEER, close.by());
    assertEquals(TransportError.PROTOCOL_VIOLATION.code(), close.code());
  }

  /** Another version might have a long header there, or anything else. */
  @Test
  @Requirement("RFC9000-10.3#9")
  void aStatelessResetMayLookLikeAnything() {
    for (int first : new int[] {0xc0, 0x80, 0xf5, 0x40, 0x7f}) {
      ClosingTest fresh = new ClosingTest();
      byte[] token = "sixteen of bytes".getBytes(StandardCharsets.US_ASCII);
      Duo live = fresh.duo;
      live.toServer(live.fromClient(SealedPackets.payload(SealedPackets.idWithResetToken(token))));
      byte[] reset = SealedPackets.statelessReset(token, live.sim.random());
      reset[0] = (byte) first;
      live.toServer(reset);
      assertEquals(
          new ConnectionEnding.StatelessReset(), live.server.ending(), Integer.toHexString(first));
    }
  }
}
