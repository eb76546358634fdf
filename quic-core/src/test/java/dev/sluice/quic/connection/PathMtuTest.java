package dev.sluice.quic.connection;

import static dev.sluice.network.Simulation.ms;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Datagram;
import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.network.Watcher;
import dev.sluice.quic.congestion.CongestionController;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.frame.ConnectionCloseFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.PaddingFrame;
import dev.sluice.quic.frame.PingFrame;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Datagram sizes over paths that carry more or less, RFC 9000 §14. */
class PathMtuTest {
  private final Simulation sim = new Simulation(1);

  /** The largest datagram that left, and its sender's idea of the path at that time. */
  private int largest;

  private Duo duo(TransportConfig config) {
    sim.watch(
        new Watcher() {
          @Override
          public void sent(long now, Datagram datagram) {
            largest = Math.max(largest, datagram.bytes().length);
          }
        });
    Duo duo = new Duo(sim, config, config, () -> new Link().delay(ms(10)).mtu(1400));
    return duo;
  }

  /** A short one, with an ID of eight bytes and a packet number of two. */
  private static final int HEADER = 1 + 8 + 2;

  private static int size(Connection connection) {
    return connection.recovery.path().maxDatagramSize();
  }

  @Test
  @Requirement({
    "RFC9000-14.2#1",
    "RFC9000-14.2#3",
    "RFC9000-14.3#1",
    "RFC9000-14.4#1",
    "RFC8899-3#1",
    "RFC8899-3#4"
  })
  void growsToWhatThePathCarriesWithoutHarmToTheWindow() {
    Duo duo = duo(TransportConfig.DEFAULTS);
    duo.runFor(3000);
    assertTrue(size(duo.client) > 1380 && size(duo.client) <= 1400, "" + size(duo.client));
    assertTrue(size(duo.server) > 1380 && size(duo.server) <= 1400, "" + size(duo.server));
    assertEquals(1452, largest);
    assertEquals(0, duo.client.stats().packetsLost());
    assertTrue(
        duo.client.recovery.path().congestion().window()
            >= CongestionController.initialWindow(1200));
    largest = 0;
    duo.write(duo.client, 100_000);
    duo.runFor(1000);
    // Whole blocks of the cipher, behind the header and before the tag.
    assertTrue(largest <= size(duo.client) && largest > size(duo.client) - 16, largest + " bytes");
    assertEquals(0, (largest - HEADER - 16) % 16);
    assertNull(duo.client.ending());
  }

  private static boolean isFiller(Frame frame) {
    return frame instanceof PingFrame || frame instanceof PaddingFrame;
  }

  @Test
  void staysSmallWhereTheSearchIsOff() {
    Duo duo = duo(TransportConfig.DEFAULTS.withMtuDiscovery(false));
    duo.write(duo.client, 100_000);
    duo.runFor(3000);
    assertEquals(1200, largest);
  }

  @Test
  void nothingLargerThanThePeerTakes() {
    Duo duo =
        duo(TransportConfig.DEFAULTS.withMaxDatagramSize(2000).withMaxReceivedDatagramSize(1300));
    duo.runFor(3000);
    assertEquals(1300, size(duo.client));
    assertEquals(1300, largest);
  }

  /** Nobody says so: no message of a router comes here. */
  @Test
  @Requirement("RFC8899-4.3#1")
  void aPathThatCarriesLessThanBeforeIsNoBlackHoleForLong() {
    Duo duo = duo(TransportConfig.DEFAULTS);
    duo.runFor(3000);
    assertTrue(size(duo.server) > 1380);
    sim.route(
        duo.serverAddress, duo.clientAddress, new Link().delay(ms(10)).rate(10_000_000).mtu(1250));
    duo.write(duo.server, 200_000);
    duo.runFor(5000);
    assertEquals(0, duo.server.recovery.path().bytesInFlight());
    assertTrue(size(duo.server) >= 1200 && size(duo.server) <= 1250, "" + size(duo.server));
    assertNull(duo.server.ending());
  }

  @Test
  @Requirement("RFC9000-14.2.1#4")
  void theSystemsWordIsTakenAtOnce() {
    Duo duo = duo(TransportConfig.DEFAULTS);
    duo.runFor(3000);
    int before = size(duo.client);
    duo.client.onDatagramTooLarge(sim.address(77), before, sim.now()); // somebody else's
    assertEquals(before, size(duo.client));
    duo.client.onDatagramTooLarge(duo.serverAddress, before, sim.now());
    assertEquals(1200, size(duo.client));
    duo.write(duo.client, 10);
    duo.runFor(3000);
    assertTrue(size(duo.client) < before && size(duo.client) > 1300, "" + size(duo.client));
  }

  @Test
  @Requirement({"RFC9000-14.2#4", "RFC9000-14#1"})
  void aPathThatIsTooNarrowForQuicIsUsedNoMore() {
    Duo duo = duo(TransportConfig.DEFAULTS);
    duo.runFor(3000);
    duo.write(duo.client, 50_000);
    int before = duo.clientLog.sent().size();
    duo.client.onDatagramTooLarge(duo.serverAddress, 1200, sim.now());
    duo.client.onDatagramTooLarge(duo.serverAddress, 1200, sim.now());
    duo.write(duo.server, 5_000); // which is answered, but not acknowledged
    duo.runFor(1000);
    TransportClose ending = assertInstanceOf(TransportClose.class, duo.client.ending());
    assertEquals(TransportError.NO_VIABLE_PATH.code(), ending.code());
    List<PacketLog.Packet> after = duo.clientLog.sent();
    after = after.subList(before, after.size());
    assertFalse(after.isEmpty());
    assertTrue(after.stream().allMatch(p -> p.has(ConnectionCloseFrame.class)), after::toString);
    assertNotNull(duo.server.ending(), "who was told");
  }

  @Test
  @Requirement("RFC9000-14.2#4")
  void whoCanGoBackToAnotherPathDoes() {
    Duo duo = duo(TransportConfig.DEFAULTS);
    duo.runFor(1000);
    InetSocketAddress before = duo.server.paths.active().remote();
    InetSocketAddress after = sim.rebind(duo.clientAddress, true);
    duo.write(duo.client, 10);
    sim.run(Duration.ofSeconds(1), () -> duo.server.paths.active().remote().equals(after));
    duo.server.onDatagramTooLarge(after, 1200, sim.now());
    assertEquals(before, duo.server.paths.active().remote());
    assertNull(duo.server.ending());
  }

  @Test
  @Requirement("RFC9000-14.2#6")
  void anotherPathIsSearchedAnew() {
    Duo duo = duo(TransportConfig.DEFAULTS);
    duo.runFor(3000);
    InetSocketAddress elsewhere = sim.address(3);
    sim.attach(elsewhere, duo.clientNode);
    sim.bothWays(elsewhere, duo.serverAddress, () -> new Link().delay(ms(10)).mtu(1300));
    duo.client.migrate(elsewhere, sim.now());
    duo.runFor(20);
    assertEquals(1200, size(duo.client));
    duo.runFor(5000);
    assertEquals(elsewhere, duo.client.paths.active().local());
    assertTrue(size(duo.client) > 1280 && size(duo.client) <= 1300, "" + size(duo.client));
    assertTrue(size(duo.server) > 1280 && size(duo.server) <= 1300, "" + size(duo.server));
  }

  @Test
  void findsTheSizeAmongLosses() {
    TransportConfig config = TransportConfig.DEFAULTS;
    Duo duo = new Duo(sim, config, config, () -> new Link().delay(ms(10)).mtu(1400).loss(0.1));
    duo.write(duo.server, 1_000_000);
    duo.runFor(20_000);
    assertTrue(size(duo.server) >= 1300, "" + size(duo.server));
  }

  @Test
  @Requirement({"RFC8899-3#27", "RFC8899-3#28"})
  void findsTheSizeWhereDatagramsComeLateAndTwice() {
    TransportConfig config = TransportConfig.DEFAULTS;
    Duo duo =
        new Duo(
            sim,
            config,
            config,
            () ->
                new Link()
                    .delay(ms(10))
                    .jitter(ms(5))
                    .mtu(1400)
                    .duplicate(0.3)
                    .reorder(0.3, ms(40)));
    duo.write(duo.server, 200_000);
    duo.runFor(20_000);
    for (Connection side : List.of(duo.client, duo.server)) {
      assertTrue(size(side) > 1380 && size(side) <= 1400, "" + size(side));
    }
  }

  /** While data is waiting, too: what is lost with a probe is nobody's loss. */
  @Test
  @Requirement({"RFC8899-3#6", "RFC8899-4.1#1"})
  void probesBringNoData() {
    Duo duo = duo(TransportConfig.DEFAULTS);
    byte[] data = new byte[20_000];
    Arrays.fill(data, (byte) 1);
    duo.client.openUni().write(data, 0, data.length);
    duo.runFor(3000);
    byte[] arrived = new byte[30_000];
    RecvStream in = Duo.events(duo.serverEvents, QuicEvent.PeerOpened.class).getFirst().recv();
    assertEquals(data.length, in.read(arrived, 0, arrived.length));
    assertArrayEquals(data, Arrays.copyOf(arrived, data.length));
    int probes = 0;
    for (PacketLog.Packet packet : duo.clientLog.sent()) {
      if (packet.bytes() > 1200 && packet.has(PaddingFrame.class)) {
        probes++;
        assertTrue(packet.frames().stream().allMatch(PathMtuTest::isFiller), packet::toString);
      }
    }
    assertTrue(probes > 3, probes + " probes");
  }

  @Test
  void anIdleConnectionDoesNotKeepItselfAliveByProbing() {
    Duo duo = duo(TransportConfig.DEFAULTS.withIdleTimeout(Duration.ofSeconds(5)));
    duo.runFor(30_000);
    assertTrue(duo.client.isEnded());
  }
}
