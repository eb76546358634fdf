package dev.sluice.quic.connection;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A network that a seed makes up: how far it is, how fast, and what goes wrong on it. All links of
 * one run are of one mood. Once {@link #heal healed}, nothing goes wrong any more.
 */
public final class AnyNetwork {
  private static final List<Long> DELAYS =
      List.of(0L, 1L, 10L, 50L, 250L, 2_000L, 60_000L, 7_200_000L);
  private static final long[] RATES = {10_000, 100_000, 1_000_000, 100_000_000, 10_000_000_000L};
  private static final long[] QUEUES = {20_000, 200_000, 10_000_000};

  /** A queue of so many datagrams, the smallest there is. */
  private static final int SMALLEST_QUEUE = 2;

  private final Simulation sim;
  private final SplittableRandom random;
  private final List<Link> links = new ArrayList<>();
  private final Duration delay;
  private final double loss;
  private final double reorder;
  private final double duplicate;
  private final double corrupt;
  private final double truncate;
  private boolean healed;

  /** What the source of chance says. */
  public AnyNetwork(Simulation sim, SplittableRandom random) {
    this.sim = sim;
    this.random = random;
    this.delay = Duration.ofMillis(DELAYS.get(random.nextInt(DELAYS.size())));
    // Most runs have one misfortune or two, not all of them at their worst.
    this.loss = some(0.5);
    this.reorder = some(0.3);
    this.duplicate = some(0.2);
    this.corrupt = some(0.1);
    this.truncate = some(0.1);
  }

  private double some(double most) {
    return random.nextInt(3) == 0 ? random.nextDouble() * most : 0;
  }

  /** What a datagram takes one way where nothing holds it up. */
  public Duration delay() {
    return delay;
  }

  /** A time after which something may happen while the run is not over yet. */
  private Duration moment() {
    return Duration.ofMillis(random.nextLong(10 * delay.toMillis() + 100));
  }

  /** Does something at such a moment. */
  public void sometime(Runnable action) {
    sim.at(sim.elapsed().plus(moment()), action);
  }

  /** Whether what arrives is what was sent. */
  boolean isFaithful() {
    return corrupt == 0 && truncate == 0;
  }

  /** The share of datagrams that each link loses. */
  double loss() {
    return loss;
  }

  /** One direction between two addresses. */
  Link link() {
    Link link =
        new Link()
            .delay(delay)
            .loss(loss)
            .reorder(reorder, delay.plusMillis(5))
            .duplicate(duplicate)
            .corrupt(corrupt)
            .truncate(truncate);
    if (random.nextInt(4) == 0) {
      link.jitter(delay.plusMillis(1));
    }
    if (random.nextBoolean()) {
      squeeze(link);
    }
    if (random.nextInt(8) == 0) {
      link.rewriteEcn(random.nextBoolean() ? ecn -> 0 : ecn -> ecn == 0 ? 0 : 3);
    }
    for (int i = random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 0; i > 0; i--) {
      int size = 1_200 + random.nextInt(300);
      sometime(() -> link.mtu(healed ? Integer.MAX_VALUE : size));
    }
    if (random.nextInt(8) == 0) {
      sometime(
          () -> {
            cut(link);
            sometime(link::mend);
          });
    }
    links.add(link);
    return link;
  }

  private void squeeze(Link link) {
    link.rate(RATES[random.nextInt(RATES.length)]);
    int queue = random.nextInt(QUEUES.length + 1);
    if (queue == QUEUES.length) {
      link.queuePackets(SMALLEST_QUEUE);
    } else {
      link.queue(QUEUES[queue]);
    }
    if (random.nextInt(4) == 0) {
      link.markAbove(5_000);
    }
  }

  private void cut(Link link) {
    if (!healed) {
      link.cut();
    }
  }

  /** Links both ways, each of its own. */
  public void join(InetSocketAddress one, InetSocketAddress other) {
    sim.route(one, other, link());
    sim.route(other, one, link());
  }

  /** From now on every datagram arrives whole. */
  public void heal() {
    healed = true;
    for (Link link : links) {
      link.mend().loss(0).reorder(0, Duration.ZERO).duplicate(0).corrupt(0).truncate(0);
      link.mtu(Integer.MAX_VALUE);
    }
  }
}
