package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.Tracer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whoever does not want events is not given any, whatever happens. */
class TracingOffTest {
  private final Set<Class<?>> heard = new HashSet<>();

  private Tracer listening(boolean enabled, boolean packets) {
    return new Tracer() {
      @Override
      public boolean isEnabled() {
        return enabled;
      }

      @Override
      public boolean wantsPackets() {
        return packets;
      }

      @Override
      public void on(long now, TraceEvent event) {
        heard.add(event.getClass());
      }
    };
  }

  /** Losses, marks, a move, a key update, and an end. */
  private void run(Tracer tracer) {
    Simulation sim = new Simulation(3);
    SplittableRandom random = sim.random();
    Transfer transfer = new Transfer(200_000);
    EndpointNode client = node(sim, 1, transfer);
    EndpointNode server = node(sim, 2, transfer);
    sim.bothWays(
        sim.address(1), sim.address(2), () -> new Link().delay(Simulation.ms(10)).loss(0.05));
    server.endpoint().listen(TestPeers.server(random.split()).withTracer(() -> tracer));
    Connection connection =
        client
            .endpoint()
            .connect(
                null,
                sim.address(2),
                TestPeers.client(random.split()).withTracer(() -> tracer),
                sim.now());
    sim.at(Duration.ofMillis(60), () -> sim.rebind(sim.address(1), true));
    sim.at(Duration.ofMillis(70), connection::updateKeys);
    sim.run(Duration.ofMinutes(1), () -> connection.ending() != null);
    sim.runFor(Duration.ofMinutes(1));
  }

  private static EndpointNode node(Simulation sim, int address, Transfer transfer) {
    return sim.attach(
        sim.address(address),
        new EndpointNode(TestPeers.endpoint(sim.random().split()), transfer::onEvents));
  }

  @Test
  void nobodyListens() {
    run(listening(false, false));
    assertTrue(heard.isEmpty(), heard::toString);
  }

  @Test
  void nobodyListensToPackets() {
    run(listening(true, false));
    Set<Class<?>> perPacket =
        Set.of(
            TraceEvent.PacketSent.class,
            TraceEvent.PacketReceived.class,
            TraceEvent.PacketsAcked.class,
            TraceEvent.DatagramSent.class,
            TraceEvent.DatagramReceived.class,
            TraceEvent.TimerUpdated.class);
    assertTrue(heard.stream().noneMatch(perPacket::contains), heard::toString);
    assertTrue(
        heard.containsAll(
            Set.of(
                TraceEvent.PacketLost.class,
                TraceEvent.RecoveryMetrics.class,
                TraceEvent.CongestionStateUpdated.class,
                TraceEvent.EcnStateUpdated.class,
                TraceEvent.MtuUpdated.class,
                TraceEvent.MigrationUpdated.class,
                TraceEvent.KeyUpdated.class,
                TraceEvent.TlsNegotiated.class)),
        heard::toString);
  }
}
