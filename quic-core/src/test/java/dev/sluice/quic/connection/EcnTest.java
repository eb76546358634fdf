package dev.sluice.quic.connection;

import static dev.sluice.network.Simulation.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Datagram;
import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.network.Watcher;
import dev.sluice.quic.congestion.CongestionAlgorithm;
import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.AckRanges;
import dev.sluice.quic.frame.EcnCounts;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.recovery.EcnValidation.State;
import dev.sluice.quic.recovery.PathRecovery;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** ECN over networks that mark, clear, mangle and drop, RFC 9000 §13.4. */
class EcnTest {
  private static final TransportConfig CONFIG =
      TransportConfig.DEFAULTS.withCongestion(CongestionAlgorithm.NEW_RENO);

  private final Simulation sim = new Simulation(1);
  private int sent;
  private int marked;

  private Duo duo(Supplier<Link> wire) {
    sim.watch(
        new Watcher() {
          @Override
          public void sent(long now, Datagram datagram) {
            sent++;
            marked += datagram.ecn() == 2 ? 1 : 0;
          }
        });
    return new Duo(sim, CONFIG, CONFIG, wire);
  }

  private static Link wire() {
    return new Link().delay(ms(10));
  }

  private static PathRecovery path(Connection connection) {
    return connection.recovery.path();
  }

  private static State state(Connection connection) {
    return path(connection).ecn().state();
  }

  @Test
  @Requirement("RFC9000-13.4.1#1")
  void isUsedWhereItWorks() {
    Duo duo = duo(EcnTest::wire);
    duo.write(duo.client, 100_000);
    duo.write(duo.server, 100_000);
    duo.runFor(1000);
    assertEquals(State.CAPABLE, state(duo.client));
    assertEquals(State.CAPABLE, state(duo.server));
    sent = 0;
    marked = 0;
    duo.write(duo.client, 100_000);
    duo.runFor(1000);
    assertTrue(sent > 80 && sent == marked, marked + " of " + sent);
  }

  @Test
  void aMarkShrinksTheWindowBeforeAnythingIsLost() {
    Duo duo = duo(() -> new Link().delay(ms(20)).rate(10_000_000).queue(200_000).markAbove(15_000));
    duo.write(duo.server, 4_000_000);
    duo.runFor(3000);
    assertEquals(State.CAPABLE, state(duo.server));
    assertEquals(0, path(duo.server).packetsLost());
    assertTrue(path(duo.server).ecn().congested() > 0);
    assertTrue(path(duo.server).congestion().slowStartThreshold() < Long.MAX_VALUE);
  }

  @Test
  @Requirement("RFC9000-13.4.2.2#1")
  void isGivenUpWhereMarksAreCleared() {
    Duo duo = duo(() -> wire().rewriteEcn(ecn -> 0));
    assertEquals(State.FAILED, state(duo.client));
    assertEquals(State.FAILED, state(duo.server));
    marked = 0;
    duo.write(duo.client, 100_000);
    duo.runFor(1000);
    assertEquals(0, marked);
  }

  @Test
  void isGivenUpWhereMarksAreMangled() {
    for (int to : new int[] {1, 3}) {
      Simulation one = new Simulation(to);
      Duo duo = new Duo(one, CONFIG, CONFIG, () -> wire().rewriteEcn(ecn -> ecn == 2 ? to : ecn));
      duo.write(duo.client, 100_000);
      duo.runFor(1000);
      // Where all are marked congested no mark has any news: none is sent any more.
      assertEquals(to == 1 ? State.FAILED : State.UNKNOWN, state(duo.client), "to " + to);
      assertEquals(0, duo.client.recovery.path().ecnMark(one.now()));
      assertNull(duo.client.ending());
    }
  }

  @Test
  void connectsWhereMarkedDatagramsAreDropped() {
    Duo duo = duo(() -> wire().drop(datagram -> datagram.ecn() != 0));
    duo.write(duo.client, 100_000);
    duo.runFor(5000);
    assertNotEquals(State.CAPABLE, state(duo.client));
    assertEquals(0, path(duo.client).bytesInFlight());
    marked = 0;
    duo.write(duo.client, 100_000);
    duo.runFor(1000);
    assertEquals(0, marked);
    assertNull(duo.client.ending());
  }

  @Test
  @Requirement("RFC9000-13.4.2.2#4")
  void isGivenUpWhenTheRouteChangesToOneThatClears() {
    Duo duo = duo(EcnTest::wire);
    duo.write(duo.client, 100_000);
    duo.runFor(1000);
    assertEquals(State.CAPABLE, state(duo.client));
    sim.route(duo.clientAddress, duo.serverAddress, wire().rewriteEcn(ecn -> 0));
    duo.write(duo.client, 100_000);
    duo.runFor(1000);
    assertEquals(State.FAILED, state(duo.client));
  }

  @Test
  void eachPathIsJudgedByItself() {
    Duo duo = duo(EcnTest::wire);
    duo.write(duo.client, 100_000);
    duo.runFor(1000);
    InetSocketAddress elsewhere = sim.address(3);
    sim.attach(elsewhere, duo.clientNode);
    sim.bothWays(elsewhere, duo.serverAddress, () -> wire().rewriteEcn(ecn -> 0));
    PathRecovery before = path(duo.client);
    duo.client.migrate(elsewhere, sim.now());
    duo.runFor(1000);
    duo.write(duo.client, 100_000);
    duo.runFor(1000);
    assertEquals(elsewhere, duo.client.paths.active().local());
    assertEquals(State.FAILED, state(duo.client));
    assertEquals(State.CAPABLE, before.ecn().state());
  }

  @Test
  void survivesLossAndReordering() {
    Duo duo = duo(() -> wire().loss(0.05).reorder(0.1, ms(7)).duplicate(0.05));
    duo.write(duo.client, 500_000);
    duo.write(duo.server, 500_000);
    duo.runFor(10_000);
    assertEquals(State.CAPABLE, state(duo.client));
    assertEquals(State.CAPABLE, state(duo.server));
  }

  @Test
  void canBeSwitchedOff() {
    TransportConfig off = CONFIG.withEcn(false);
    sim.watch(
        new Watcher() {
          @Override
          public void sent(long now, Datagram datagram) {
            marked += datagram.ecn();
          }
        });
    Duo duo = new Duo(sim, off, off, EcnTest::wire);
    duo.write(duo.client, 10_000);
    duo.runFor(500);
    assertEquals(0, marked);
  }

  @Test
  @Requirement("RFC9000-13.4.2.1#1")
  void countsOfAFrameThatAcknowledgesNothingNewerProveNothing() {
    Duo duo = duo(EcnTest::wire);
    duo.write(duo.client, 100_000);
    duo.runFor(1000);
    assertEquals(State.CAPABLE, state(duo.client));
    long newest = duo.client.recovery.largestAcknowledged(duo.client.spaces.application().number());
    for (long largest : new long[] {newest, newest - 1}) {
      AckRanges ranges = AckRanges.of(largest, largest);
      Frame ack = new AckFrame(largest, 0, ranges, new EcnCounts(0, 0, 0));
      duo.toClient(duo.fromServer(SealedPackets.payload(ack)));
    }
    assertEquals(State.CAPABLE, state(duo.client));
    assertNull(duo.client.ending());
  }

  /** Also if it acknowledges something older that was not acknowledged before. */
  @Test
  @Requirement("RFC9000-13.4.2.1#1")
  void olderCountsThatComeLateProveNothing() {
    Duo duo = duo(EcnTest::wire);
    duo.write(duo.client, 100_000);
    duo.runFor(1000);
    assertEquals(State.CAPABLE, state(duo.client));
    EcnCounts before =
        duo.serverLog.sentFrames(AckFrame.class).reduce((a, b) -> b).orElseThrow().ecn();
    sim.route(duo.clientAddress, duo.serverAddress, new Link().loss(1));
    duo.write(duo.client, 100);
    duo.write(duo.client, 100);
    long newest = duo.clientLog.sent().getLast().number();
    EcnCounts after = new EcnCounts(before.ect0() + 1, 0, 0);
    Frame newer = new AckFrame(newest, 0, AckRanges.of(newest, newest), after);
    Frame late = new AckFrame(newest, 0, AckRanges.of(newest - 1, newest), before);
    duo.toClient(duo.fromServer(SealedPackets.payload(newer)));
    duo.toClient(duo.fromServer(SealedPackets.payload(late)));
    assertEquals(0, duo.client.recovery.path().bytesInFlight(), "all is acknowledged");
    assertEquals(State.CAPABLE, state(duo.client));
  }
}
