package dev.sluice.quic.connection;

import static dev.sluice.network.Simulation.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.frame.ConnectionCloseFrame;
import dev.sluice.quic.frame.NewTokenFrame;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The client's address changes while the handshake is under way (RFC 9000 §9). */
class RebindingTest {
  private static final Supplier<Link> WIRE = () -> new Link().delay(ms(10));

  private final Simulation sim = new Simulation(1);
  private final SplittableRandom random = sim.random();
  private final InetSocketAddress here = sim.address(1);
  private final InetSocketAddress there = sim.address(2);
  private final EndpointNode client =
      sim.attach(here, new EndpointNode(TestPeers.endpoint(random), c -> {}));
  private final EndpointNode server =
      sim.attach(there, new EndpointNode(TestPeers.endpoint(random), c -> {}));

  private final PacketLog log = new PacketLog();

  private long tokensGiven() {
    return log.sentFrames(NewTokenFrame.class).count();
  }

  /** Of what the client sends after its ClientHello nothing comes from where that came from. */
  private Connection connectAndRebind() {
    sim.bothWays(here, there, WIRE);
    server.endpoint().listen(TestPeers.server(random).withTracer(() -> log));
    Connection connection =
        client.endpoint().connect(here, there, TestPeers.client(random), sim.now());
    sim.route(here, there, WIRE.get().drop(d -> d.number() > 1 && d.source().equals(here)));
    sim.at(ms(25), () -> sim.rebind(here, true));
    return connection;
  }

  @Test
  void rebindingAtAnyMomentOfTheHandshakeIsSurvived() {
    for (int micros = 0; micros < 60_000; micros += 1_500) {
      Simulation one = new Simulation(micros + 1);
      InetSocketAddress moving = one.address(1);
      boolean newHost = micros % 2_000 == 0;
      one.at(Duration.ofNanos(micros * 1000L), () -> one.rebind(moving, newHost));
      Duo duo = new Duo(one, TransportConfig.DEFAULTS, TransportConfig.DEFAULTS, WIRE);
      duo.write(duo.client, 20_000);
      duo.write(duo.server, 20_000);
      duo.runFor(6000);
      assertNull(duo.client.ending(), () -> one.seed() + "");
      assertTrue(duo.server.paths.active().isValidated(), () -> one.seed() + "");
      assertEquals(0, duo.server.recovery.path().bytesInFlight(), () -> one.seed() + "");
      assertEquals(0, duo.client.recovery.path().bytesInFlight(), () -> one.seed() + "");
    }
  }

  /** What follows the ClientHello is the first to be addressed by the ID of the server's choice. */
  @Test
  void rebindingBeforeTheFinishedIsSurvived() {
    Connection connection = connectAndRebind();
    sim.run(Duration.ofSeconds(5), connection.handshake::isConfirmed);
    assertTrue(connection.handshake.isConfirmed());
    sim.runFor(Duration.ofSeconds(1));
    assertTrue(server.accepted().getFirst().paths.active().hasAnswered());
    assertEquals(1, tokensGiven(), "for the address that was proven, and for no other");
  }

  @Test
  @Requirement("RFC9000-9.3.2#2")
  void aServerWithoutAnyProvenAddressEndsSilently() {
    connectAndRebind();
    // The Handshake packets come from elsewhere, and the challenge reaches nobody.
    sim.run(
        Duration.ofSeconds(5),
        () -> !server.accepted().isEmpty() && server.accepted().getFirst().tls() != null);
    sim.route(there, here, new Link().loss(1));
    sim.route(here, there, new Link().loss(1));
    Connection accepted = server.accepted().getFirst();
    assertTrue(accepted.handshake.isConfirmed());
    assertFalse(accepted.paths.active().isValidated());
    sim.runFor(Duration.ofSeconds(8));
    assertEquals(
        new ConnectionEnding.TransportClose(
            ConnectionEnding.Side.LOCAL,
            TransportError.NO_VIABLE_PATH.code(),
            0,
            "the peer does not answer at its new address"),
        accepted.ending());
    assertTrue(accepted.isEnded());
    assertEquals(0, log.sentFrames(ConnectionCloseFrame.class).count());
    // With one the victim could be sent much more, on another connection (§8.1.3).
    assertEquals(0, tokensGiven(), "whoever got a token has proven an address");
  }
}
