package dev.sluice.quic.recovery;

import static dev.sluice.network.Simulation.ms;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.congestion.CongestionAlgorithm;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two transfers through one bottleneck. */
class FairnessTest {
  /** More than the bottleneck carries in the time. */
  private static final long BYTES = 200_000_000;

  private final Simulation sim = new Simulation(1);

  private TransferNode sender(CongestionAlgorithm algorithm, int from, int to, Link bottleneck) {
    InetSocketAddress here = sim.address(from);
    InetSocketAddress there = sim.address(to);
    TransferNode sender = sim.attach(here, node(there, true, BYTES, algorithm));
    sim.attach(there, node(here, false, 0, algorithm));
    sim.route(here, there, bottleneck, new Link().delay(ms(20)));
    sim.route(there, here, new Link().delay(ms(20)));
    return sender;
  }

  private TransferNode node(
      InetSocketAddress peer, boolean client, long bytes, CongestionAlgorithm algorithm) {
    return new TransferNode(
        peer,
        client,
        bytes,
        algorithm.create(TransferNode.DATAGRAM, new SplittableRandom(sim.seed())),
        sim.random());
  }

  /**
   * What RFC 8085 §3.1.1 asks of a controller that is not TCP's: beside one that is, it has no more
   * than that, by order of magnitude.
   */
  @ParameterizedTest
  @CsvSource({"CUBIC, 1.0", "CUBIC, 0.3", "BBR, 1.0", "BBR, 0.5"})
  @Requirement("RFC9002-7#1")
  void leavesRoomForNewReno(CongestionAlgorithm algorithm, double queue) {
    long rate = 20_000_000;
    long product = rate / 8 * 40 / 1000;
    Link bottleneck = new Link().rate(rate).queue((long) (queue * product));
    TransferNode ours = sender(algorithm, 1, 2, bottleneck);
    TransferNode theirs = sender(CongestionAlgorithm.NEW_RENO, 3, 4, bottleneck);
    sim.runFor(Duration.ofSeconds(40));
    int mine = ours.acknowledged.cardinality();
    int yours = theirs.acknowledged.cardinality();
    assertTrue(mine + yours > rate / 8 * 40 / 1200 / 2, "much is carried: " + mine + "+" + yours);
    assertTrue(mine < 10 * yours, mine + " segments beside " + yours);
  }
}
