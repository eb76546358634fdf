package dev.sluice.quic.connection;

import static dev.sluice.network.Simulation.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Datagram;
import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.network.Watcher;
import dev.sluice.quic.congestion.CongestionController;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A server whose client turns up elsewhere, or seems to (RFC 9000 §9.3, §9.4). */
class RespondingToMigrationTest {
  private static final Supplier<Link> WIRE = () -> new Link().delay(ms(10));

  private final Simulation sim = new Simulation(1);

  private Duo duo() {
    return duo(MigrationConfig.DEFAULTS);
  }

  private Duo duo(MigrationConfig server) {
    TransportConfig config = TransportConfig.DEFAULTS;
    return new Duo(sim, config, config.withMigration(server), WIRE);
  }

  @Test
  @Requirement({"RFC9000-9#4", "RFC9000-9.3#1", "RFC9000-9.4#3"})
  void aServerFollowsANatToAnotherPortAndKeepsItsWindow() {
    Duo duo = duo();
    duo.write(duo.server, 200_000);
    duo.runFor(1000);
    long window = duo.server.recovery.path().congestion().window();
    InetSocketAddress moved = sim.rebind(duo.clientAddress, false);
    duo.write(duo.client, 500);
    duo.runFor(100);
    assertEquals(moved, duo.server.paths.active().remote());
    assertTrue(duo.server.paths.active().isValidated());
    assertTrue(
        duo.server.recovery.path().congestion().window() >= window,
        () -> window + " then " + duo.server.recovery.path().congestion().window());
  }

  @Test
  @Requirement({"RFC9000-9#4", "RFC9000-9.4#2"})
  void aServerFollowsToAnotherHostAndStartsAfresh() {
    Duo duo = duo();
    duo.write(duo.server, 200_000);
    duo.runFor(1000);
    InetSocketAddress moved = sim.rebind(duo.clientAddress, true);
    duo.write(duo.client, 500);
    duo.runFor(100);
    assertEquals(moved, duo.server.paths.active().remote());
    assertTrue(
        duo.server.recovery.path().congestion().window()
            < 2 * CongestionController.initialWindow(1200));
  }

  /** Everything that one side sends to one address before it is validated. */
  private static final class Amplification implements Watcher {
    private final InetSocketAddress victim;
    private long from;
    private long to;

    Amplification(InetSocketAddress victim) {
      this.victim = victim;
    }

    @Override
    public void arrived(long now, Datagram datagram) {
      if (datagram.source().equals(victim)) {
        from += datagram.bytes().length;
      }
    }

    @Override
    public void sent(long now, Datagram datagram) {
      if (datagram.destination().equals(victim)) {
        to += datagram.bytes().length;
      }
    }
  }

  /** An on-path attacker lets a packet of the client's come from a victim's address. */
  private void replay(Duo duo, InetSocketAddress from) {
    List<byte[]> copied = new ArrayList<>();
    sim.route(
        duo.clientAddress,
        duo.serverAddress,
        new Link()
            .delay(ms(10))
            .drop(
                datagram -> {
                  copied.add(datagram.bytes());
                  return true;
                }));
    duo.write(duo.client, 1000);
    duo.runFor(1);
    byte[] packet = copied.getLast();
    sim.route(duo.clientAddress, duo.serverAddress, WIRE.get());
    duo.serverNode.receive(packet, 0, packet.length, duo.serverAddress, from, 0, sim.now());
  }

  @Test
  @Requirement({
    "RFC9000-8#1",
    "RFC9000-9.3#2",
    "RFC9000-9.3.2#1",
    "RFC9000-9.3.3#1",
    "RFC9000-9.3.3#2"
  })
  void aSpuriousMigrationIsUndoneAndDoesNotAmplify() {
    Duo duo = duo();
    InetSocketAddress victim = sim.address(9);
    Amplification seen = new Amplification(victim);
    sim.watch(seen);
    replay(duo, victim);
    seen.from += 1200; // at most what was replayed
    assertEquals(victim, duo.server.paths.active().remote());
    duo.write(duo.server, 100_000);
    sim.always(() -> assertTrue(seen.to <= 3 * seen.from, seen.to + " bytes"));
    // The challenge on the old path lets the client send something newer from where it is, long
    // before it misses an acknowledgment.
    duo.runFor(25);
    assertEquals(duo.clientAddress, duo.server.paths.active().remote());
    duo.runFor(5000);
    assertNull(duo.server.ending());
    assertEquals(0, duo.server.recovery.path().bytesInFlight());
    assertEquals(List.of(), duo.server.paths.others());
  }

  @Test
  @Requirement("RFC9000-9.3.2#1")
  void aServerReturnsToTheLastValidatedAddressWhenNobodyAnswers() {
    Duo duo = duo();
    InetSocketAddress victim = sim.address(9);
    replay(duo, victim);
    sim.route(duo.serverAddress, duo.clientAddress, new Link().loss(1));
    sim.route(duo.clientAddress, duo.serverAddress, new Link().loss(1));
    duo.runFor(1000);
    assertEquals(victim, duo.server.paths.active().remote());
    duo.runFor(5000);
    assertEquals(duo.clientAddress, duo.server.paths.active().remote());
    sim.bothWays(duo.clientAddress, duo.serverAddress, WIRE);
    duo.write(duo.server, 1000);
    duo.runFor(3000);
    assertEquals(0, duo.server.recovery.path().bytesInFlight());
  }

  @Test
  @Requirement("RFC9000-9#3")
  void aServerFollowsAClientThatMovesAgainstItsWish() {
    Duo duo = duo(MigrationConfig.DEFAULTS.withDisableActive(true));
    InetSocketAddress moved = sim.rebind(duo.clientAddress, true);
    duo.write(duo.client, 500);
    duo.runFor(200);
    assertEquals(moved, duo.server.paths.active().remote());
    assertNull(duo.client.ending());
  }
}
