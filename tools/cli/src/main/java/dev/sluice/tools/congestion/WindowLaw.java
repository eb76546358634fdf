package dev.sluice.tools.congestion;

import dev.sluice.quic.congestion.CongestionAlgorithm;
import java.util.SplittableRandom;

/**
 * How much of a bottleneck one flow can use at best whose window follows its controller's law and
 * nothing else: no startup, no timers, no bursts, and a round trip of recovery (RFC 9002 §7.3.2).
 * Where packets are lost at random this is the limit of Mathis and others (RFC 9438 §5.1 and its
 * references), and with a small queue the part of each sawtooth that lies below what the pipe
 * holds.
 *
 * <p>Packets are whole: what is in flight never exceeds the window (RFC 9002 §7), so that a window
 * of twelve and a half carries twelve. Where windows are that small it matters: who would send
 * another packet while anything of its window is left, had a packet more in flight at all times.
 */
final class WindowLaw {
  /** UDP payload that most datagrams have once the path's MTU is found, in bytes. */
  private static final double DATAGRAM = 1_452;

  private static final int MINIMUM = 2;
  private static final double RENO_BETA = 0.5;

  /** RFC 9438 §4.6 and §5: the constants of CUBIC. */
  private static final double CUBIC_BETA = 0.7;

  private static final double CUBIC_C = 0.4;

  /** So long that a sawtooth more or less makes no difference. */
  private static final int PACKETS = 2_000_000;

  private final double beta;
  private final boolean cubic;
  private final SplittableRandom random = new SplittableRandom(1);
  private double window;
  private double before;
  private double prior;
  private double estimate;
  private double sinceLoss;

  private WindowLaw(CongestionAlgorithm algorithm) {
    this.cubic = algorithm == CongestionAlgorithm.CUBIC;
    this.beta = cubic ? CUBIC_BETA : RENO_BETA;
  }

  /**
   * The share of the bottleneck that one flow can use.
   *
   * @return 1 for BBR, whose window follows what is delivered and not what is lost
   */
  static double ceiling(Scenario scenario, CongestionAlgorithm algorithm) {
    return algorithm == CongestionAlgorithm.BBR ? 1 : new WindowLaw(algorithm).run(scenario);
  }

  private double run(Scenario scenario) {
    double perPacket = DATAGRAM * 8 / scenario.rate();
    double empty = scenario.roundTrip().toNanos() / 1e9;
    double pipe = empty / perPacket;
    double full = pipe + scenario.queue() / DATAGRAM;
    window = Math.max(MINIMUM, full * beta);
    before = full;
    prior = full;
    estimate = window;
    double time = 0;
    double immune = 0;
    for (int i = 0; i < PACKETS; i++) {
      double packets = Math.floor(window);
      double roundTrip = Math.max(empty, packets * perPacket);
      double step = roundTrip / packets;
      time += step;
      sinceLoss += step;
      immune -= step;
      boolean lost = window >= full || random.nextDouble() < scenario.loss();
      if (immune > 0) {
        continue; // recovery: one reduction for all that was under way, and no growth (§7.3.2)
      }
      if (lost) {
        reduce();
        immune = roundTrip;
      } else {
        grow(roundTrip);
      }
    }
    return Math.min(1, PACKETS * perPacket / time);
  }

  private void grow(double roundTrip) {
    if (!cubic) {
      window += 1 / window;
      return;
    }
    // RFC 9438 §4.2 to §4.5: the cubic function, but no less than Reno would have.
    double alpha = estimate < prior ? 3 * (1 - beta) / (1 + beta) : 1;
    estimate += alpha / window;
    double k = Math.cbrt((before - beta * before) / CUBIC_C);
    double target = CUBIC_C * Math.pow(sinceLoss + roundTrip - k, 3) + before;
    target = Math.clamp(target, window, 1.5 * window);
    window = Math.max(estimate, window + (target - window) / window);
  }

  private void reduce() {
    prior = window; // cwnd_prior, without the fast convergence of W_max (§4.3, §4.7)
    before = cubic && window < before ? window * (1 + beta) / 2 : window;
    window = Math.max(MINIMUM, window * beta);
    estimate = window;
    sinceLoss = 0;
  }
}
