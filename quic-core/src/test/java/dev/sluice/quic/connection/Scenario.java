package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.ApplicationClose;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.testkit.qlog.QlogRecords;
import dev.sluice.tls.SessionTicket;
import dev.sluice.tls.psk.RotatingTicketProtector;
import dev.sluice.tls.psk.StrikeRegister;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A handshake, a conversation and a close over some network, with everything watched that has to
 * hold on the way ({@link Invariants}).
 *
 * <pre>{@code
 * Simulation.seeds(100, sim -> new Scenario(sim).links(() -> new Link().loss(0.3)).run());
 * }</pre>
 */
final class Scenario {
  private static final int ID_LENGTH = 8;

  /** Longer than any idle timeout, and a third of what fits nanoseconds. */
  private static final Duration FOREVER = Duration.ofDays(100 * 365);

  private final Simulation sim;
  private final SplittableRandom random;
  private final InetSocketAddress clientAddress;
  private final InetSocketAddress clientElsewhere;
  private final InetSocketAddress serverAddress;
  private final InetSocketAddress serverPreferred;
  private BiConsumer<InetSocketAddress, InetSocketAddress> network;
  private UnaryOperator<ClientConfig> client = c -> c;
  private UnaryOperator<ServerConfig> server = c -> c;
  private Conversation conversation = Conversation.transfer(20_000);
  private int clientIds = ID_LENGTH;
  private int serverIds = ID_LENGTH;
  private boolean resumed;
  private Duration limit = Duration.ofMinutes(30);
  private Runnable meanwhile = () -> {};
  private Runnable cure;
  private Predicate<ConnectionEnding> excuse = ending -> false;
  private EndpointNode clientNode;
  private EndpointNode serverNode;
  private SlowSigner signer;
  private Connection connection;
  private Bounds bounds = new Bounds();
  private QlogStory clientStory;
  private QlogStory serverStory;

  Scenario(Simulation sim) {
    this.sim = sim;
    this.random = sim.random();
    this.clientAddress = sim.address(1);
    this.serverAddress = sim.address(2);
    this.clientElsewhere = sim.address(3);
    this.serverPreferred = sim.address(4);
    links(() -> new Link().delay(Simulation.ms(10)));
  }

  /** Both directions are of this kind. */
  Scenario links(Supplier<Link> kind) {
    return links(kind, kind);
  }

  /** Each direction is of its own kind. */
  Scenario links(Supplier<Link> clientToServer, Supplier<Link> serverToClient) {
    return network(
        (one, other) -> {
          sim.route(one, other, clientToServer.get());
          sim.route(other, one, serverToClient.get());
        });
  }

  /** What joins an address of the client's and one of the server's. */
  Scenario network(BiConsumer<InetSocketAddress, InetSocketAddress> joining) {
    network = joining;
    return this;
  }

  Scenario client(UnaryOperator<ClientConfig> change) {
    client = change;
    return this;
  }

  Scenario server(UnaryOperator<ServerConfig> change) {
    server = change;
    return this;
  }

  /** How long each side's connection IDs are. */
  Scenario idLengths(int ofClient, int ofServer) {
    clientIds = ofClient;
    serverIds = ofServer;
    return this;
  }

  /** Whether the client has been here before, over a better network, and now sends 0-RTT. */
  Scenario resumed(boolean value) {
    resumed = value;
    return this;
  }

  /** The server's signatures are made by somebody who takes so long. */
  Scenario signedAfter(Duration delay) {
    signer = new SlowSigner(sim, delay);
    return server(c -> c.withTls(c.tls().toBuilder().deferSignatures(true).build()));
  }

  /** How much goes each way. */
  Scenario bytes(int each) {
    return conversation(Conversation.transfer(each));
  }

  /** What is said. */
  Scenario conversation(Conversation other) {
    conversation = other;
    return this;
  }

  /** What is arranged when the connection has begun. */
  Scenario meanwhile(Runnable arrangement) {
    meanwhile = arrangement;
    return this;
  }

  /** Who watches at every step that neither side holds more than it may. */
  Scenario bounds(Bounds watch) {
    bounds = watch;
    return this;
  }

  /** In what virtual time all has to be over. */
  Scenario within(Duration time) {
    limit = time;
    return this;
  }

  /**
   * What is done for the network when that time is over. Where more than half of all probes fail,
   * each of which comes twice as late as the one before, the time to the end has no finite mean;
   * but it has to come once the network lets it.
   */
  Scenario orElse(Runnable healing) {
    cure = healing;
    return this;
  }

  /** Other endings that may come, since this network can bring them about. */
  Scenario mayEnd(Predicate<ConnectionEnding> how) {
    excuse = how;
    return this;
  }

  /** Where the client is reached at first. */
  InetSocketAddress clientAddress() {
    return clientAddress;
  }

  /** Where the server is reached. */
  InetSocketAddress serverAddress() {
    return serverAddress;
  }

  /** Another address of the server's, for it to prefer. */
  InetSocketAddress serverPreferred() {
    return serverPreferred;
  }

  /** Both sides write qlog, which has to be valid and to tell what happened. */
  Scenario qlog() {
    Set<InetSocketAddress> ofServer = Set.of(serverAddress, serverPreferred);
    clientStory = new QlogStory(true, ofServer);
    serverStory = new QlogStory(false, ofServer);
    sim.watch(clientStory);
    sim.watch(serverStory);
    return this;
  }

  /** What one side has written. */
  QlogRecords log(boolean ofClient) {
    return (ofClient ? clientStory : serverStory).records();
  }

  private static Tracer beside(Tracer watch, QlogStory story) {
    return story == null ? watch : Tracer.both(watch, story);
  }

  /** Whether the client has come so far that addresses may change (RFC 9000 §9). */
  boolean isConfirmed() {
    return connection != null && connection.handshake.isConfirmed();
  }

  /** The client moves to its other address, or back. */
  void migrate(boolean back) {
    if (isConfirmed() && connection.ending() == null) {
      connection.migrate(back ? clientAddress : clientElsewhere, sim.now(clientAddress));
      clientNode.endpoint().touch(connection);
    }
  }

  /** One side changes its keys as soon as it may. */
  void updateKeys(boolean ofClient) {
    EndpointNode node = ofClient ? clientNode : serverNode;
    for (Connection each : node.endpoint().connections()) {
      if (each.handshake.isComplete() && each.ending() == null) {
        each.updateKeys();
        node.endpoint().touch(each);
      }
    }
  }

  /** Runs it; everything arrives whole and in order, and both sides end clean. */
  Connection run() {
    clientNode = attach(clientIds, clientAddress, clientElsewhere);
    serverNode = attach(serverIds, serverAddress, serverPreferred);
    if (signer != null) {
      signer.serve(serverNode);
    }
    ServerConfig serving = server.apply(TestPeers.server(random.split()));
    ClientConfig calling = client.apply(TestPeers.client(random.split()));
    if (resumed) {
      serving = withEarlyData(serving);
      SessionTicket ticket = new FirstVisit().ticket(serving, calling);
      calling = calling.withTls(calling.tls().toBuilder().ticket(ticket).earlyData(true).build());
    }
    join(network);
    Invariants ofClient = new Invariants(true, Set.of(clientAddress, clientElsewhere));
    Invariants ofServer = new Invariants(false, Set.of(serverAddress, serverPreferred));
    sim.watch(ofClient);
    sim.watch(ofServer);
    // A late Initial makes another connection, which is watched by itself.
    Iterator<Tracer> first = List.of(beside(ofServer, serverStory)).iterator();
    Supplier<Tracer> watches =
        () -> first.hasNext() ? first.next() : new Invariants(false, Set.of());
    serverNode.endpoint().listen(serving.withTracer(watches));
    connection =
        clientNode
            .endpoint()
            .connect(
                null,
                serverAddress,
                calling.withTracer(() -> beside(ofClient, clientStory)),
                sim.now());
    if (connection.earlyData() == EarlyDataState.OFFERED) {
      conversation.begin(connection);
    }
    meanwhile.run();
    sim.always(this::assertAlive);
    await();
    if (clientStory != null) {
      assertStories();
    }
    if (excuse.test(connection.ending())) {
      return connection;
    }
    assertInstanceOf(
        ApplicationClose.class, connection.ending(), () -> connection.ending().toString());
    assertTrue(conversation.isComplete(), "all that was said has arrived");
    assertForgotten();
    return connection;
  }

  private EndpointNode attach(int idLength, InetSocketAddress... addresses) {
    EndpointNode node =
        new EndpointNode(TestPeers.endpoint(random.split(), idLength), this::onEvents);
    for (InetSocketAddress address : addresses) {
      sim.attach(address, node);
    }
    return node;
  }

  private void onEvents(Connection any) {
    if (signer != null && !any.isClient()) {
      signer.attendTo(any);
    }
    conversation.onEvents(any);
  }

  private void join(BiConsumer<InetSocketAddress, InetSocketAddress> how) {
    how.accept(clientAddress, serverAddress);
    how.accept(clientElsewhere, serverAddress);
    how.accept(clientAddress, serverPreferred);
    how.accept(clientElsewhere, serverPreferred);
  }

  private void await() {
    if (cure != null) {
      boolean[] over = {false};
      sim.at(sim.elapsed().plus(limit), () -> over[0] = true);
      sim.run(limit, () -> over[0] || connection.ending() != null);
      if (connection.ending() != null) {
        return;
      }
      cure.run();
    }
    // The next probe comes when it comes, and be it years (RFC 9002 §6.2.1 has clients keep their
    // backoff until the server has proven their address); who waits in vain gives up in the end.
    sim.run(cure == null ? limit : FOREVER, () -> connection.ending() != null);
  }

  private ServerConfig withEarlyData(ServerConfig config) {
    RotatingTicketProtector protector =
        new RotatingTicketProtector(Duration.ofDays(1), random.split(), TestPeers.CLOCK.instant());
    return config
        .withTls(config.tls().toBuilder().ticketProtector(protector).build())
        .withEarlyData(EarlyDataConfig.of(new StrikeRegister(random.split(), TestPeers.CLOCK)));
  }

  /** No connection waits for something that never comes, or holds more than it should. */
  private void assertAlive() {
    for (EndpointNode node : List.of(clientNode, serverNode)) {
      bounds.check(node.endpoint());
      for (Connection each : node.endpoint().connections()) {
        assertTrue(each.nextDeadline() < Long.MAX_VALUE, "neither over nor with a deadline");
      }
    }
  }

  /** What both sides have written until now. */
  private void assertStories() {
    clientStory.assertValid();
    clientStory.assertAddsUp(connection);
    List<Connection> accepted = serverNode.accepted().stream().filter(this::isThisOne).toList();
    if (accepted.isEmpty()) {
      return; // an earlier one at the most, which has a story of its own
    }
    serverStory.assertValid();
    if (accepted.size() == 1) {
      serverStory.assertAddsUp(accepted.getFirst());
      boolean complete = conversation.isComplete() && conversation.isHeardOut();
      clientStory.assertAgreesWith(serverStory, complete);
      serverStory.assertAgreesWith(clientStory, complete);
    }
  }

  /** Whether it is no earlier visit, and no connection that a late Initial has made. */
  private boolean isThisOne(Connection accepted) {
    return accepted.ids.originalDestination().equals(connection.ids.originalDestination());
  }

  /** What has ended is forgotten in time. */
  private void assertForgotten() {
    sim.runFor(Duration.ofMinutes(2));
    assertAlive();
  }

  /** A client that comes for a ticket. */
  private final class FirstVisit {
    private SessionTicket ticket;

    SessionTicket ticket(ServerConfig serving, ClientConfig calling) {
      join((one, other) -> sim.bothWays(one, other, () -> new Link().delay(Simulation.ms(1))));
      InetSocketAddress visitor = sim.address(5);
      EndpointNode node =
          sim.attach(
              visitor,
              new EndpointNode(TestPeers.endpoint(random.split(), clientIds), this::onEvents));
      sim.bothWays(visitor, serverAddress, () -> new Link().delay(Simulation.ms(1)));
      serverNode.endpoint().listen(serving);
      Connection visit = node.endpoint().connect(null, serverAddress, calling, sim.now());
      sim.run(Duration.ofSeconds(5), () -> ticket != null);
      visit.close(0, "");
      node.endpoint().touch(visit);
      sim.run(Duration.ofMinutes(1), () -> serverNode.endpoint().isQuiet());
      assertEquals(0, serverNode.endpoint().connections().size());
      return ticket;
    }

    private void onEvents(Connection visit) {
      for (QuicEvent e = visit.nextEvent(); e != null; e = visit.nextEvent()) {
        if (e instanceof QuicEvent.NewSessionTicket(SessionTicket one)) {
          ticket = one;
        }
      }
    }
  }
}
