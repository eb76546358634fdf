package dev.sluice.quic.recovery;

import static dev.sluice.network.Simulation.ms;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.congestion.CongestionAlgorithm;
import dev.sluice.testkit.Requirement;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Transfers over the simulated network with nothing but recovery and congestion control. */
class TransferTest {

  /** A transfer from one node to another, and what came of it. */
  private record Transfer(TransferNode sender, TransferNode receiver, Duration took) {}

  private static Transfer transfer(
      Simulation sim, CongestionAlgorithm algorithm, long bytes, Link there, Link back) {
    InetSocketAddress one = sim.address(1);
    InetSocketAddress two = sim.address(2);
    int size = TransferNode.DATAGRAM;
    TransferNode sender =
        sim.attach(
            one,
            new TransferNode(
                two,
                true,
                bytes,
                algorithm.create(size, new SplittableRandom(sim.seed())),
                sim.random()));
    TransferNode receiver =
        sim.attach(
            two,
            new TransferNode(
                one,
                false,
                0,
                algorithm.create(size, new SplittableRandom(sim.seed())),
                sim.random()));
    sim.route(one, two, there);
    sim.route(two, one, back);
    sim.run(Duration.ofDays(2), sender::isDone);
    assertEquals(sender.acknowledged, receiver.received);
    assertTrue(sender.recovery.path().bytesInFlight() >= 0);
    return new Transfer(sender, receiver, sim.elapsed());
  }

  /** Which share of the bottleneck carried something that was not carried before. */
  private static double utilisation(Transfer transfer, long bitsPerSecond) {
    double bits = 8.0 * transfer.receiver.received.cardinality() * TransferNode.DATAGRAM;
    double ideal = bits / bitsPerSecond;
    return ideal / (transfer.took.toNanos() / 1e9);
  }

  private static Supplier<Link> link(long rate, int delay, long queue) {
    return () -> new Link().rate(rate).delay(ms(delay)).queue(queue);
  }

  @ParameterizedTest
  @CsvSource({
    // Mbit/s, one-way delay in ms, queue in bandwidth-delay products
    "NEW_RENO, 10, 20, 1.0",
    "NEW_RENO, 50, 10, 1.0",
    "NEW_RENO, 2, 50, 1.5",
    "CUBIC, 10, 20, 1.0",
    "CUBIC, 50, 10, 1.0",
    "CUBIC, 2, 50, 1.5",
    "CUBIC, 100, 25, 0.5",
  })
  void fillsABottleneck(CongestionAlgorithm algorithm, int mbits, int delay, double queue) {
    long rate = mbits * 1_000_000L;
    long product = rate / 8 * 2 * delay / 1000;
    Link there = link(rate, delay, (long) (queue * product)).get();
    long bytes = rate / 8 * 20; // twenty seconds' worth
    Transfer transfer =
        transfer(new Simulation(1), algorithm, bytes, there, new Link().delay(ms(delay)));
    double used = utilisation(transfer, rate);
    assertTrue(used >= 0.9, () -> "utilisation " + used + " " + transfer.sender);
    double overhead = (double) there.counts().overflowed / there.counts().sent;
    assertTrue(overhead < 0.02, () -> "dropped " + overhead);
  }

  @Test
  void twoSidesTransferAtOnce() {
    Simulation.seeds(
        50,
        sim -> {
          InetSocketAddress one = sim.address(1);
          InetSocketAddress two = sim.address(2);
          int size = TransferNode.DATAGRAM;
          var left =
              sim.attach(
                  one,
                  new TransferNode(
                      two,
                      true,
                      50_000,
                      CongestionAlgorithm.CUBIC.create(size, new SplittableRandom(sim.seed())),
                      sim.random()));
          var right =
              sim.attach(
                  two,
                  new TransferNode(
                      one,
                      false,
                      80_000,
                      CongestionAlgorithm.NEW_RENO.create(size, new SplittableRandom(sim.seed())),
                      sim.random()));
          sim.bothWays(one, two, () -> new Link().delay(ms(30)).loss(0.1).reorder(0.1, ms(10)));
          sim.run(Duration.ofMinutes(5), () -> left.isDone() && right.isDone());
        });
  }

  @ParameterizedTest
  @EnumSource(CongestionAlgorithm.class)
  void oneHundredKilobytesThroughEverything(CongestionAlgorithm algorithm) {
    Simulation.seeds(
        1000,
        sim -> {
          Supplier<Link> link =
              () ->
                  new Link()
                      .delay(ms(10 + (int) (sim.seed() % 100)))
                      .jitter(ms(5))
                      .loss(sim.seed() % 4 * 0.1)
                      .reorder(0.05, ms(20))
                      .duplicate(0.05)
                      .corrupt(0.02)
                      .truncate(0.02);
          transfer(sim, algorithm, 100_000, link.get(), link.get());
        });
  }

  @ParameterizedTest
  @EnumSource(CongestionAlgorithm.class)
  @Requirement("RFC9002-6.2#1")
  void survivesHeavyLoss(CongestionAlgorithm algorithm) {
    Simulation.seeds(
        50,
        sim -> {
          Supplier<Link> link = () -> new Link().delay(ms(25)).loss(0.5);
          transfer(sim, algorithm, 50_000, link.get(), link.get());
        });
  }

  @Test
  void mildReorderingCausesFewSpuriousLosses() {
    Link there = new Link().rate(20_000_000).delay(ms(20)).queue(200_000);
    there.reorder(0.01, Duration.ofNanos(600_000)); // little more than one datagram's time
    Transfer transfer =
        transfer(
            new Simulation(5),
            CongestionAlgorithm.CUBIC,
            5_000_000,
            there,
            new Link().delay(ms(20)));
    assertTrue(transfer.sender.recovery.path().spuriousLosses() < 10, transfer.sender::toString);
  }

  @Test
  @Requirement({"RFC9000-13.2.2#1", "RFC9000-13.2.1#3"})
  void acknowledgesAboutEverySecondPacket() {
    Link there = new Link().rate(10_000_000).delay(ms(10));
    Transfer transfer =
        transfer(
            new Simulation(5),
            CongestionAlgorithm.CUBIC,
            1_000_000,
            there,
            new Link().delay(ms(10)));
    long data = there.counts().sent;
    assertTrue(transfer.receiver.pureAcks <= data / 2 + 20, () -> data + " packets");
    assertTrue(transfer.receiver.pureAcks >= data / 2 - data / 20, () -> data + " packets");
  }

  @Test
  void aBlackoutEndsInPersistentCongestionAndRecovers() {
    Simulation sim = new Simulation(3);
    Link there = new Link().rate(10_000_000).delay(ms(20)).queue(50_000);
    sim.at(Duration.ofSeconds(2), () -> there.loss(1));
    sim.at(Duration.ofSeconds(6), () -> there.loss(0));
    Transfer transfer =
        transfer(sim, CongestionAlgorithm.CUBIC, 5_000_000, there, new Link().delay(ms(20)));
    assertTrue(transfer.took.toSeconds() < 14, transfer.took::toString);
    assertTrue(transfer.sender.recovery.path().congestion().slowStartThreshold() < Long.MAX_VALUE);
  }
}
