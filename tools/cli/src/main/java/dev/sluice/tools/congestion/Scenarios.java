package dev.sluice.tools.congestion;

import static dev.sluice.quic.congestion.CongestionAlgorithm.BBR;

import java.time.Duration;
import java.util.List;

/** The table of scenarios. Queues are in bandwidth-delay products unless they say bytes. */
final class Scenarios {
  private static final long KILO = 1_000;
  private static final long MEGA = 1_000_000;
  private static final long GIGA = 1_000_000_000;

  /** So many megabytes cross the bottleneck in a second or two of computing. */
  private static final int QUICK_MEGABYTES = 60;

  /** draft-ietf-ccwg-bbr-06 §5.3.4.3: every 5 s, for a round trip, at half of what fits. */
  private static final String LONG_LOOK = "halves its window for a round trip every 5 s";

  /** §5.5.9: BBR.Headroom is 0.15. */
  private static final String HEADROOM = "leaves a seventh of what fits to others";

  /** §5.5.10.3: while it does not probe, each round with a loss lowers the rate a little. */
  private static final String FOLLOWS_LOSS = "gives up what is lost between two probes";

  private Scenarios() {}

  /** All of them: some minutes. */
  static List<Scenario> all() {
    return List.of(
        Scenario.of("10 kb/s", 10 * KILO, 200, 20, 600),
        Scenario.of("100 kb/s", 100 * KILO, 100, 5, 120),
        Scenario.of("1 Mb/s, long way", MEGA, 600, 1, 400).except(LONG_LOOK, BBR),
        Scenario.of("10 Mb/s", 10 * MEGA, 40, 1, 30),
        Scenario.of("100 Mb/s", 100 * MEGA, 20, 1, 20),
        Scenario.of("1 Gb/s", GIGA, 10, 1, 5),
        Scenario.of("10 Gb/s", 10 * GIGA, 2, 1, 1),
        Scenario.of("half a queue", 50 * MEGA, 40, 0.5, 30),
        Scenario.of("small queue", 50 * MEGA, 40, 0.1, 30).except(HEADROOM, BBR),
        Scenario.of("bufferbloat", 20 * MEGA, 40, 20, 40),
        Scenario.of("a loss in a thousand", 10 * MEGA, 40, 1, 60).losing(0.001),
        Scenario.of("a loss in a hundred", 50 * MEGA, 40, 1, 30)
            .losing(0.01)
            .except(FOLLOWS_LOSS, BBR),
        Scenario.of("a loss in a hundred, near", 20 * MEGA, 20, 1, 20)
            .losing(0.01)
            .except(FOLLOWS_LOSS, BBR),
        Scenario.of("two flows", 10 * MEGA, 40, 1, 40).with(Duration.ZERO),
        Scenario.of("two flows, one later", 20 * MEGA, 40, 1, 90).with(Duration.ofSeconds(10)),
        Scenario.of("two flows, deep queue", 20 * MEGA, 40, 4, 300).with(Duration.ofSeconds(5)),
        Scenario.of("two flows, fast", 200 * MEGA, 20, 1, 30).with(Duration.ofSeconds(3)));
  }

  /** Those that take a second or two each, for tests. */
  static List<Scenario> quick() {
    return all().stream()
        .filter(
            scenario -> scenario.rate() / 8e6 * scenario.duration().toSeconds() < QUICK_MEGABYTES)
        .toList();
  }
}
