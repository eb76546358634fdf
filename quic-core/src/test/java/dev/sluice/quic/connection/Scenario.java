package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.ending.ConnectionEnding.ApplicationClose;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.trace.Tracer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A handshake, a transfer each way and a close over some network, with everything watched that has
 * to hold on the way ({@link Invariants}).
 *
 * <pre>{@code
 * Simulation.seeds(100, sim -> new Scenario(sim).links(() -> new Link().loss(0.3)).run());
 * }</pre>
 */
final class Scenario {
  private final Simulation sim;
  private final InetSocketAddress clientAddress;
  private final InetSocketAddress serverAddress;
  private Supplier<Link> toServer = () -> new Link().delay(Simulation.ms(10));
  private Supplier<Link> toClient = toServer;
  private UnaryOperator<ClientConfig> client = c -> c;
  private UnaryOperator<ServerConfig> server = c -> c;
  private int bytes = 20_000;
  private Duration limit = Duration.ofMinutes(30);
  private SlowSigner signer;
  private Connection connection;

  Scenario(Simulation sim) {
    this.sim = sim;
    this.clientAddress = sim.address(1);
    this.serverAddress = sim.address(2);
  }

  /** Both directions are of this kind. */
  Scenario links(Supplier<Link> kind) {
    return links(kind, kind);
  }

  /** Each direction is of its own kind. */
  Scenario links(Supplier<Link> clientToServer, Supplier<Link> serverToClient) {
    toServer = clientToServer;
    toClient = serverToClient;
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

  /** The server's signatures are made by somebody who takes so long. */
  Scenario signedAfter(Duration delay) {
    signer = new SlowSigner(sim, delay);
    return server(c -> c.withTls(c.tls().toBuilder().deferSignatures(true).build()));
  }

  /** How much goes each way. */
  Scenario bytes(int each) {
    bytes = each;
    return this;
  }

  /** In what virtual time all has to be over. */
  Scenario within(Duration time) {
    limit = time;
    return this;
  }

  /** Whether the client has come so far that addresses may change (RFC 9000 §9). */
  boolean isConfirmed() {
    return connection != null && connection.handshake.isConfirmed();
  }

  /** Runs it; everything arrives whole and in order, and both sides end clean. */
  Connection run() {
    SplittableRandom random = sim.random();
    Transfer transfer = new Transfer(bytes);
    Invariants ofClient = new Invariants(true, clientAddress);
    Invariants ofServer = new Invariants(false, serverAddress);
    EndpointNode clientNode =
        sim.attach(
            clientAddress,
            new EndpointNode(TestPeers.endpoint(random.split()), transfer::onEvents));
    EndpointNode serverNode =
        sim.attach(
            serverAddress,
            new EndpointNode(
                TestPeers.endpoint(random.split()),
                c -> {
                  if (signer != null) {
                    signer.attendTo(c);
                  }
                  transfer.onEvents(c);
                }));
    if (signer != null) {
      signer.serve(serverNode);
    }
    sim.route(clientAddress, serverAddress, toServer.get());
    sim.route(serverAddress, clientAddress, toClient.get());
    sim.watch(ofServer);
    // A late Initial makes another connection, which is watched by itself.
    Iterator<Invariants> first = List.of(ofServer).iterator();
    Supplier<Tracer> watches =
        () -> first.hasNext() ? first.next() : new Invariants(false, serverAddress);
    serverNode
        .endpoint()
        .listen(server.apply(TestPeers.server(random.split())).withTracer(watches));
    connection =
        clientNode
            .endpoint()
            .connect(
                null,
                serverAddress,
                client.apply(TestPeers.client(random.split())).withTracer(() -> ofClient),
                sim.now());
    sim.run(limit, () -> connection.ending() != null);
    assertInstanceOf(
        ApplicationClose.class, connection.ending(), () -> connection.ending().toString());
    assertEquals(2, transfer.finished(), "both directions arrived whole");
    assertForgotten(clientNode, serverNode);
    return connection;
  }

  /** What is not forgotten has a time at which it will be. */
  private void assertForgotten(EndpointNode... nodes) {
    sim.runFor(Duration.ofMinutes(2));
    for (EndpointNode node : nodes) {
      for (Connection left : node.endpoint().connections()) {
        assertTrue(left.nextDeadline() < Long.MAX_VALUE, "neither over nor with a deadline");
      }
    }
  }
}
