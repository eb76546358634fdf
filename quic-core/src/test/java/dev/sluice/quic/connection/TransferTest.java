package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.congestion.CongestionAlgorithm;
import dev.sluice.quic.ending.ConnectionEnding.ApplicationClose;
import dev.sluice.quic.sim.EndpointNode;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A handshake and a transfer each way over networks of all kinds. */
class TransferTest {
  private static final int SMALL = 100_000;
  private static final int LARGE = 10_000_000;

  @Test
  void aPerfectNetwork() {
    Simulation.seeds(20, sim -> transfer(sim, SMALL, () -> new Link().delay(Simulation.ms(10))));
  }

  @Test
  void aFifthOfAllDatagramsLost() {
    Simulation.seeds(
        1000, sim -> transfer(sim, SMALL, () -> new Link().delay(Simulation.ms(10)).loss(0.2)));
  }

  @Test
  void halfASecondOfRoundTrip() {
    Simulation.seeds(1000, sim -> transfer(sim, SMALL, () -> new Link().delay(Simulation.ms(250))));
  }

  @Test
  void reordering() {
    Simulation.seeds(
        1000,
        sim ->
            transfer(
                sim,
                SMALL,
                () ->
                    new Link()
                        .delay(Simulation.ms(10))
                        .jitter(Simulation.ms(5))
                        .reorder(0.2, Simulation.ms(30))));
  }

  @Test
  void corruptionDuplicationAndTruncation() {
    Simulation.seeds(
        200,
        sim ->
            transfer(
                sim,
                SMALL,
                () ->
                    new Link()
                        .delay(Simulation.ms(10))
                        .corrupt(0.05)
                        .truncate(0.05)
                        .duplicate(0.05)));
  }

  @Test
  void tenMegabytesThroughABottleneck() {
    Simulation.seeds(
        10,
        sim ->
            transfer(
                sim,
                LARGE,
                () ->
                    new Link()
                        .delay(Simulation.ms(20))
                        .rate(100_000_000)
                        .queue(200_000)
                        .loss(0.001)));
  }

  @Test
  void aPeerThatMovesWhileItOnlyAcknowledges() {
    Simulation.seeds(
        50,
        sim -> {
          for (int i = 1; i <= 5; i++) {
            boolean newHost = i % 2 == 0;
            sim.at(
                Simulation.ms(100L * i + sim.random().nextInt(100)),
                () -> sim.rebind(sim.address(1), newHost));
          }
          transfer(sim, LARGE / 5, () -> new Link().delay(Simulation.ms(10)).rate(20_000_000));
          assertTrue(sim.elapsed().compareTo(Duration.ofSeconds(20)) < 0, "" + sim.elapsed());
        });
  }

  @Test
  void withEveryCongestionController() {
    for (CongestionAlgorithm algorithm : CongestionAlgorithm.values()) {
      Simulation.seeds(
          50,
          sim -> {
            Connection connection =
                transfer(
                    sim,
                    SMALL,
                    () -> new Link().delay(Simulation.ms(10)).loss(0.05),
                    TransportConfig.DEFAULTS.withCongestion(algorithm));
            assertEquals(
                algorithm.create(1200, new SplittableRandom(1)).name(),
                connection.recovery.path().congestion().name());
          });
    }
  }

  private static void transfer(Simulation sim, int size, Supplier<Link> kind) {
    transfer(sim, size, kind, TransportConfig.DEFAULTS);
  }

  private static Connection transfer(
      Simulation sim, int size, Supplier<Link> kind, TransportConfig config) {
    SplittableRandom random = sim.random();
    Transfer transfer = new Transfer(size);
    InetSocketAddress clientAddress = sim.address(1);
    InetSocketAddress serverAddress = sim.address(2);
    EndpointNode client =
        sim.attach(
            clientAddress,
            new EndpointNode(TestPeers.endpoint(random.split()), transfer::onEvents));
    EndpointNode server =
        sim.attach(
            serverAddress,
            new EndpointNode(TestPeers.endpoint(random.split()), transfer::onEvents));
    sim.bothWays(clientAddress, serverAddress, kind);
    TransportConfig transport = config.withHandshakeTimeout(Duration.ofMinutes(5));
    server.endpoint().listen(TestPeers.server(random.split()).withTransport(transport));
    Connection connection =
        client
            .endpoint()
            .connect(
                null,
                serverAddress,
                TestPeers.client(random.split()).withTransport(transport),
                sim.now());
    sim.run(Duration.ofMinutes(30), () -> connection.ending() != null);
    assertInstanceOf(ApplicationClose.class, connection.ending());
    assertEquals(2, transfer.finished());
    assertEquals(1, server.accepted().size());
    return connection;
  }
}
