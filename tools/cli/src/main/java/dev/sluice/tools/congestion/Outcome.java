package dev.sluice.tools.congestion;

import dev.sluice.quic.congestion.CongestionAlgorithm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How it went.
 *
 * @param utilisation the share of the bottleneck's time in which it was sending
 * @param goodput the share of the bottleneck's rate that became bytes of streams
 * @param fairness Jain's index over what the flows delivered in the last third; 1 for one flow
 * @param rtt the mean of all samples, milliseconds
 * @param lossRate packets that the senders declared lost, of those sent
 * @param flows for each flow, its course
 */
record Outcome(
    Scenario scenario,
    CongestionAlgorithm algorithm,
    double utilisation,
    double goodput,
    double fairness,
    double rtt,
    double lossRate,
    List<List<Sample>> flows) {

  /** What every controller has to reach: this share of the bottleneck. */
  static final double UTILISATION_GOAL = 0.9;

  /** Or this share of what its law allows, where that is below the goal itself. */
  static final double OF_A_LOW_CEILING = 0.84;

  /** And this for Jain's index, between flows of one kind. */
  static final double FAIRNESS_GOAL = 0.9;

  /** The share that this controller's law lets one flow have at best ({@link WindowLaw}). */
  double ceiling() {
    return scenario.starts().size() > 1 ? 1 : WindowLaw.ceiling(scenario, algorithm);
  }

  /** What this one is held to: the goal, or as much of what its law allows. */
  double expected() {
    double ceiling = ceiling();
    return ceiling * (ceiling < UTILISATION_GOAL ? OF_A_LOW_CEILING : UTILISATION_GOAL);
  }

  /** Why this one is not held to the goal; null if it is. */
  String exception() {
    return scenario.exceptions().get(algorithm);
  }

  /** Whether it used the bottleneck as it should, and shared it as it should. */
  boolean isGood() {
    return utilisation >= expected() && fairness >= FAIRNESS_GOAL;
  }

  /** The verdict: ok, as good as its law allows, below the goal for a reason, or below. */
  String verdict() {
    if (isGood()) {
      return utilisation >= UTILISATION_GOAL
          ? "ok"
          : String.format(Locale.ROOT, "ok for its law: at best %.0f%%", 100 * ceiling());
    }
    return exception() == null ? "BELOW" : "(" + exception() + ")";
  }

  /** Whether nobody can complain. */
  boolean isAcceptable() {
    return isGood() || exception() != null;
  }

  /** Its numbers for programs. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("scenario", scenario.name());
    json.put("controller", algorithm.label());
    json.put("rate", scenario.rate());
    json.put("roundTripMillis", scenario.roundTrip().toNanos() / 1e6);
    json.put("queueBytes", scenario.queue());
    json.put("randomLoss", scenario.loss());
    json.put("flows", scenario.starts().size());
    json.put("seconds", scenario.duration().toNanos() / 1e9);
    json.put("utilisation", utilisation);
    json.put("goodput", goodput);
    json.put("ceiling", ceiling());
    json.put("fairness", fairness);
    json.put("rttMillis", rtt);
    json.put("lossRate", lossRate);
    json.put("acceptable", isAcceptable());
    json.put("exception", exception());
    return json;
  }

  /** Jain's index: 1 when all are equal, 1/n when one has everything. */
  static double jain(double... shares) {
    double sum = 0;
    double squares = 0;
    for (double share : shares) {
      sum += share;
      squares += share * share;
    }
    return squares == 0 ? 0 : sum * sum / (shares.length * squares);
  }
}
