package dev.sluice.tools.congestion;

import dev.sluice.quic.congestion.CongestionAlgorithm;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * A scenario with one congestion controller, as often as it takes to judge it. Which of two flows
 * meets a full queue first is a matter of luck, and has effects for minutes: how they share it is
 * the median of several runs. A flow alone is run once: random losses move its share by some
 * hundredths, and for these it is held to less than its law allows ({@link Outcome#expected}).
 *
 * @param outcomes of at least one run, the least fair first
 */
record Runs(List<Outcome> outcomes) {

  /** Runs of a scenario with several flows: odd, so that one is in the middle. */
  private static final int OF_SEVERAL_FLOWS = 5;

  Runs {
    outcomes = outcomes.stream().sorted(Comparator.comparingDouble(Outcome::fairness)).toList();
  }

  /**
   * Runs it; takes as long as it computes.
   *
   * @param seed of the first run; the others have the numbers behind it
   */
  static Runs of(Scenario scenario, CongestionAlgorithm algorithm, long seed) {
    int count = scenario.starts().size() > 1 ? OF_SEVERAL_FLOWS : 1;
    return new Runs(
        LongStream.range(0, count)
            .mapToObj(each -> new ScenarioRun(scenario, algorithm, seed + each).run())
            .toList());
  }

  /** The run that stands for all of them. */
  Outcome median() {
    return outcomes.get(outcomes.size() / 2);
  }

  /** What is to be said of it, with the spread of fairness where there is one. */
  String verdict() {
    return outcomes.size() == 1
        ? median().verdict()
        : String.format(
            Locale.ROOT,
            "%s; Jain's index from %.3f to %.3f in %d runs",
            median().verdict(),
            outcomes.getFirst().fairness(),
            outcomes.getLast().fairness(),
            outcomes.size());
  }

  /** The numbers of the median for programs, and the fairness of all. */
  Map<String, Object> json() {
    Map<String, Object> json = median().json();
    json.put("fairnessOfRuns", outcomes.stream().map(Outcome::fairness).toList());
    return json;
  }
}
