package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.ApplicationClose;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.sim.EndpointNode;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Servers whose signatures are made elsewhere, while the connection goes on. */
class SigningTest {
  private final Simulation sim = new Simulation(7);
  private final InetSocketAddress clientAddress = sim.address(1);
  private final InetSocketAddress serverAddress = sim.address(2);
  private SlowSigner signer = new SlowSigner(sim, Duration.ofSeconds(2));
  private EndpointNode clientNode;
  private EndpointNode serverNode;
  private Connection client;
  private Connection server;

  @Test
  void aSignatureMayTakeAnyTime() {
    for (int millis : new int[] {0, 1, 30, 400, 5_000}) {
      Simulation.seeds(10, any -> new Scenario(any).signedAfter(Duration.ofMillis(millis)).run());
    }
  }

  @Test
  void onAnUglyNetworkToo() {
    Simulation.seeds(
        150,
        any ->
            new Scenario(any)
                .links(
                    () ->
                        new Link()
                            .delay(Simulation.ms(10))
                            .loss(0.2)
                            .reorder(0.3, Simulation.ms(40))
                            .duplicate(0.1))
                .signedAfter(Simulation.ms(any.random().nextInt(300)))
                .run());
  }

  /** Runs until the server has asked for the signature, and the client has its chain. */
  private void connectAndWait() {
    SplittableRandom random = sim.random();
    clientNode = sim.attach(clientAddress, node(random));
    serverNode = sim.attach(serverAddress, node(random));
    signer.serve(serverNode);
    sim.bothWays(clientAddress, serverAddress, () -> new Link().delay(Simulation.ms(10)));
    ServerConfig config = TestPeers.server(random.split());
    serverNode
        .endpoint()
        .listen(config.withTls(config.tls().toBuilder().deferSignatures(true).build()));
    client =
        clientNode
            .endpoint()
            .connect(null, serverAddress, TestPeers.client(random.split()), sim.now());
    sim.run(Duration.ofSeconds(1), () -> signer.asked > 0);
    server = serverNode.accepted().getFirst();
    sim.runFor(Simulation.ms(300));
    assertFalse(client.handshake.isComplete());
    assertEquals(1, client.handshake.tls().session().peerCertificates().size());
  }

  private EndpointNode node(SplittableRandom random) {
    return new EndpointNode(
        TestPeers.endpoint(random.split()),
        c -> {
          signer.attendTo(c);
          while (c.nextEvent() != null) {
            // nobody cares
          }
        });
  }

  @Test
  void itIsAskedForOnce() {
    connectAndWait();
    assertNull(server.signing().poll());
    sim.runFor(Duration.ofSeconds(3));
    assertTrue(client.handshake.isConfirmed());
    assertEquals(1, signer.asked);
    assertEquals(1, signer.brought);
  }

  @Test
  void theServerMayCloseMeanwhile() {
    connectAndWait();
    server.close(5, "no time");
    serverNode.endpoint().touch(server);
    sim.runFor(Duration.ofSeconds(1));
    // Before the handshake is complete an application's code does not travel (RFC 9000 §10.2.3).
    assertInstanceOf(TransportClose.class, client.ending());
    endOfAll();
  }

  @Test
  void theClientMayCloseMeanwhile() {
    connectAndWait();
    client.close(5, "no time");
    clientNode.endpoint().touch(client);
    sim.runFor(Duration.ofSeconds(1));
    assertNotNull(server.ending());
    endOfAll();
  }

  /** The signature comes for a connection that is over. */
  private void endOfAll() {
    ConnectionEnding before = server.ending();
    assertEquals(0, signer.brought);
    sim.runFor(Duration.ofSeconds(30));
    assertEquals(1, signer.brought);
    assertEquals(before, server.ending());
    assertTrue(client.isEnded());
    assertTrue(server.isEnded());
    assertTrue(serverNode.endpoint().isQuiet());
    server.signing().signed(new byte[64], sim.now());
    assertNull(server.signing().poll());
  }

  @Test
  void whoeverDoesNotSignEndsTheConnection() {
    connectAndWait();
    server.signing().signed(null, sim.now());
    serverNode.endpoint().touch(server);
    sim.runFor(Duration.ofSeconds(1));
    // internal_error as a QUIC code (RFC 9001 §4.8).
    assertEquals(0x150, assertInstanceOf(TransportClose.class, server.ending()).code());
    assertEquals(0x150, assertInstanceOf(TransportClose.class, client.ending()).code());
  }

  @Test
  void aSignatureThatNeverComesIsNotWaitedForForever() {
    signer = new SlowSigner(sim, Duration.ofDays(1));
    connectAndWait();
    sim.runFor(Duration.ofMinutes(5));
    assertTrue(server.isEnded());
    assertFalse(server.ending() instanceof ApplicationClose);
  }
}
