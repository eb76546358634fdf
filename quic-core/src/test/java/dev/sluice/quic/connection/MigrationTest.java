package dev.sluice.quic.connection;

import static dev.sluice.network.Simulation.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Datagram;
import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.network.Watcher;
import dev.sluice.quic.congestion.CongestionController;
import dev.sluice.quic.ending.ConnectionEnding.ApplicationClose;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.frame.PingFrame;
import dev.sluice.quic.recovery.PathRecovery;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Clients move (RFC 9000 §9.1, §9.2). */
class MigrationTest {
  private static final Supplier<Link> WIRE = () -> new Link().delay(ms(10));

  private final Simulation sim = new Simulation(1);
  private final InetSocketAddress elsewhere = sim.address(3);

  private Duo duo(MigrationConfig client, MigrationConfig server) {
    Duo duo =
        new Duo(
            sim,
            TransportConfig.DEFAULTS.withMigration(client),
            TransportConfig.DEFAULTS.withMigration(server),
            WIRE);
    return duo;
  }

  private Duo duo() {
    return duo(MigrationConfig.DEFAULTS, MigrationConfig.DEFAULTS);
  }

  /** Gives the client another network. */
  private void plugIn(Duo duo) {
    sim.attach(elsewhere, duo.clientNode);
    sim.bothWays(elsewhere, duo.serverAddress, WIRE);
  }

  @Test
  @Requirement({
    "RFC9000-9.1#1",
    "RFC9000-9.3#1",
    "RFC9000-9.4#1",
    "RFC9000-9.4#2",
    "RFC9000-9.5#2",
    "RFC9000-9.5#3"
  })
  void aClientMovesOnceTheNewPathIsSeenToWork() {
    Duo duo = duo();
    duo.write(duo.client, 100_000);
    plugIn(duo);
    duo.runFor(500);
    ConnectionId clientsBefore = duo.client.paths.active().destination().id();
    ConnectionId serversBefore = duo.server.paths.active().destination().id();
    duo.client.migrate(elsewhere, sim.now());
    assertEquals(duo.clientAddress, local(duo.client, duo));
    duo.runFor(15);
    assertEquals(duo.clientAddress, local(duo.client, duo)); // no answer yet
    duo.runFor(2000);
    assertEquals(elsewhere, local(duo.client, duo));
    assertEquals(
        List.of(new QuicEvent.PathChanged(elsewhere, duo.serverAddress)),
        Duo.events(duo.clientEvents, QuicEvent.PathChanged.class));
    assertTrue(
        duo.client.recovery.path().congestion().window()
            <= CongestionController.initialWindow(1452));
    duo.write(duo.client, 500);
    duo.runFor(100);
    assertEquals(elsewhere, duo.server.paths.active().remote());
    assertTrue(duo.server.paths.active().isValidated());
    assertNotEquals(clientsBefore, duo.client.paths.active().destination().id());
    assertNotEquals(serversBefore, duo.server.paths.active().destination().id());
    duo.runFor(5000);
    assertEquals(0, duo.client.paths.others().size());
    assertEquals(0, duo.server.paths.others().size());
  }

  /** Also for one that it proved to be at before it moved there (§9.3): that is the newest then. */
  @Test
  void aClientHasATokenForTheAddressThatItHasMovedTo() {
    Duo duo = duo();
    plugIn(duo);
    int tokens = 1; // with the handshake
    for (InetSocketAddress there : List.of(elsewhere, duo.clientAddress, elsewhere)) {
      duo.client.migrate(there, sim.now());
      duo.runFor(50);
      duo.write(duo.client, 500);
      duo.runFor(50);
      assertEquals(there, duo.server.paths.active().remote());
      tokens++;
      assertEquals(tokens, Duo.events(duo.clientEvents, QuicEvent.NewToken.class).size());
    }
  }

  private static InetSocketAddress local(Connection connection, Duo duo) {
    InetSocketAddress local = connection.paths.active().local();
    return local == null ? duo.clientAddress : local;
  }

  @Test
  @Requirement("RFC9000-8.2.2#3")
  void dataInFlightAtTheMoveArrivesEvenIfTheOldPathIsDead() {
    Duo duo = duo();
    plugIn(duo);
    Link[] dead = {new Link().loss(1), new Link().loss(1)};
    sim.route(duo.clientAddress, duo.serverAddress, dead[0]);
    sim.route(duo.serverAddress, duo.clientAddress, dead[1]);
    duo.write(duo.client, 50_000);
    duo.client.migrate(elsewhere, sim.now());
    duo.runFor(5000);
    assertEquals(0, duo.client.recovery.path().bytesInFlight());
    assertEquals(elsewhere, duo.server.paths.active().remote());
    byte[] all = new byte[50_000];
    var stream = Duo.events(duo.serverEvents, QuicEvent.PeerOpened.class).getFirst().recv();
    assertEquals(50_000, stream.read(all, 0, all.length));
  }

  /**
   * Each path that the server cannot be heard on has taken one of the client's IDs, and what the
   * server gives them back with goes where it cannot be heard either.
   */
  @Test
  @Requirement("RFC9000-5.1.1#11")
  void aServerThatHasRunOutOfIdsIsGivenNewOnes() {
    Duo duo = duo();
    for (int i = 3; i < 6; i++) {
      InetSocketAddress deaf = sim.address(i);
      sim.attach(deaf, duo.clientNode);
      sim.route(deaf, duo.serverAddress, WIRE.get());
      sim.route(duo.serverAddress, deaf, new Link().loss(1));
      duo.client.migrate(deaf, sim.now());
      duo.runFor(500);
    }
    assertFalse(duo.server.ids.remote().hasUnused());
    sim.route(duo.serverAddress, duo.clientAddress, new Link().loss(1));
    duo.write(duo.client, 50_000);
    InetSocketAddress good = sim.address(6);
    sim.attach(good, duo.clientNode);
    sim.bothWays(good, duo.serverAddress, WIRE);
    duo.client.migrate(good, sim.now());
    duo.runFor(5000);
    assertEquals(good, local(duo.client, duo));
    assertEquals(0, duo.client.recovery.path().bytesInFlight());
  }

  /**
   * All that the client says after its move is heard and acknowledged, but no question or answer,
   * which are longer, gets through. Then it has nothing more to say, and is not where the server
   * has returned to.
   */
  @Test
  @Requirement("RFC9000-9.3.2#1")
  void aServerThatHearsNothingAsksAgainWhereItsClientHadMovedTo() {
    Duo duo = duo();
    plugIn(duo);
    duo.client.migrate(elsewhere, sim.now());
    duo.runFor(15);
    sim.bothWays(elsewhere, duo.serverAddress, () -> WIRE.get().mtu(1000));
    duo.runFor(10);
    assertEquals(elsewhere, local(duo.client, duo));
    duo.write(duo.client, 500);
    duo.runFor(5000);
    assertEquals(duo.clientAddress, duo.server.paths.active().remote());
    assertEquals(0, duo.client.recovery.path().bytesInFlight());
    sim.bothWays(elsewhere, duo.serverAddress, WIRE);
    sim.route(duo.serverAddress, duo.clientAddress, new Link().loss(1));
    duo.write(duo.server, 50_000);
    duo.runFor(10_000);
    assertEquals(elsewhere, duo.server.paths.active().remote());
    assertEquals(0, duo.server.recovery.path().bytesInFlight());
  }

  /** Both ways deliver all, but what leaves last on the new one is acknowledged first (§9.4). */
  @Test
  void nothingIsLostWhenWhatIsSentAfterAMoveOvertakesWhatWasSentBefore() {
    Duo duo =
        new Duo(
            sim,
            TransportConfig.DEFAULTS,
            TransportConfig.DEFAULTS,
            () -> new Link().delay(ms(100)));
    sim.attach(elsewhere, duo.clientNode);
    sim.bothWays(elsewhere, duo.serverAddress, WIRE);
    PathRecovery before = duo.client.recovery.path();
    duo.client.migrate(elsewhere, sim.now());
    duo.write(duo.client, 100_000);
    duo.runFor(15);
    assertTrue(before.bytesInFlight() > 10_000);
    duo.runFor(10);
    assertEquals(elsewhere, local(duo.client, duo));
    duo.write(duo.client, 20_000);
    duo.runFor(50);
    assertTrue(duo.client.recovery.path().rtt().isSampled());
    assertTrue(before.bytesInFlight() > 10_000, "still under way");
    duo.runFor(1000);
    assertEquals(0, before.bytesInFlight());
    assertEquals(0, duo.client.recovery.packetsLost());
  }

  /** What overtakes a probe on its way is more than one byte can count (§17.1). */
  @Test
  @Requirement("RFC9000-17.1#3")
  void aPathIsFoundToWorkAlthoughHundredsOfPacketsOvertakeItsProbes() {
    Duo duo = duo();
    plugIn(duo);
    Supplier<Link> longWay = () -> new Link().delay(ms(70));
    sim.bothWays(elsewhere, duo.serverAddress, longWay);
    int before = 0;
    for (int i = 0; i < 30; i++) {
      if (i == 10) {
        before = duo.clientLog.sent().size();
        duo.client.migrate(elsewhere, sim.now());
      }
      duo.write(duo.client, 100_000);
      duo.runFor(10);
    }
    assertTrue(duo.clientLog.sent().size() - before > 400, "overtaken");
    assertEquals(elsewhere, local(duo.client, duo));
  }

  @Test
  @Requirement("RFC9000-9.1#1")
  void aClientStaysWhereTheNewPathDoesNotAnswer() {
    Duo duo = duo();
    plugIn(duo);
    sim.route(duo.serverAddress, elsewhere, new Link().loss(1));
    duo.client.migrate(elsewhere, sim.now());
    duo.runFor(5000);
    assertEquals(
        1,
        Duo.events(duo.clientEvents, QuicEvent.MigrationFailed.class).size(),
        () -> "" + sim.now());
    assertEquals(duo.clientAddress, local(duo.client, duo));
    assertEquals(List.of(), duo.client.paths.others());
    duo.write(duo.client, 500);
    duo.runFor(500);
    assertNull(duo.client.ending());
    assertEquals(duo.clientAddress, duo.server.paths.active().remote());
  }

  /**
   * Its ID is that of a path which is left, and kept for a while; what gives it back may be lost.
   */
  @Test
  void aMoveWaitsForAnIdAlsoWhereTheServerIsAskedTwice() {
    Duo duo = duo();
    plugIn(duo);
    for (InetSocketAddress there : List.of(elsewhere, duo.clientAddress, elsewhere)) {
      duo.client.migrate(there, sim.now());
      duo.runFor(21);
      assertEquals(there, local(duo.client, duo));
    }
    duo.write(duo.client, 5000);
    duo.runFor(21);
    sim.route(elsewhere, duo.serverAddress, new Link().loss(1));
    duo.client.migrate(duo.clientAddress, sim.now());
    int kept = duo.client.paths.others().size();
    sim.run(Duration.ofSeconds(1), () -> duo.client.paths.others().size() < kept);
    duo.runFor(1);
    sim.route(elsewhere, duo.serverAddress, WIRE.get());
    duo.runFor(1000);
    assertEquals(List.of(), Duo.events(duo.clientEvents, QuicEvent.MigrationFailed.class));
    assertEquals(duo.clientAddress, local(duo.client, duo));
  }

  @Test
  @Requirement({"RFC9000-9#2", "RFC9000-18.2#3"})
  void aClientStaysWhereTheServerWantsIt() {
    Duo duo = duo(MigrationConfig.DEFAULTS, MigrationConfig.DEFAULTS.withDisableActive(true));
    plugIn(duo);
    duo.client.migrate(elsewhere, sim.now());
    duo.runFor(2000);
    assertEquals(1, Duo.events(duo.clientEvents, QuicEvent.MigrationFailed.class).size());
    assertEquals(List.of(), duo.client.paths.others());
  }

  @Test
  @Requirement("RFC9000-9#1")
  void nobodyMovesBeforeTheHandshakeIsConfirmed() {
    SplittableRandom random = sim.random();
    InetSocketAddress here = sim.address(1);
    InetSocketAddress there = sim.address(2);
    EndpointNode client = sim.attach(here, new EndpointNode(TestPeers.endpoint(random), c -> {}));
    EndpointNode server = sim.attach(there, new EndpointNode(TestPeers.endpoint(random), c -> {}));
    sim.attach(elsewhere, client);
    sim.bothWays(here, there, WIRE);
    sim.bothWays(elsewhere, there, WIRE);
    server.endpoint().listen(TestPeers.server(random));
    Connection moving = client.endpoint().connect(here, there, TestPeers.client(random), sim.now());
    sim.watch(
        new Watcher() {
          @Override
          public void sent(long now, Datagram datagram) {
            assertTrue(
                moving.handshake.isConfirmed() || !datagram.source().equals(elsewhere),
                datagram::toString);
          }
        });
    moving.migrate(elsewhere, sim.now());
    sim.runFor(Duration.ofSeconds(1));
    assertEquals(elsewhere, moving.paths.active().local());
    Connection accepted = server.accepted().getFirst();
    while (accepted.nextEvent() != null) {}
    accepted.migrate(elsewhere, sim.now()); // servers do not
    assertInstanceOf(QuicEvent.MigrationFailed.class, accepted.nextEvent());
  }

  @Test
  @Requirement("RFC9000-8.2.4#3")
  void aPathWithoutRoomFor1200BytesIsNoPath() {
    Duo duo = duo();
    InetSocketAddress moved = sim.rebind(duo.clientAddress, true);
    sim.route(
        duo.serverAddress,
        duo.clientAddress,
        new Link().delay(ms(10)).drop(d -> d.bytes().length >= 1200));
    duo.write(duo.client, 10);
    duo.runFor(300);
    assertEquals(moved, duo.server.paths.active().remote());
    assertTrue(duo.server.paths.active().isValidated()); // by a small challenge
    assertFalse(duo.server.paths.active().hasAnswered());
    duo.runFor(8000);
    assertEquals(duo.clientAddress, duo.server.paths.active().remote());
  }

  /** Ended is the last event, whatever the application still asks for. */
  @Test
  void aConnectionThatHasEndedSaysNothingOfMoves() {
    Duo duo = new Duo(TransportConfig.DEFAULTS, TransportConfig.DEFAULTS);
    duo.client.close(0, "");
    duo.runFor(0);
    assertInstanceOf(QuicEvent.Ended.class, duo.clientEvents.getLast());
    duo.client.migrate(duo.sim.address(5), duo.sim.now());
    assertNull(duo.client.nextEvent());
  }

  /** A few times what came from there is enough for a close (§8.1). */
  @Test
  void aServerClosesWhereItsClientHasNotProvenToBeYet() {
    Duo duo = duo();
    plugIn(duo);
    byte[] packet = duo.fromClient(SealedPackets.payload(new PingFrame()));
    duo.serverNode.receive(packet, 0, packet.length, duo.serverAddress, elsewhere, 0, sim.now());
    assertEquals(elsewhere, duo.server.paths.active().remote());
    duo.server.close(7, "that was all");
    duo.runFor(20);
    assertEquals(new ApplicationClose(Side.PEER, 7, "that was all"), duo.client.ending());
  }
}
