package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Datagram;
import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.network.Watcher;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.ApplicationClose;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.endpoint.Endpoint;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.packet.LongHeader;
import dev.sluice.quic.packet.PacketParser;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** How connections begin, move and end, over a network of 10 ms each way. */
class LifecycleTest {
  private final Simulation sim = new Simulation(1);
  private final SplittableRandom random = sim.random();
  private final InetSocketAddress clientAddress = sim.address(1);
  private final InetSocketAddress serverAddress = sim.address(2);
  private final EndpointConfig serverKeys = EndpointConfig.of(random.split());
  private final List<QuicEvent> clientEvents = new ArrayList<>();
  private final List<QuicEvent> serverEvents = new ArrayList<>();
  private final EndpointNode client = node(TestPeers.endpoint(random.split()), clientEvents);
  private final EndpointNode server = node(new Endpoint(serverKeys), serverEvents);
  private ServerConfig serverConfig = TestPeers.server(random.split());
  private ClientConfig clientConfig = TestPeers.client(random.split());

  private static EndpointNode node(Endpoint endpoint, List<QuicEvent> events) {
    return new EndpointNode(
        endpoint,
        c -> {
          for (QuicEvent e = c.nextEvent(); e != null; e = c.nextEvent()) {
            events.add(e);
          }
        });
  }

  private Connection connect() {
    sim.attach(clientAddress, client);
    sim.attach(serverAddress, server);
    sim.bothWays(clientAddress, serverAddress, () -> new Link().delay(Simulation.ms(10)));
    server.endpoint().listen(serverConfig);
    return client.endpoint().connect(null, serverAddress, clientConfig, sim.now());
  }

  private Connection connectConfirmed() {
    Connection connection = connect();
    sim.run(
        Duration.ofSeconds(5),
        () -> clientEvents.stream().anyMatch(QuicEvent.HandshakeConfirmed.class::isInstance));
    return connection;
  }

  private void runUntilEnded(Connection connection) {
    sim.run(Duration.ofMinutes(5), () -> connection.ending() != null);
  }

  /** The tokens of the client's Initial packets, in the order in which they were sent. */
  private List<Bytes> watchTokens() {
    List<Bytes> tokens = new ArrayList<>();
    sim.watch(
        new Watcher() {
          @Override
          public void sent(long now, Datagram datagram) {
            byte[] bytes = datagram.bytes();
            if (datagram.source().equals(clientAddress)
                && PacketParser.parse(bytes, 0, bytes.length, 8) instanceof LongHeader header
                && header.type() == PacketType.INITIAL) {
              tokens.add(Bytes.of(header.token().toArray()));
            }
          }
        });
    return tokens;
  }

  @Test
  @Requirement({"RFC9000-8.1.2#1", "RFC9000-7.3#2"})
  void aRetryProvesTheAddressFirst() {
    serverConfig = serverConfig.withRetry(true);
    List<Bytes> tokens = watchTokens();
    Connection connection = connectConfirmed();
    assertEquals(Bytes.EMPTY, tokens.getFirst());
    Bytes token = connection.firstFlight.token();
    int retried = tokens.indexOf(token);
    assertTrue(retried > 0 && tokens.size() >= 2 * retried, () -> "" + tokens);
    assertEquals(
        List.of(token), tokens.subList(retried, tokens.size()).stream().distinct().toList());
    assertNotNull(connection.ids.retrySource());
    assertTrue(server.accepted().getFirst().paths.active().amplification().isValidated());
  }

  @Test
  @Requirement({"RFC9000-8.1.3#2", "RFC9000-8.1.3#16", "RFC9000-8.1.3#14", "RFC9000-19.7#1"})
  void aTokenFromBeforeSparesTheRetry() {
    serverConfig = serverConfig.withRetry(true);
    connectConfirmed();
    byte[] token =
        clientEvents.stream()
            .filter(QuicEvent.NewToken.class::isInstance)
            .map(e -> ((QuicEvent.NewToken) e).token())
            .findFirst()
            .orElseThrow();
    assertNotEquals(0, token.length);
    List<Bytes> tokens = watchTokens();
    Connection second =
        client.endpoint().connect(null, serverAddress, clientConfig.withToken(token), sim.now());
    sim.run(Duration.ofSeconds(5), () -> second.tls() != null);
    assertEquals(null, second.ids.retrySource());
    assertTrue(tokens.size() > 1);
    assertEquals(List.of(AddressToken.value(token)), tokens.stream().distinct().toList());
  }

  @Test
  @Requirement("RFC9000-8.1.3#3")
  void theTokenOfARetryIsForOneConnection() {
    serverConfig = serverConfig.withRetry(true);
    Connection first = connectConfirmed();
    assertFalse(first.firstFlight.token().isEmpty());
    Connection second = client.endpoint().connect(null, serverAddress, clientConfig, sim.now());
    assertTrue(second.firstFlight.token().isEmpty());
    sim.run(Duration.ofSeconds(5), () -> second.tls() != null);
    assertNotNull(second.ids.retrySource());
  }

  @Test
  void anApplicationCloseReachesThePeer() {
    Connection connection = connectConfirmed();
    connection.close(42, "enough");
    client.endpoint().touch(connection);
    Connection accepted = server.accepted().getFirst();
    runUntilEnded(accepted);
    assertEquals(new ApplicationClose(Side.LOCAL, 42, "enough"), connection.ending());
    assertEquals(new ApplicationClose(Side.PEER, 42, "enough"), accepted.ending());
    assertEquals(new QuicEvent.Ended(accepted.ending()), serverEvents.getLast());
  }

  @Test
  @Requirement({"RFC9000-10.2.3#6", "RFC9000-10.2.3#7"})
  void anApplicationsReasonIsNotShownBeforeTheHandshake() {
    Connection connection = connect();
    sim.run(Duration.ofSeconds(1), () -> !server.accepted().isEmpty());
    connection.close(42, "a secret");
    client.endpoint().touch(connection);
    Connection accepted = server.accepted().getFirst();
    runUntilEnded(accepted);
    assertEquals(
        new TransportClose(Side.PEER, TransportError.APPLICATION_ERROR.code(), 0, ""),
        accepted.ending());
  }

  @Test
  @Requirement({"RFC9000-10.2#1", "RFC9000-10.2#4"})
  void nothingRemainsAfterClosingAndDraining() {
    Connection connection = connectConfirmed();
    connection.close(0, "");
    client.endpoint().touch(connection);
    long closed = sim.now();
    sim.run(Duration.ofSeconds(10), () -> client.endpoint().isQuiet());
    assertTrue(sim.now() - closed >= 3 * connection.recovery.ptoNanos());
    sim.run(Duration.ofSeconds(10), () -> server.endpoint().isQuiet());
    long drained = sim.now() - closed;
    assertTrue(drained >= 3 * server.accepted().getFirst().recovery.ptoNanos());
    assertTrue(connection.isEnded());
    assertEquals(Long.MAX_VALUE, connection.nextDeadline());
  }

  @Test
  void silenceEndsBothSides() {
    clientConfig =
        clientConfig.withTransport(TransportConfig.DEFAULTS.withIdleTimeout(Duration.ofSeconds(3)));
    Connection connection = connectConfirmed();
    long confirmed = sim.now();
    runUntilEnded(connection);
    assertInstanceOf(ConnectionEnding.IdleTimeout.class, connection.ending());
    assertTrue(sim.now() - confirmed < Duration.ofSeconds(4).toNanos());
    runUntilEnded(server.accepted().getFirst());
    assertInstanceOf(ConnectionEnding.IdleTimeout.class, server.accepted().getFirst().ending());
  }

  @Test
  @Requirement("RFC9000-10.1#1")
  void noSilenceIsShorterThanThreeProbeTimeouts() {
    clientConfig =
        clientConfig.withTransport(TransportConfig.DEFAULTS.withIdleTimeout(Duration.ofMillis(50)));
    Connection connection = connectConfirmed();
    runUntilEnded(connection);
    long silent =
        assertInstanceOf(ConnectionEnding.IdleTimeout.class, connection.ending()).afterNanos();
    long least = 3 * connection.recovery.ptoNanos();
    assertTrue(least > Simulation.ms(50).toNanos() && silent >= least, silent + " of " + least);
  }

  @Test
  void keepAliveKeepsItAlive() {
    clientConfig =
        clientConfig.withTransport(
            TransportConfig.DEFAULTS
                .withIdleTimeout(Duration.ofSeconds(3))
                .withKeepAlive(Duration.ofSeconds(1)));
    Connection connection = connectConfirmed();
    sim.runFor(Duration.ofMinutes(2));
    assertEquals(null, connection.ending());
  }

  @Test
  void aSilentServerIsGivenUp() {
    sim.attach(clientAddress, client);
    Connection connection = client.endpoint().connect(null, serverAddress, clientConfig, sim.now());
    runUntilEnded(connection);
    assertInstanceOf(ConnectionEnding.HandshakeTimeout.class, connection.ending());
  }

  @Test
  @Requirement({"RFC9000-10.3.1#2", "RFC9000-10.3.1#5"})
  void aServerThatForgotSaysSo() {
    Connection connection = connectConfirmed();
    server.restart(new Endpoint(serverKeys));
    connection.openUni().write(new byte[500], 0, 500);
    client.endpoint().touch(connection);
    runUntilEnded(connection);
    assertEquals(new ConnectionEnding.StatelessReset(), connection.ending());
  }

  @Test
  void anotherPortAfterARebindingIsProvenAndUsed() {
    Connection connection = connectConfirmed();
    Connection accepted = server.accepted().getFirst();
    InetSocketAddress moved = sim.rebind(clientAddress, false);
    connection.openUni().write(new byte[500], 0, 500);
    client.endpoint().touch(connection);
    sim.run(
        Duration.ofSeconds(5),
        () ->
            accepted.paths.active().remote().equals(moved)
                && accepted.paths.active().amplification().isValidated());
  }

  @Test
  void keysAreUpdatedFromEitherSide() {
    Connection connection = connectConfirmed();
    Connection accepted = server.accepted().getFirst();
    for (int round = 0; round < 6; round++) {
      Connection from = round % 2 == 0 ? connection : accepted;
      EndpointNode node = round % 2 == 0 ? client : server;
      // An update waits for an acknowledgement in the present phase (RFC 9001 §6.1).
      ping(from, node);
      sim.run(Duration.ofSeconds(30), () -> from.spaces.oneRtt().mayUpdate());
      from.spaces.oneRtt().update(sim.now());
      ping(from, node);
      sim.runFor(Duration.ofSeconds(1));
      assertEquals(
          connection.spaces.oneRtt().sendPhaseBit(), accepted.spaces.oneRtt().sendPhaseBit());
      assertEquals((round + 1) % 2, connection.spaces.oneRtt().sendPhaseBit());
    }
    assertEquals(null, connection.ending());
  }

  @Test
  @Requirement("RFC9001-6.1#1")
  void anApplicationsWishForNewKeysWaitsUntilItIsPermitted() {
    Connection connection = connect();
    connection.updateKeys();
    sim.run(Duration.ofSeconds(1), () -> connection.handshake.isComplete());
    assertEquals(0, connection.spaces.oneRtt().sendPhaseBit(), "nothing is acknowledged yet");
    ping(connection, client);
    ping(connection, client);
    assertEquals(1, connection.spaces.oneRtt().sendPhaseBit());
    assertEquals(1, server.accepted().getFirst().spaces.oneRtt().sendPhaseBit());
  }

  /** Also when the first 1-RTT packet has been acknowledged by one that came before the others. */
  @Test
  @Requirement("RFC9001-6.1#1")
  void keysAreNotUpdatedBeforeTheHandshakeIsConfirmed() {
    Connection connection = connect();
    sim.run(Duration.ofSeconds(1), () -> connection.handshake.isComplete());
    connection.openUni().write(new byte[10], 0, 10);
    client.endpoint().touch(connection);
    sim.runFor(Duration.ofMillis(1));
    connection.spaces.oneRtt().onAcknowledged(Long.MAX_VALUE);
    connection.updateKeys();
    client.endpoint().touch(connection);
    sim.runFor(Duration.ofMillis(1));
    assertFalse(connection.handshake.isConfirmed());
    assertEquals(0, connection.spaces.oneRtt().sendPhaseBit());
    sim.run(Duration.ofSeconds(1), () -> connection.handshake.isConfirmed());
    ping(connection, client);
    assertEquals(1, connection.spaces.oneRtt().sendPhaseBit());
  }

  private void ping(Connection connection, EndpointNode node) {
    var stream = connection.openUni();
    stream.write(new byte[10], 0, 10);
    stream.finish();
    node.endpoint().touch(connection);
    sim.runFor(Duration.ofMillis(200));
  }

  @Test
  @Requirement({"RFC9000-8#1", "RFC9000-8.1#2", "RFC9000-14.1#6"})
  void aServerNeverAmplifies() {
    long[] toServer = {0};
    long[] toClient = {0};
    boolean[] validated = {false};
    Tracer watch =
        (now, event) -> {
          switch (event) {
            case TraceEvent.KeyDiscarded e -> validated[0] = true;
            default -> {}
          }
        };
    serverConfig = serverConfig.withTracer(() -> watch);
    sim.attach(clientAddress, client);
    sim.attach(serverAddress, server);
    sim.route(
        clientAddress,
        serverAddress,
        new Link()
            .delay(Simulation.ms(10))
            .drop(
                d -> {
                  toServer[0] += d.bytes().length;
                  return false;
                }));
    sim.route(
        serverAddress,
        clientAddress,
        new Link()
            .delay(Simulation.ms(10))
            .drop(
                d -> {
                  toClient[0] += d.bytes().length;
                  assertTrue(validated[0] || toClient[0] <= 3 * toServer[0]);
                  return !validated[0];
                }));
    server.endpoint().listen(serverConfig);
    Connection connection = client.endpoint().connect(null, serverAddress, clientConfig, sim.now());
    runUntilEnded(connection);
    assertInstanceOf(ConnectionEnding.HandshakeTimeout.class, connection.ending());
    assertNotEquals(0, toClient[0]);
  }

  /** Nor does the end of a connection whose client may be anybody. */
  @Test
  @Requirement({"RFC9000-8#1", "RFC9000-8.1#2"})
  void aServerThatClosesDoesNotAmplify() {
    connect();
    long[] lengths = {0, 0};
    sim.watch(
        new Watcher() {
          @Override
          public void sent(long now, Datagram datagram) {
            lengths[datagram.source().equals(clientAddress) ? 0 : 1] += datagram.length();
          }
        });
    sim.run(Duration.ofSeconds(1), () -> !server.accepted().isEmpty());
    sim.route(clientAddress, serverAddress, new Link().loss(1));
    long received = lengths[0];
    sim.runFor(Duration.ofSeconds(5));
    Connection accepted = server.accepted().getFirst();
    accepted.close(42, "enough");
    server.endpoint().touch(accepted);
    sim.runFor(Duration.ofSeconds(1));
    assertTrue(lengths[1] > 2 * received, "it has sent nearly all that it may");
    assertTrue(lengths[1] <= 3 * received, lengths[1] + " for " + received);
  }

  @Test
  @Requirement({"RFC9000-7#2", "RFC9001-4.8#1"})
  void noProtocolInCommonIsAnAlert() {
    clientConfig =
        new ClientConfig(
            clientConfig.tls().toBuilder().applicationProtocols("other").build(),
            clientConfig.transport(),
            null,
            clientConfig.tracer());
    Connection connection = connect();
    runUntilEnded(connection);
    TransportClose close = assertInstanceOf(TransportClose.class, connection.ending());
    assertEquals(Side.PEER, close.by());
    assertEquals(TransportError.CRYPTO_ERROR + 120, close.code());
  }

  @Test
  void aFullServerRefuses() {
    serverConfig = serverConfig.withMaxConnections(0);
    Connection connection = connect();
    runUntilEnded(connection);
    assertEquals(
        TransportError.CONNECTION_REFUSED.code(),
        assertInstanceOf(TransportClose.class, connection.ending()).code());
  }
}
