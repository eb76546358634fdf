package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Datagram;
import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.network.Watcher;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.packet.VersionNegotiationPacket;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.WireWriter;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A client begins again with a version that the server speaks (RFC 9000 §6, RFC 9368 §2.1). */
class IncompatibleVersionsTest {
  private static final QuicVersion V1 = QuicVersion.V1;
  private static final QuicVersion V2 = QuicVersion.V2;
  private static final Versions BOTH_BEGIN_WITH_2 = Versions.of(V2, V1).withOriginal(V2);

  /** A client and a server with a network between them. */
  private static final class Net {
    final Simulation sim;
    final InetSocketAddress clientAddress;
    final InetSocketAddress serverAddress;
    final EndpointNode clientNode;
    final EndpointNode serverNode;
    final SplittableRandom random;
    final List<byte[]> byServer = new ArrayList<>();

    Net(Simulation sim) {
      this.sim = sim;
      random = sim.random();
      clientAddress = sim.address(1);
      serverAddress = sim.address(2);
      clientNode = sim.attach(clientAddress, node());
      serverNode = sim.attach(serverAddress, node());
      sim.bothWays(clientAddress, serverAddress, () -> new Link().delay(Simulation.ms(10)));
      sim.watch(
          new Watcher() {
            @Override
            public void sent(long now, Datagram datagram) {
              if (datagram.source().equals(serverAddress)) {
                byServer.add(datagram.bytes().clone());
              }
            }
          });
    }

    EndpointNode node() {
      return new EndpointNode(
          TestPeers.endpoint(random.split()),
          c -> {
            while (c.nextEvent() != null) {
              // Nobody is interested.
            }
          });
    }

    Connection connect(Versions ofClient, Versions ofServer) {
      if (ofServer != null) {
        serverNode.endpoint().listen(server(ofServer));
      }
      return clientNode
          .endpoint()
          .connect(
              null,
              serverAddress,
              TestPeers.client(random.split())
                  .withTransport(TransportConfig.DEFAULTS.withVersions(ofClient)),
              sim.now());
    }

    ServerConfig server(Versions versions) {
      return TestPeers.server(random.split())
          .withTransport(TransportConfig.DEFAULTS.withVersions(versions));
    }

    void confirm(Connection connection) {
      sim.run(Duration.ofSeconds(20), connection.handshake::isConfirmed);
    }
  }

  private final Net net = new Net(new Simulation(1));
  private final Simulation sim = net.sim;

  private Connection connect(Versions ofClient, Versions ofServer) {
    return net.connect(ofClient, ofServer);
  }

  private void confirm(Connection connection) {
    net.confirm(connection);
  }

  @Test
  @Requirement({
    "RFC9368-2.1#1",
    "RFC9368-2.1#5",
    "RFC9368-6#2",
    "RFC9368-7.3#3",
    "RFC9000-6.1#2",
    "RFC8999-6#3",
    "RFC8999-6#4"
  })
  void theClientBeginsAgain() {
    Connection client = connect(BOTH_BEGIN_WITH_2, Versions.of(V1));
    ConnectionId first = client.ids.originalDestination();
    confirm(client);
    assertSame(V1, client.versions.original());
    assertSame(V1, client.versions.current());
    assertTrue(client.versions.isReaction());
    assertNotEquals(first, client.ids.originalDestination());
    assertEquals("test", client.tls().applicationProtocol());
    assertEquals(1, net.serverNode.accepted().size());
    // Its answer to the first datagram, and to the second, which was under way.
    assertEquals(2, net.byServer.stream().filter(IncompatibleVersionsTest::isOffer).count());
  }

  private static boolean isOffer(byte[] datagram) {
    return (datagram[0] & 0x80) != 0 && Arrays.equals(datagram, 1, 5, new byte[4], 0, 4);
  }

  @Test
  void theOtherWayRound() {
    Connection client = connect(Versions.of(V1, V2), Versions.of(V2));
    confirm(client);
    assertSame(V2, client.versions.original());
    assertSame(V2, net.serverNode.accepted().getFirst().versions.current());
  }

  @Test
  @Requirement({"RFC9368-2.1#4", "RFC9000-6.2#1"})
  void withoutAVersionInCommonItIsOver() {
    Connection client = connect(Versions.of(V2), Versions.of(V1));
    sim.run(Duration.ofSeconds(5), () -> client.ending() != null);
    ConnectionEnding.VersionMismatch mismatch =
        assertInstanceOf(ConnectionEnding.VersionMismatch.class, client.ending());
    assertTrue(mismatch.offeredByPeer().contains(1));
    assertEquals(2, mismatch.offeredByPeer().size(), "and a reserved one");
  }

  @Test
  void anyLossLeadsToAConnection() {
    Simulation.seeds(
        40,
        seeded -> {
          Net test = new Net(seeded);
          Link rough = new Link().delay(Simulation.ms(10)).loss(0.3).duplicate(0.2);
          Link back = new Link().delay(Simulation.ms(10)).loss(0.3).reorder(0.3, Simulation.ms(40));
          seeded.route(test.clientAddress, test.serverAddress, rough);
          seeded.route(test.serverAddress, test.clientAddress, back);
          Connection client = test.connect(BOTH_BEGIN_WITH_2, Versions.of(V1));
          seeded.run(
              Duration.ofSeconds(60),
              () -> client.handshake.isConfirmed() || client.ending() != null);
          if (client.ending() == null) {
            assertSame(V1, client.versions.current());
          } else {
            assertInstanceOf(ConnectionEnding.HandshakeTimeout.class, client.ending());
          }
        });
  }

  // ---- forgers ----

  private byte[] offer(ConnectionId destination, ConnectionId source, int... versions) {
    byte[] datagram =
        new byte[VersionNegotiationPacket.length(destination, source, versions.length)];
    WireWriter out = new WireWriter(datagram, 0, datagram.length);
    VersionNegotiationPacket.write(out, destination, source, versions, net.random.nextInt());
    return datagram;
  }

  private void deliver(Connection client, byte[] datagram) {
    client.receive(
        datagram, 0, datagram.length, net.clientAddress, net.serverAddress, 0, sim.now());
  }

  private byte[] offerTo(Connection client, int... versions) {
    return offer(client.ids.localFirst(), client.ids.originalDestination(), versions);
  }

  @Test
  @Requirement({"RFC9368-4#16", "RFC8999-7#1"})
  void aForgedOfferEndsInAnError() {
    Connection client = connect(BOTH_BEGIN_WITH_2, Versions.DEFAULT);
    deliver(client, offerTo(client, 1, 0x1a2a3a4a));
    assertTrue(client.versions.isReaction());
    sim.run(Duration.ofSeconds(5), () -> client.ending() != null);
    ConnectionEnding.TransportClose close =
        assertInstanceOf(ConnectionEnding.TransportClose.class, client.ending());
    assertEquals(TransportError.VERSION_NEGOTIATION_ERROR.code(), close.code());
    Connection server = net.serverNode.accepted().getLast();
    sim.run(Duration.ofSeconds(5), () -> server.ending() != null);
    assertEquals(
        TransportError.VERSION_NEGOTIATION_ERROR.code(),
        assertInstanceOf(ConnectionEnding.TransportClose.class, server.ending()).code());
  }

  @Test
  @Requirement({"RFC9368-4#1", "RFC9000-6.2#3"})
  void anOfferOfTheVersionThatWasAskedForIsIgnored() {
    Connection client = connect(BOTH_BEGIN_WITH_2, Versions.DEFAULT);
    deliver(client, offerTo(client, 1, V2.number()));
    assertFalse(client.versions.isReaction());
    confirm(client);
    assertSame(V2, client.versions.current());
  }

  @Test
  @Requirement({"RFC9368-4#2", "RFC9000-6.2#2"})
  void aSecondOfferIsIgnored() {
    Connection client = connect(BOTH_BEGIN_WITH_2, Versions.of(V1));
    ConnectionId before = client.ids.originalDestination();
    sim.run(Duration.ofSeconds(5), client.versions::isReaction);
    ConnectionId second = client.ids.originalDestination();
    assertNotEquals(before, second);
    deliver(client, offerTo(client, V2.number()));
    deliver(client, offer(client.ids.localFirst(), before, V2.number()));
    assertSame(V1, client.versions.original());
    assertEquals(second, client.ids.originalDestination());
    confirm(client);
    assertSame(V1, client.versions.current());
  }

  @Test
  @Requirement("RFC9000-6.2#2")
  void anOfferAfterAnythingElseIsIgnored() {
    Connection client = connect(BOTH_BEGIN_WITH_2, Versions.DEFAULT);
    sim.run(Duration.ofSeconds(5), () -> client.ids.peerFirst() != null);
    deliver(client, offerTo(client, 1));
    assertFalse(client.versions.isReaction());
    confirm(client);
    assertSame(V2, client.versions.current());
  }

  @Test
  void anOfferForSomebodyElseIsIgnored() {
    Connection client = connect(BOTH_BEGIN_WITH_2, Versions.DEFAULT);
    ConnectionId other = ConnectionId.of(new byte[8]);
    deliver(client, offer(client.ids.localFirst(), other, 1));
    deliver(client, offer(other, client.ids.originalDestination(), 1));
    assertFalse(client.versions.isReaction());
  }

  @Test
  @Requirement("RFC9368-2.1#6")
  void aServerIgnoresOffers() {
    Connection client = connect(Versions.DEFAULT, Versions.DEFAULT);
    confirm(client);
    Connection server = net.serverNode.accepted().getFirst();
    byte[] datagram = offer(server.ids.localFirst(), client.ids.localFirst(), 1);
    long before = server.stats().datagramsDropped();
    server.receive(
        datagram, 0, datagram.length, net.serverAddress, net.clientAddress, 0, sim.now());
    assertTrue(server.closing.isOpen());
    assertEquals(before + 1, server.stats().datagramsDropped());
  }
}
