package dev.sluice.quic.connection;

import static dev.sluice.network.Simulation.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.ending.ConnectionEnding.ApplicationClose;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A client that closes in the moment in which its handshake is complete (RFC 9000 §10.2.3). */
class CloseAtOnceTest {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final Simulation sim = new Simulation(1);
  private final InetSocketAddress here = sim.address(1);
  private final InetSocketAddress there = sim.address(2);
  private final Link toServer = new Link().delay(ms(10));
  private final List<QuicEvent> serverEvents = new ArrayList<>();
  private final EndpointNode serverNode;
  private final Connection client;
  private Consumer<Connection> close = connection -> connection.close(7, "that was all");
  private int lost;

  CloseAtOnceTest() {
    SplittableRandom random = sim.random();
    EndpointNode clientNode =
        sim.attach(
            here, new EndpointNode(TestPeers.endpoint(random.split()), this::closeOnceComplete));
    serverNode =
        sim.attach(there, new EndpointNode(TestPeers.endpoint(random.split()), this::collect));
    sim.route(here, there, toServer);
    sim.route(there, here, new Link().delay(ms(10)));
    serverNode.endpoint().listen(TestPeers.server(random.split()));
    client =
        clientNode.endpoint().connect(null, there, TestPeers.client(random.split()), sim.now());
  }

  private void closeOnceComplete(Connection client) {
    for (QuicEvent event = client.nextEvent(); event != null; event = client.nextEvent()) {
      if (event instanceof QuicEvent.HandshakeComplete) {
        close.accept(client);
      }
    }
  }

  private void collect(Connection server) {
    for (QuicEvent event = server.nextEvent(); event != null; event = server.nextEvent()) {
      serverEvents.add(event);
    }
  }

  private Connection server() {
    return serverNode.accepted().getFirst();
  }

  private boolean serverHasEnded() {
    return !serverNode.accepted().isEmpty() && server().ending() != null;
  }

  @Test
  @Requirement("RFC9000-10.2.3#1")
  void theServerSeesAHandshakeAndWhatTheApplicationSaid() {
    sim.run(LIMIT, this::serverHasEnded);
    assertEquals(new ApplicationClose(Side.PEER, 7, "that was all"), server().ending());
    sim.runFor(Duration.ZERO);
    assertTrue(
        serverEvents.stream().anyMatch(QuicEvent.HandshakeComplete.class::isInstance),
        "it is told of the connection, too: " + serverEvents);
    assertEquals(new QuicEvent.Ended(server().ending()), serverEvents.getLast());
  }

  /** And the server need not keep what is left for as long as a connection without a round trip. */
  @Test
  void theServerForgetsItSoon() {
    sim.run(LIMIT, this::serverHasEnded);
    long ended = sim.now();
    sim.run(LIMIT, () -> serverNode.endpoint().isQuiet());
    assertTrue(sim.now() - ended < 500_000_000L, "after " + (sim.now() - ended));
  }

  @Test
  @Requirement({"RFC9000-10.2.3#4", "RFC9000-10.2.3#6", "RFC9000-10.2.3#7"})
  void aServerThatLostTheRestOfTheHandshakeIsToldWithoutDetails() {
    toServer.drop(datagram -> client.handshake.isComplete() && lost++ == 0);
    sim.run(LIMIT, this::serverHasEnded);
    assertEquals(2, lost, "one was lost, and the close is in the other");
    TransportClose close = assertInstanceOf(TransportClose.class, server().ending());
    assertEquals(TransportError.APPLICATION_ERROR.code(), close.code());
    assertEquals("", close.reason());
  }

  /**
   * The server reads 1-RTT and nothing else any more, the client does not know that yet, and has
   * much to say at each level.
   */
  @Test
  void aLongReasonLeavesRoomAtEveryLevel() {
    for (int length : IntStream.concat(IntStream.range(1090, 1140), IntStream.of(3000)).toArray()) {
      CloseAtOnceTest fresh = new CloseAtOnceTest();
      String reason = "x".repeat(length);
      fresh.close = connection -> connection.closeTransport(TransportError.INTERNAL_ERROR, reason);
      fresh.sim.run(LIMIT, fresh::serverHasEnded);
      TransportClose close = assertInstanceOf(TransportClose.class, fresh.server().ending());
      assertEquals(TransportError.INTERNAL_ERROR.code(), close.code());
      assertTrue(close.reason().length() > 300 && reason.startsWith(close.reason()));
    }
  }
}
