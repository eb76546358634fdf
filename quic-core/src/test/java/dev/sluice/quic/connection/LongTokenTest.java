package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.endpoint.Endpoint;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.sim.EndpointNode;
import dev.sluice.quic.wire.Bytes;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server decides how long its address tokens are (RFC 9000 §8.1.3), and an Initial is not. */
class LongTokenTest {
  private final Simulation sim = new Simulation(1);

  private EndpointNode node(int address) {
    Endpoint endpoint = TestPeers.endpoint(sim.random().split());
    return sim.attach(
        sim.address(address),
        new EndpointNode(
            endpoint,
            connection -> {
              while (connection.nextEvent() != null) {
                // Nobody is interested.
              }
            }));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 800, 801, 1050, 1120, 1140, 1400, 16_000})
  void noneKeepsAClientFromConnecting(int length) {
    EndpointNode clients = node(1);
    EndpointNode server = node(2);
    sim.bothWays(sim.address(1), sim.address(2), () -> new Link().delay(Simulation.ms(10)));
    server.endpoint().listen(TestPeers.server(sim.random().split()));
    byte[] token = AddressToken.of(QuicVersion.V1, Bytes.of(new byte[length]));
    Connection connection =
        clients
            .endpoint()
            .connect(
                null,
                sim.address(2),
                TestPeers.client(sim.random().split()).withToken(token),
                sim.now());
    sim.run(Duration.ofSeconds(5), () -> connection.handshake.isConfirmed());
    assertTrue(connection.handshake.isConfirmed());
    assertEquals(length <= 800 ? length : 0, connection.firstFlight.token().length());
  }
}
