package dev.sluice.quic.connection;

import static dev.sluice.network.Simulation.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Datagram;
import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.network.Watcher;
import dev.sluice.quic.frame.NewConnectionIdFrame;
import dev.sluice.quic.frame.PaddingFrame;
import dev.sluice.quic.frame.PathChallengeFrame;
import dev.sluice.quic.frame.PathResponseFrame;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.testkit.Requirement;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A server that prefers another address than that of the handshake, RFC 9000 §9.6. */
class PreferredAddressTest {
  private static final Supplier<Link> WIRE = () -> new Link().delay(ms(10));

  private final Simulation sim = new Simulation(1);
  private final InetSocketAddress elsewhere = sim.address(3);
  private final InetSocketAddress better = sim.address(7);

  /** Gives the client another network. */
  private void plugIn(Duo duo) {
    sim.attach(elsewhere, duo.clientNode);
    sim.bothWays(elsewhere, duo.serverAddress, WIRE);
  }

  private Duo withPreferred(MigrationConfig client, Supplier<Link> wire) {
    return new Duo(
        sim,
        TransportConfig.DEFAULTS.withMigration(client),
        TransportConfig.DEFAULTS.withMigration(MigrationConfig.DEFAULTS.withPreferred(better)),
        wire,
        better);
  }

  @Test
  @Requirement({
    "RFC9000-9.6.1#2",
    "RFC9000-9.6.1#3",
    "RFC9000-9.6.2#1",
    "RFC9000-9.6.2#3",
    "RFC9000-9.6.3#5"
  })
  void bothSidesMoveToThePreferredAddress() {
    Duo duo = withPreferred(MigrationConfig.DEFAULTS, WIRE);
    assertEquals(better, duo.client.paths.active().remote());
    assertEquals(1, duo.client.paths.active().destination().number());
    duo.write(duo.client, 500);
    duo.runFor(100);
    assertEquals(better, duo.server.paths.active().local());
    duo.write(duo.server, 50_000);
    duo.runFor(2000);
    assertEquals(0, duo.server.recovery.path().bytesInFlight());
    assertNull(duo.client.ending());
  }

  @Test
  @Requirement("RFC9000-9.6.2#2")
  void theServerOnlyProbesFromThereUntilTheClientHasMoved() {
    // Deaf at first, so that there is a time to begin to watch.
    Duo duo =
        withPreferred(
            MigrationConfig.DEFAULTS,
            () -> WIRE.get().drop(d -> isBetter(d) && sim.elapsed().toMillis() < 700));
    int[] probes = {0};
    sim.watch(
        new Watcher() {
          @Override
          public void sent(long now, Datagram datagram) {
            if (datagram.source().equals(better)
                && !better.equals(duo.server.paths.active().local())) {
              assertEquals(1200, datagram.bytes().length);
              probes[0]++;
            }
          }
        });
    duo.write(duo.server, 5000);
    duo.runFor(3000);
    assertTrue(probes[0] > 0);
    assertEquals(better, duo.server.paths.active().local());
  }

  /** Whoever names another's address as its own could have its client write there. */
  @Test
  @Requirement("RFC9000-21.5.3#1")
  void theClientOnlyProbesThereUntilItHasAnAnswer() {
    Duo duo =
        withPreferred(
            MigrationConfig.DEFAULTS,
            () -> WIRE.get().drop(d -> isBetter(d) && sim.elapsed().toMillis() < 1500));
    int[] datagrams = {0};
    int before = duo.clientLog.sent().size();
    sim.watch(
        new Watcher() {
          @Override
          public void sent(long now, Datagram datagram) {
            datagrams[0] += datagram.destination().equals(better) ? 1 : 0;
          }
        });
    for (int i = 0; i < 60; i++) {
      duo.write(duo.client, 2000);
      duo.runFor(20);
    }
    assertEquals(duo.serverAddress, duo.client.paths.active().remote());
    List<PacketLog.Packet> sent = duo.clientLog.sent();
    long probes = sent.stream().skip(before).filter(PreferredAddressTest::onlyProbes).count();
    assertTrue(datagrams[0] > 0);
    assertEquals(datagrams[0], probes);
    assertTrue(sent.size() - before > probes, "data went to the server's first address");
    duo.runFor(3000);
    assertEquals(better, duo.client.paths.active().remote());
  }

  /** Frames that do not move a connection (§9.1). */
  private static boolean onlyProbes(PacketLog.Packet packet) {
    return packet.has(PathChallengeFrame.class)
        && packet.frames().stream()
            .allMatch(
                f ->
                    f instanceof PathChallengeFrame
                        || f instanceof PathResponseFrame
                        || f instanceof NewConnectionIdFrame
                        || f instanceof PaddingFrame);
  }

  private boolean isAnswer(Datagram datagram) {
    return datagram.destination().equals(better) && datagram.number() > 0;
  }

  private boolean isBetter(Datagram datagram) {
    return datagram.source().equals(better) || datagram.destination().equals(better);
  }

  @Test
  @Requirement("RFC9000-9.6.2#2")
  void theServerStaysUntilItHasValidatedThePathItself() {
    // The client asks, but its answer to the server's question is lost.
    Duo duo =
        withPreferred(
            MigrationConfig.DEFAULTS,
            () -> WIRE.get().drop(d -> isAnswer(d) && sim.elapsed().toMillis() < 540));
    assertEquals(better, duo.client.paths.active().remote());
    duo.write(duo.client, 500);
    duo.runFor(12); // the data has arrived, and nothing has answered yet
    assertEquals(duo.serverAddress, duo.server.paths.active().local());
    duo.runFor(3000);
    assertEquals(better, duo.server.paths.active().local());
  }

  @Test
  void theServerAsksForAsLongAsTheClientIsThereWithoutUsingUpIds() {
    // The way that the server stays on is gone, and for a while its questions are in vain.
    TransportConfig patient = TransportConfig.DEFAULTS.withIdleTimeout(Duration.ofMinutes(10));
    Duo duo =
        new Duo(
            sim,
            patient,
            patient.withMigration(MigrationConfig.DEFAULTS.withPreferred(better)),
            () ->
                WIRE.get()
                    .drop(d -> isAnswer(d) && d.length() >= 1200 && sim.elapsed().toSeconds() < 40),
            better);
    assertEquals(duo.serverAddress, duo.server.paths.active().local());
    sim.route(duo.serverAddress, duo.clientAddress, new Link().loss(1));
    for (int i = 0; i < 90; i++) {
      duo.write(duo.client, 500);
      duo.runFor(1000);
    }
    assertEquals(better, duo.server.paths.active().local());
    assertEquals(0, duo.client.recovery.path().bytesInFlight());
  }

  @Test
  void theClientHearsItsServerAtTheOldAddressForAsLongAsItStaysThere() {
    // The client's answers to the server's questions, of 1200 bytes, are lost.
    Duo duo =
        withPreferred(
            MigrationConfig.DEFAULTS,
            () -> WIRE.get().drop(d -> isAnswer(d) && d.length() >= 1200));
    assertEquals(better, duo.client.paths.active().remote());
    assertEquals(duo.serverAddress, duo.server.paths.active().local());
    for (int i = 0; i < 20; i++) {
      SendStream stream = duo.client.openUni();
      stream.write(new byte[500], 0, 500);
      duo.runFor(1000);
      assertEquals(500, stream.acknowledged());
    }
  }

  @Test
  @Requirement("RFC9000-9.6.2#4")
  void afterTheMoveTheOldAddressIsDeafToWhatIsNew() {
    Duo duo = withPreferred(MigrationConfig.DEFAULTS, WIRE);
    duo.write(duo.client, 500);
    duo.runFor(1000);
    List<byte[]> packets = new ArrayList<>();
    sim.route(
        duo.clientAddress,
        better,
        new Link()
            .drop(
                datagram -> {
                  packets.add(datagram.bytes());
                  return true;
                }));
    duo.write(duo.client, 500);
    duo.runFor(1);
    long dropped = duo.server.stats().datagramsDropped();
    byte[] packet = packets.getLast();
    duo.serverNode.receive(
        packet, 0, packet.length, duo.serverAddress, duo.clientAddress, 0, sim.now());
    assertEquals(dropped + 1, duo.server.stats().datagramsDropped());
    assertEquals(better, duo.server.paths.active().local());
  }

  @Test
  @Requirement("RFC9000-9.6.1#4")
  void aPreferredAddressThatDoesNotAnswerChangesNothing() {
    Duo duo =
        withPreferred(
            MigrationConfig.DEFAULTS,
            () -> new Link().delay(ms(10)).drop(d -> d.source().equals(better)));
    duo.runFor(5000);
    assertEquals(duo.serverAddress, duo.client.paths.active().remote());
    assertEquals(List.of(), Duo.events(duo.clientEvents, QuicEvent.PathChanged.class));
    duo.write(duo.client, 500);
    duo.runFor(500);
    assertNull(duo.client.ending());
    assertEquals(duo.serverAddress, duo.server.paths.active().local());
  }

  @Test
  void aClientMayDeclineThePreferredAddress() {
    Duo duo = withPreferred(MigrationConfig.DEFAULTS.withFollowPreferred(false), WIRE);
    duo.runFor(1000);
    assertEquals(duo.serverAddress, duo.client.paths.active().remote());
    assertEquals(List.of(), duo.client.paths.others());
  }

  @Test
  @Requirement({"RFC9000-9.6.3#1", "RFC9000-9.6.3#2"})
  void aClientThatMovesMeanwhileTriesBothAddressesAndPrefersThePreferredOne() {
    Duo duo = withPreferred(MigrationConfig.DEFAULTS, slowToAnswer());
    plugIn(duo);
    sim.bothWays(elsewhere, better, () -> new Link().delay(ms(30)));
    duo.client.migrate(elsewhere, sim.now());
    assertEquals(2, duo.client.paths.others().size());
    duo.runFor(1000);
    assertEquals(elsewhere, duo.client.paths.active().local());
    assertEquals(better, duo.client.paths.active().remote());
    duo.write(duo.client, 500);
    duo.runFor(1000);
    assertEquals(better, duo.server.paths.active().local());
    assertEquals(elsewhere, duo.server.paths.active().remote());
  }

  @Test
  @Requirement("RFC9000-9.6.3#3")
  void aClientThatMovesMeanwhileStaysWithTheOriginalAddressIfOnlyThatAnswers() {
    Duo duo = withPreferred(MigrationConfig.DEFAULTS, slowToAnswer());
    plugIn(duo);
    sim.bothWays(elsewhere, better, () -> new Link().loss(1));
    duo.client.migrate(elsewhere, sim.now());
    duo.runFor(8000);
    assertEquals(elsewhere, duo.client.paths.active().local());
    assertEquals(duo.serverAddress, duo.client.paths.active().remote());
  }

  /** The preferred address answers, but not within the half second that a Duo has gone by. */
  private Supplier<Link> slowToAnswer() {
    return () -> new Link().delay(ms(10)).drop(d -> d.source().equals(better));
  }

  @Test
  void preferredAddressesSurviveTheirEncoding() throws UnknownHostException {
    InetSocketAddress ipv6 = new InetSocketAddress(InetAddress.getByName("2001:db8::1"), 65_535);
    Bytes token = Bytes.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
    for (InetSocketAddress one : new InetSocketAddress[] {better, null}) {
      PreferredAddress address =
          new PreferredAddress(one, ipv6, ConnectionId.of(new byte[] {1, 2, 3}), token);
      assertEquals(address, PreferredAddress.read(address.encode()));
    }
  }

  @Test
  @Requirement("RFC9000-9.6.3#4")
  void anotherSourceAtThePreferredAddressHasToProveItself() {
    Duo duo = withPreferred(MigrationConfig.DEFAULTS, WIRE);
    duo.write(duo.client, 500);
    duo.runFor(1000);
    List<byte[]> packets = new ArrayList<>();
    sim.route(duo.clientAddress, better, new Link().drop(d -> packets.add(d.bytes())));
    duo.server.openUni().write(new byte[100_000], 0, 100_000);
    duo.write(duo.client, 500);
    duo.runFor(1);
    InetSocketAddress victim = sim.address(9);
    long[] sent = {0};
    sim.watch(
        new Watcher() {
          @Override
          public void sent(long now, Datagram datagram) {
            sent[0] += datagram.destination().equals(victim) ? datagram.length() : 0;
          }
        });
    byte[] packet = packets.getLast();
    long before = duo.serverLog.sentFrames(PathChallengeFrame.class).count();
    duo.serverNode.receive(packet, 0, packet.length, better, victim, 0, sim.now());
    assertEquals(victim, duo.server.paths.active().remote());
    duo.runFor(50);
    assertTrue(sent[0] <= 3 * packet.length, sent[0] + " bytes");
    assertTrue(duo.serverLog.sentFrames(PathChallengeFrame.class).count() > before);
  }
}
