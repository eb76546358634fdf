package dev.sluice.quic.connection;

import static dev.sluice.network.Simulation.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.recovery.EcnValidation;
import dev.sluice.quic.recovery.MtuDiscovery;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** What is told of a connection's paths. */
class PathStatsTest {
  private final Simulation sim = new Simulation(1);

  @Test
  void tellsWhatIsKnownOfEachPath() {
    TransportConfig config = TransportConfig.DEFAULTS;
    Duo duo = new Duo(sim, config, config, () -> new Link().delay(ms(10)).loss(0.02));
    duo.write(duo.server, 500_000);
    duo.runFor(5000);
    PathStats before = duo.server.stats().activePath();
    assertEquals(duo.clientAddress, before.remote());
    assertTrue(before.active() && before.validated());
    assertEquals(20_000_000, before.minRtt());
    assertTrue(before.smoothedRtt() >= before.minRtt() && before.latestRtt() > 0);
    assertEquals("cubic", before.congestionController());
    assertTrue(before.congestionWindow() > 0 && before.slowStartThreshold() < Long.MAX_VALUE);
    assertEquals(0, before.bytesInFlight());
    assertEquals(1452, before.maxDatagramSize());
    assertEquals(MtuDiscovery.State.SEARCH_COMPLETE, before.mtuDiscovery());
    assertEquals(EcnValidation.State.CAPABLE, before.ecn());
    assertTrue(before.bytesSent() > 200_000 && before.bytesReceived() > 2000);
    assertTrue(before.packetsLost() > 0);
    assertEquals(before.packetsLost(), duo.server.stats().packetsLost());

    InetSocketAddress elsewhere = sim.address(3);
    sim.attach(elsewhere, duo.clientNode);
    sim.bothWays(elsewhere, duo.serverAddress, () -> new Link().delay(ms(50)));
    duo.client.migrate(elsewhere, sim.now());
    duo.client.openUni().write(new byte[100], 0, 100);
    duo.runFor(300);
    ConnectionStats stats = duo.server.stats();
    assertEquals(2, stats.paths().size());
    PathStats now = stats.activePath();
    assertEquals(elsewhere, now.remote());
    assertTrue(now.active());
    // The delay of an acknowledgement is a part of it (RFC 9002 §5.2).
    assertTrue(now.minRtt() >= 100_000_000 && now.minRtt() <= 125_000_000, now.minRtt() + " ns");
    assertEquals(0, now.packetsLost());
    PathStats left = stats.paths().get(1);
    assertFalse(left.active());
    assertEquals(duo.clientAddress, left.remote());
    assertEquals(before.minRtt(), left.minRtt());
    assertTrue(stats.packetsLost() >= before.packetsLost());
    assertEquals(now.smoothedRtt(), stats.smoothedRtt());
  }
}
