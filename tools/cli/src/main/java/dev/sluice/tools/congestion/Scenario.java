package dev.sluice.tools.congestion;

import dev.sluice.quic.congestion.CongestionAlgorithm;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A bottleneck, and the flows that share it.
 *
 * @param name what it is about, for people
 * @param rate of the bottleneck, bits of UDP payload a second
 * @param roundTrip without any queue
 * @param queue bytes that the bottleneck holds
 * @param loss the share of datagrams that it loses by chance
 * @param starts when each flow begins; there are as many flows
 * @param duration of the whole
 * @param exceptions for controllers that are not held to the goal: why not
 */
record Scenario(
    String name,
    long rate,
    Duration roundTrip,
    long queue,
    double loss,
    List<Duration> starts,
    Duration duration,
    Map<CongestionAlgorithm, String> exceptions) {

  /** One flow that has the path to itself. */
  static Scenario of(
      String name, long rate, long roundTripMillis, double queueInBdps, int seconds) {
    return new Scenario(
        name,
        rate,
        Duration.ofMillis(roundTripMillis),
        Math.max((long) (rate / 8e3 * roundTripMillis * queueInBdps), 3_000),
        0,
        List.of(Duration.ZERO),
        Duration.ofSeconds(seconds),
        Map.of());
  }

  /** The same with a queue of so many bytes. */
  Scenario queueOf(long bytes) {
    return new Scenario(name, rate, roundTrip, bytes, loss, starts, duration, exceptions);
  }

  /** The same with random loss. */
  Scenario losing(double share) {
    return new Scenario(name, rate, roundTrip, queue, share, starts, duration, exceptions);
  }

  /** The same with a second flow that begins later by so much. */
  Scenario with(Duration second) {
    return new Scenario(
        name, rate, roundTrip, queue, loss, List.of(Duration.ZERO, second), duration, exceptions);
  }

  /** The same without the goal for these controllers. */
  Scenario except(String why, CongestionAlgorithm... algorithms) {
    Map<CongestionAlgorithm, String> more = new EnumMap<>(CongestionAlgorithm.class);
    more.putAll(exceptions);
    for (CongestionAlgorithm algorithm : algorithms) {
      more.put(algorithm, why);
    }
    return new Scenario(name, rate, roundTrip, queue, loss, starts, duration, more);
  }

  /** The rate as people write it. */
  String rateText() {
    String[] units = {"b/s", "kb/s", "Mb/s", "Gb/s"};
    int unit = 0;
    double value = rate;
    while (value >= 1000 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, "%.3g %s", value, units[unit]).replace(".00", "");
  }

  /** A name for its plot, of letters, digits and hyphens. */
  String slug() {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
  }
}
