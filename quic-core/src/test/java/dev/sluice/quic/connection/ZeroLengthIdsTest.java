package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.endpoint.ConnectionIdGenerator;
import dev.sluice.quic.endpoint.Endpoint;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.frame.NewConnectionIdFrame;
import dev.sluice.quic.frame.RetireConnectionIdFrame;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.stream.BidiStream;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.StreamConfig;
import dev.sluice.quic.stream.StreamLimits;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sides that give out no connection IDs (RFC 9000 §5.1). */
class ZeroLengthIdsTest {
  private final Simulation sim = new Simulation(1);
  private final SplittableRandom random = sim.random();
  private final InetSocketAddress clientAddress = sim.address(1);
  private final InetSocketAddress serverAddress = sim.address(2);
  private EndpointNode clientNode;
  private EndpointNode serverNode;
  private TransportConfig transport = TransportConfig.DEFAULTS;
  private int echoed;

  private EndpointNode node(int idLength) {
    EndpointConfig config =
        EndpointConfig.of(random.split()).withConnectionIds(ConnectionIdGenerator.random(idLength));
    return new EndpointNode(new Endpoint(config), this::echo);
  }

  /** Servers send back what they get; clients count it. */
  private void echo(Connection connection) {
    for (QuicEvent e = connection.nextEvent(); e != null; e = connection.nextEvent()) {
      if (e instanceof QuicEvent.Readable(RecvStream stream)) {
        byte[] chunk = new byte[100_000];
        for (int n = read(stream, chunk); n > 0; n = read(stream, chunk)) {
          if (connection.isClient()) {
            echoed += n;
          } else {
            connection.openUni().write(chunk, 0, n);
          }
        }
      }
    }
  }

  private static int read(RecvStream stream, byte[] chunk) {
    return stream.read(chunk, 0, chunk.length);
  }

  private Connection connect(int clientLength, int serverLength, boolean retry) {
    clientNode = sim.attach(clientAddress, node(clientLength));
    serverNode = sim.attach(serverAddress, node(serverLength));
    sim.bothWays(
        clientAddress, serverAddress, () -> new Link().delay(Simulation.ms(10)).loss(0.05));
    serverNode
        .endpoint()
        .listen(TestPeers.server(random.split()).withTransport(transport).withRetry(retry));
    Connection client =
        clientNode
            .endpoint()
            .connect(null, serverAddress, TestPeers.client(random.split()), sim.now());
    sim.run(Duration.ofSeconds(30), client.handshake::isConfirmed);
    return client;
  }

  @ParameterizedTest
  @CsvSource({"0, 8, false", "8, 0, false", "0, 0, false", "0, 0, true", "20, 0, true"})
  @Requirement("RFC9000-19.15#2")
  void aConnectionLikeAnyOther(int clientLength, int serverLength, boolean retry) {
    Connection client = connect(clientLength, serverLength, retry);
    BidiStream stream = client.openBidi();
    stream.send().write(new byte[50_000], 0, 50_000);
    clientNode.endpoint().touch(client);
    sim.run(Duration.ofSeconds(30), () -> echoed == 50_000);
    assertEquals(serverLength, client.paths.active().destination().id().length());
    Connection server = serverNode.accepted().getFirst();
    assertEquals(clientLength, server.paths.active().destination().id().length());
    // Who needs no ID gives none away, and asks the peer not to move.
    assertEquals(serverLength > 0, client.ids.remote().hasUnused() && serverLength > 0);
    assertEquals(serverLength == 0, client.handshake.peer().disableActiveMigration());
    assertEquals(clientLength == 0, server.handshake.peer().disableActiveMigration());
    assertEquals(serverLength == 0, client.handshake.peer().statelessResetToken() == null);
    client.close(0, "");
    clientNode.endpoint().touch(client);
    sim.run(Duration.ofSeconds(30), () -> server.ending() != null);
    assertTrue(server.ending().isClean());
  }

  /**
   * What only acknowledges has to be longer here than it would be (§10.3), and is in flight for
   * that; but nobody answers it, so that it is as silent as nothing.
   */
  @Test
  @Requirement("RFC9000-4.1#5")
  void whoIsBlockedAndOnlyAcknowledgesSaysSoAgain() {
    TransportConfig brief = TransportConfig.DEFAULTS.withIdleTimeout(Duration.ofSeconds(3));
    StreamLimits narrow = new StreamLimits(1000, 1000, 1000, 1000, 10, 10);
    transport = brief.withStreams(StreamConfig.DEFAULT.withLimits(narrow));
    EndpointNode here =
        sim.attach(clientAddress, new EndpointNode(TestPeers.endpoint(random.split(), 8), c -> {}));
    EndpointNode there =
        sim.attach(serverAddress, new EndpointNode(TestPeers.endpoint(random.split(), 0), c -> {}));
    sim.bothWays(clientAddress, serverAddress, () -> new Link().delay(Simulation.ms(10)));
    there.endpoint().listen(TestPeers.server(random.split()).withTransport(transport));
    Connection client =
        here.endpoint()
            .connect(
                null,
                serverAddress,
                TestPeers.client(random.split()).withTransport(brief),
                sim.now());
    sim.run(Duration.ofSeconds(5), client.handshake::isConfirmed);
    client.openUni().write(new byte[5000], 0, 5000);
    here.endpoint().touch(client);
    sim.runFor(Duration.ofMillis(500));
    Connection server = there.accepted().getFirst();
    server.openUni().write(new byte[10], 0, 10);
    there.endpoint().touch(server);
    sim.runFor(Duration.ofMillis(500));
    assertTrue(client.recovery.path().bytesInFlight() > 0);
    sim.runFor(Duration.ofMinutes(1));
    assertNull(client.ending());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 8})
  @Requirement({"RFC9000-18.2#5", "RFC9000-18.2#6"})
  void aPreferredAddressNeedsAnId(int serverLength) {
    transport =
        transport.withMigration(
            MigrationConfig.DEFAULTS.withPreferred(new InetSocketAddress("10.0.0.9", 4433)));
    Connection client = connect(8, serverLength, false);
    Bytes offered = client.handshake.peer().preferredAddress();
    if (serverLength == 0) {
      assertNull(offered);
    } else {
      assertEquals(serverLength, PreferredAddress.read(offered).id().length());
    }
  }

  @Test
  @Requirement("RFC9000-18.2#7")
  void aServerWithoutIdsMayHaveNoPreferredAddress() {
    TransportParameters.Builder said = connect(8, 0, false).handshake.peer().toBuilder();
    Connection fresh =
        clientNode
            .endpoint()
            .connect(null, serverAddress, TestPeers.client(random.split()), sim.now());
    InetSocketAddress there = new InetSocketAddress("10.0.0.9", 4433);
    ConnectionId id = ConnectionId.of(new byte[] {1});
    said.originalDestinationConnectionId = fresh.ids.originalDestination();
    said.preferredAddress = new PreferredAddress(there, null, id, Bytes.of(new byte[16])).encode();
    fresh.ids.onFirstPacket(ConnectionId.EMPTY);
    TransportException refused =
        assertThrows(
            TransportException.class, () -> fresh.handshake.onPeerParameters(said.build()));
    assertEquals(TransportError.TRANSPORT_PARAMETER_ERROR.code(), refused.code());
  }

  @Test
  @Requirement("RFC9000-19.15#3")
  void aPeerWithoutIdsMayNotIssueAny() {
    Connection client = connect(8, 0, false);
    Connection server = serverNode.accepted().getFirst();
    deliver(
        client,
        server,
        SealedPackets.payload(
            new NewConnectionIdFrame(1, 0, ConnectionId.of(new byte[8]), Bytes.of(new byte[16]))));
    assertViolation(client);
  }

  @Test
  @Requirement("RFC9000-19.16#4")
  void aPeerMayNotRetireWhatIsNotThere() {
    Connection client = connect(0, 8, false);
    deliver(
        client,
        serverNode.accepted().getFirst(),
        SealedPackets.payload(new RetireConnectionIdFrame(0)));
    assertViolation(client);
  }

  private void deliver(Connection to, Connection from, byte[] payload) {
    byte[] datagram = SealedPackets.oneRtt(from, payload, 90_000);
    to.receive(datagram, 0, datagram.length, clientAddress, serverAddress, 0, sim.now());
  }

  private static void assertViolation(Connection connection) {
    ConnectionEnding.TransportClose close =
        assertInstanceOf(ConnectionEnding.TransportClose.class, connection.ending());
    assertEquals(TransportError.PROTOCOL_VIOLATION.code(), close.code());
  }

  /** Its datagrams lead nowhere any more, and both sides give up in the end. */
  @Test
  void whoseAddressChangesIsLost() {
    Connection client = connect(8, 0, false);
    sim.rebind(clientAddress, false);
    BidiStream stream = client.openBidi();
    stream.send().write(new byte[100], 0, 100);
    clientNode.endpoint().touch(client);
    Connection server = serverNode.accepted().getFirst();
    sim.run(Duration.ofMinutes(3), () -> client.ending() != null && server.ending() != null);
    assertInstanceOf(ConnectionEnding.IdleTimeout.class, client.ending());
    assertInstanceOf(ConnectionEnding.IdleTimeout.class, server.ending());
  }

  /** With no ID to tell, the client's socket has the server's old address and a new one. */
  @Test
  void aClientWithoutIdsIsFoundThoughItsOwnAddressChanges() {
    Connection client = connect(0, 8, false);
    sim.rebind(clientAddress, false);
    BidiStream stream = client.openBidi();
    stream.send().write(new byte[5_000], 0, 5_000);
    clientNode.endpoint().touch(client);
    sim.run(Duration.ofSeconds(30), () -> echoed == 5_000);
  }
}
