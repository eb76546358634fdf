package dev.sluice.quic.connection;

import static dev.sluice.network.Simulation.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Datagram;
import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.network.Watcher;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.frame.PathChallengeFrame;
import dev.sluice.quic.frame.PathResponseFrame;
import dev.sluice.quic.path.Path;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The datagrams that ask whether a path works, and those that answer (RFC 9000 §8.2). */
class PathFramesTest {
  private static final Supplier<Link> WIRE = () -> new Link().delay(ms(10));

  private Duo moved(long seed) {
    Simulation sim = new Simulation(seed);
    Duo duo = new Duo(sim, TransportConfig.DEFAULTS, TransportConfig.DEFAULTS, WIRE);
    InetSocketAddress elsewhere = sim.address(3);
    sim.attach(elsewhere, duo.clientNode);
    sim.bothWays(elsewhere, duo.serverAddress, WIRE);
    duo.client.migrate(elsewhere, sim.now());
    duo.runFor(1000);
    duo.write(duo.client, 500);
    duo.runFor(1000);
    assertEquals(elsewhere, duo.server.paths.active().remote());
    return duo;
  }

  @Test
  @Requirement({"RFC9000-8.2.1#5", "RFC9000-8.2.2#5"})
  void questionsAndAnswersFillTheirDatagrams() {
    Duo duo = moved(1);
    int seen = 0;
    for (PacketLog log : List.of(duo.clientLog, duo.serverLog)) {
      for (PacketLog.Packet packet : log.sent()) {
        if (packet.has(PathChallengeFrame.class) || packet.has(PathResponseFrame.class)) {
          seen++;
          assertTrue(packet.bytes() >= 1200, packet::toString);
        }
      }
    }
    assertTrue(seen >= 4);
  }

  @Test
  @Requirement("RFC9000-8.2.1#4")
  void noQuestionIsAskedTwice() {
    Set<Long> data = new HashSet<>();
    Set<Integer> halves = new HashSet<>();
    int asked = 0;
    for (int seed = 1; seed <= 20; seed++) {
      Duo duo = moved(seed);
      for (PacketLog log : List.of(duo.clientLog, duo.serverLog)) {
        for (PathChallengeFrame f : log.sentFrames(PathChallengeFrame.class).toList()) {
          asked++;
          data.add(f.data());
          halves.add((int) f.data());
          halves.add((int) (f.data() >>> 32));
        }
      }
    }
    assertTrue(asked >= 40);
    assertEquals(asked, data.size());
    assertEquals(2 * asked, halves.size(), "no part of it is the same either");
  }

  @Test
  @Requirement("RFC9000-8.2.2#2")
  void anAnswerDoesNotWait() {
    Duo duo = new Duo(TransportConfig.DEFAULTS, TransportConfig.DEFAULTS);
    long now = duo.sim.now();
    duo.toServer(duo.fromClient(SealedPackets.payload(new PathChallengeFrame(7))));
    duo.runFor(500);
    assertEquals(
        now,
        duo.serverLog.sent().stream()
            .filter(p -> p.has(PathResponseFrame.class))
            .findFirst()
            .orElseThrow()
            .time());
  }

  /** Whoever insisted on the path of the question could be kept from moving by an attacker. */
  @Test
  @Requirement("RFC9000-8.2.2#4")
  void anAnswerCountsOnWhateverPathItComes() {
    Duo duo = new Duo(TransportConfig.DEFAULTS, TransportConfig.DEFAULTS);
    InetSocketAddress moved = duo.sim.rebind(duo.clientAddress, true);
    duo.sim.route(duo.serverAddress, duo.clientAddress, new Link().loss(1));
    duo.write(duo.client, 100);
    duo.runFor(50);
    Path path = duo.server.paths.active();
    assertEquals(moved, path.remote());
    assertFalse(path.isValidated());
    for (PathChallengeFrame asked : duo.serverLog.sentFrames(PathChallengeFrame.class).toList()) {
      duo.toServer(
          duo.fromClient(SealedPackets.payload(new PathResponseFrame(asked.data())))); // old path
    }
    assertTrue(path.isValidated());
  }

  @Test
  @Requirement("RFC9000-8.2.2#6")
  void anAnswerToAnAddressThatIsNotValidatedIsNoLongerThanItMayBe() {
    Duo duo = new Duo(TransportConfig.DEFAULTS, TransportConfig.DEFAULTS);
    InetSocketAddress elsewhere = duo.sim.address(9);
    int[] sent = {0};
    duo.sim.watch(
        new Watcher() {
          @Override
          public void sent(long now, Datagram datagram) {
            sent[0] += datagram.destination().equals(elsewhere) ? datagram.length() : 0;
          }
        });
    byte[] asking = duo.fromClient(SealedPackets.payload(new PathChallengeFrame(7)));
    duo.serverNode.receive(
        asking, 0, asking.length, duo.serverAddress, elsewhere, 0, duo.sim.now());
    duo.runFor(2000);
    assertEquals(1, duo.serverLog.sentFrames(PathResponseFrame.class).count());
    assertTrue(sent[0] > 0 && sent[0] <= 3 * asking.length, sent[0] + " bytes");
  }

  @Test
  @Requirement("RFC9000-14#1")
  void aPathForLessThan1200BytesCarriesNoConnection() {
    Simulation sim = new Simulation(1);
    for (int mtu : new int[] {1200, 1199}) {
      InetSocketAddress here = sim.address(mtu);
      InetSocketAddress there = sim.address(10 * mtu);
      var client = sim.attach(here, new EndpointNode(TestPeers.endpoint(sim.random()), c -> {}));
      var server = sim.attach(there, new EndpointNode(TestPeers.endpoint(sim.random()), c -> {}));
      sim.bothWays(here, there, () -> WIRE.get().mtu(mtu));
      server.endpoint().listen(TestPeers.server(sim.random()));
      Connection connection =
          client.endpoint().connect(null, there, TestPeers.client(sim.random()), sim.now());
      sim.run(
          Duration.ofMinutes(5),
          () -> connection.handshake.isConfirmed() || connection.ending() != null);
      if (mtu < 1200) {
        assertInstanceOf(ConnectionEnding.HandshakeTimeout.class, connection.ending());
      } else {
        assertTrue(connection.handshake.isConfirmed());
      }
    }
  }
}
