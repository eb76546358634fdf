package dev.sluice.quic.connection;

import static dev.sluice.network.Simulation.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.CryptoFrame;
import dev.sluice.quic.frame.PaddingFrame;
import dev.sluice.quic.frame.PingFrame;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.testkit.Requirement;
import dev.sluice.tls.EncryptionLevel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** CRYPTO data of a level that the handshake has left behind (RFC 9001 §4.1.3). */
class HandshakeDataTest {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final Simulation sim = new Simulation(1);
  private final InetSocketAddress here = sim.address(1);
  private final InetSocketAddress there = sim.address(2);
  private final Link toServer = new Link().delay(ms(10));
  private final Link toClient = new Link().delay(ms(10));
  private final PacketLog log = new PacketLog();
  private final EndpointNode clientNode;
  private final EndpointNode serverNode;
  private final Connection client;

  HandshakeDataTest() {
    SplittableRandom random = sim.random();
    clientNode = sim.attach(here, node(random));
    serverNode = sim.attach(there, node(random));
    sim.route(here, there, toServer);
    sim.route(there, here, toClient);
    serverNode.endpoint().listen(TestPeers.server(random.split()).withTracer(() -> log));
    client =
        clientNode.endpoint().connect(null, there, TestPeers.client(random.split()), sim.now());
  }

  private static EndpointNode node(SplittableRandom random) {
    return new EndpointNode(
        TestPeers.endpoint(random.split()),
        c -> {
          while (c.nextEvent() != null) {}
        });
  }

  private Connection server() {
    return serverNode.accepted().getFirst();
  }

  /** Whether the server has said in an Initial that it has this one. */
  private boolean acknowledged(long number) {
    return log.sent().stream()
        .filter(packet -> packet.type() == PacketType.INITIAL)
        .flatMap(packet -> packet.frames().stream())
        .anyMatch(frame -> frame instanceof AckFrame ack && ack.largestAcknowledged() == number);
  }

  private static byte[] crypto(long offset, int length) {
    return SealedPackets.payload(
        new CryptoFrame(offset, Bytes.of(new byte[length])), new PaddingFrame(1200));
  }

  private static void deliver(
      EndpointNode node, byte[] packet, InetSocketAddress to, InetSocketAddress from, long now) {
    node.receive(packet, 0, packet.length, to, from, 0, now);
  }

  private static void assertViolation(Connection connection) {
    TransportClose close = assertInstanceOf(TransportClose.class, connection.ending());
    assertEquals(TransportError.PROTOCOL_VIOLATION.code(), close.code());
    assertTrue(close.reason().contains("after keys of a higher one"), close.reason());
  }

  @Test
  @Requirement({"RFC9001-4.1.3#1", "RFC9001-4.1.3#2", "RFC9000-7.5#5"})
  void anInitialWithMoreThanTheClientHello() {
    toClient.cut();
    sim.run(LIMIT, () -> !serverNode.accepted().isEmpty());
    deliver(serverNode, SealedPackets.initial(client, 50, crypto(0, 10)), there, here, sim.now());
    assertNull(server().ending(), "a copy is only a copy");
    assertEquals(50, server().spaces.of(EncryptionLevel.INITIAL).acks().largestReceived());
    sim.runFor(ms(1));
    assertTrue(acknowledged(50), "though what it carried was dropped");
    // Beyond a gap, so that TLS does not get to see it.
    deliver(serverNode, SealedPackets.initial(client, 51, crypto(9999, 1)), there, here, sim.now());
    assertViolation(server());
  }

  @Test
  @Requirement("RFC9000-14.1#4")
  void anInitialInASmallDatagram() {
    toClient.cut();
    sim.run(LIMIT, () -> !serverNode.accepted().isEmpty());
    byte[] ping = SealedPackets.payload(new PingFrame(), new PaddingFrame(20));
    deliver(serverNode, SealedPackets.initial(client, 50, ping), there, here, sim.now());
    assertTrue(server().spaces.of(EncryptionLevel.INITIAL).acks().largestReceived() < 50);
    assertNull(server().ending());
  }

  @Test
  @Requirement({"RFC9001-4.1.3#1", "RFC9001-4.1.3#2"})
  void aHandshakePacketWithMoreThanTheServersFinished() {
    sim.run(LIMIT, () -> !serverNode.accepted().isEmpty());
    toServer.cut(); // so that the server never hears that the client is done
    sim.run(LIMIT, () -> client.handshake.isComplete());
    assertTrue(server().spaces.canSend(server().spaces.of(EncryptionLevel.HANDSHAKE)));
    deliver(clientNode, handshake(50, crypto(0, 10)), here, there, sim.now());
    assertNull(client.ending(), "a copy is only a copy");
    deliver(clientNode, handshake(51, crypto(50_000, 1)), here, there, sim.now());
    assertViolation(client);
  }

  @Test
  @Requirement("RFC9001-4.1.3#3")
  void anInitialWithMoreThanTheServerHelloThatComesBeforeIt() {
    toClient.cut();
    sim.run(LIMIT, () -> !serverNode.accepted().isEmpty());
    toServer.cut(); // which never sent what follows, and would not be told of it
    // Beyond a gap that nothing will ever fill.
    deliver(
        clientNode, SealedPackets.initial(server(), 50, crypto(9999, 1)), here, there, sim.now());
    assertNull(client.ending(), "there may be much in between");
    toClient.mend();
    sim.run(LIMIT, () -> client.ending() != null || client.handshake.isComplete());
    assertViolation(client);
  }

  private byte[] handshake(long number, byte[] payload) {
    return SealedPackets.handshake(server(), QuicVersion.V1, number, payload, 0);
  }
}
