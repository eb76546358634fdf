package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.endpoint.Endpoint;
import dev.sluice.quic.frame.PingFrame;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.stream.SendStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * An endpoint does not look at connections of which it has heard nothing and whose deadline is not
 * due, however many there are. Here all idle ones have been given something to say and an earlier
 * deadline behind its back: if it looked at one, that would show.
 */
class IdleConnectionsTest {
  private static final int IDLE = 200;

  private final Simulation sim = new Simulation(1);
  private final Set<Connection> touched = new HashSet<>();
  private final EndpointNode clients =
      sim.attach(
          sim.address(1),
          new EndpointNode(TestPeers.endpoint(sim.random().split()), this::takeEvents));
  private final EndpointNode server =
      sim.attach(
          sim.address(2), new EndpointNode(TestPeers.endpoint(sim.random().split()), this::onTurn));

  private void takeEvents(Connection connection) {
    while (connection.nextEvent() != null) {
      // Nobody is interested.
    }
  }

  private void onTurn(Connection connection) {
    touched.add(connection);
    takeEvents(connection);
  }

  private Connection connect(ClientConfig config) {
    int before = server.accepted().size();
    Connection connection = clients.endpoint().connect(null, sim.address(2), config, sim.now());
    sim.run(Duration.ofSeconds(5), () -> connection.handshake.isConfirmed());
    assertEquals(before + 1, server.accepted().size());
    return connection;
  }

  @Test
  void idleOnesAreLeftAlone() {
    sim.bothWays(sim.address(1), sim.address(2), () -> new Link().delay(Simulation.ms(1)));
    Endpoint endpoint = server.endpoint();
    endpoint.listen(TestPeers.server(sim.random().split()));
    ClientConfig config = TestPeers.client(sim.random().split());
    List<Connection> idle = new ArrayList<>();
    for (int i = 0; i < IDLE; i++) {
      idle.add(connect(config));
    }
    sim.runFor(Duration.ofSeconds(12)); // what was due after the handshake is over
    Connection busy = connect(config);
    sim.runFor(Duration.ofSeconds(1));

    long deadline = endpoint.nextDeadline();
    List<Long> said = new ArrayList<>();
    for (int i = 0; i < IDLE; i++) {
      Connection quiet = server.accepted().get(i);
      said.add(quiet.stats().packetsSent());
      byte[] ping = SealedPackets.oneRtt(idle.get(i), SealedPackets.payload(new PingFrame()), 1000);
      quiet.receive(ping, 0, ping.length, sim.address(2), sim.address(1), 0, sim.now());
      assertTrue(quiet.nextDeadline() < deadline);
    }
    assertEquals(deadline, endpoint.nextDeadline());

    touched.clear();
    SendStream stream = busy.openUni();
    for (int turn = 0; turn < 500; turn++) {
      stream.write(new byte[10], 0, 10);
      clients.endpoint().touch(busy);
      sim.runFor(Duration.ofMillis(10));
    }
    assertEquals(Set.of(server.accepted().getLast()), touched);
    for (int i = 0; i < IDLE; i++) {
      assertEquals(said.get(i), server.accepted().get(i).stats().packetsSent());
    }
    Connection woken = server.accepted().getFirst();
    endpoint.touch(woken);
    sim.runFor(Duration.ofMillis(1));
    assertEquals(said.getFirst() + 1, woken.stats().packetsSent(), "it had something to say");
  }
}
