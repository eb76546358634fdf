package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.endpoint.Endpoint;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.lb.QuicLbConfig;
import dev.sluice.quic.lb.QuicLbConnectionIds;
import dev.sluice.quic.lb.QuicLbDecoder;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A server whose connection IDs a load balancer can read, and that changes them. */
class QuicLbConnectionsTest {
  private static final byte[] SERVER_ID = {9, 8, 7};

  private final Simulation sim = new Simulation(1);
  private final SplittableRandom random = sim.random();
  private final InetSocketAddress clientAddress = sim.address(1);
  private final InetSocketAddress serverAddress = sim.address(2);
  private final QuicLbConfig first = new QuicLbConfig(0, 3, 6, key());
  private final QuicLbConfig second = new QuicLbConfig(1, 3, 6, key());
  private final QuicLbDecoder balancer = new QuicLbDecoder();

  private byte[] key() {
    byte[] key = new byte[16];
    random.nextBytes(key);
    return key;
  }

  private Connection connect(QuicLbConnectionIds ids, EndpointNode[] nodes) {
    nodes[0] = sim.attach(clientAddress, node(TestPeers.endpoint(random.split())));
    nodes[1] =
        sim.attach(
            serverAddress,
            node(new Endpoint(EndpointConfig.of(random.split()).withConnectionIds(ids))));
    sim.bothWays(clientAddress, serverAddress, () -> new Link().delay(Simulation.ms(10)));
    nodes[1].endpoint().listen(TestPeers.server(random.split()));
    Connection client =
        nodes[0]
            .endpoint()
            .connect(null, serverAddress, TestPeers.client(random.split()), sim.now());
    sim.run(Duration.ofSeconds(5), client.handshake::isConfirmed);
    sim.runFor(Duration.ofMillis(200));
    return client;
  }

  private static EndpointNode node(Endpoint endpoint) {
    return new EndpointNode(
        endpoint,
        c -> {
          while (c.nextEvent() != null) {
            // Nobody is interested.
          }
        });
  }

  @Test
  @Requirement("RFC9000-5.1.2#1")
  void clientsAreLedToTheServerBeforeAndAfterAChange() {
    balancer.add(first);
    balancer.add(second);
    QuicLbConnectionIds ids = QuicLbConnectionIds.of(first, SERVER_ID);
    EndpointNode[] nodes = new EndpointNode[2];
    Connection client = connect(ids, nodes);
    ConnectionId before = client.paths.active().destination().id();
    assertEquals(0, before.toArray()[0] >> 5);
    assertArrayEquals(SERVER_ID, balancer.serverId(before));

    ids.configure(second, SERVER_ID);
    nodes[1].endpoint().renewConnectionIds();
    sim.runFor(Duration.ofMillis(200));
    ConnectionId after = client.paths.active().destination().id();
    assertEquals(1, after.toArray()[0] >> 5);
    assertArrayEquals(SERVER_ID, balancer.serverId(after));
    Connection server = nodes[1].accepted().getFirst();
    assertFalse(server.ids.local().contains(before), "the client has given it up");

    // Again and again: IDs do not pile up, and the connection lives.
    for (int i = 0; i < 20; i++) {
      nodes[1].endpoint().renewConnectionIds();
      sim.runFor(Duration.ofMillis(5));
    }
    sim.runFor(Duration.ofSeconds(1));
    assertTrue(client.closing.isOpen() && server.closing.isOpen());
    assertEquals(1, client.paths.active().destination().id().toArray()[0] >> 5);
  }

  @Test
  void withoutConfigurationAClientGetsOneIdAndIsAskedNotToMove() {
    EndpointNode[] nodes = new EndpointNode[2];
    Connection client = connect(QuicLbConnectionIds.unconfigured(10), nodes);
    assertEquals(0xe9, client.paths.active().destination().id().toArray()[0] & 0xff);
    assertTrue(client.handshake.peer().disableActiveMigration());
    assertFalse(nodes[1].accepted().getFirst().ids.local().hasPending());
    assertFalse(client.ids.remote().hasUnused());
  }
}
