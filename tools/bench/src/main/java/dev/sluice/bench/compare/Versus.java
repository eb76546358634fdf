package dev.sluice.bench.compare;

import java.util.ArrayList;
import java.util.List;

/**
 * What was found of two checkouts in one task, round by round.
 *
 * @param earlier of the earlier one; NaN where it failed
 * @param here of this one; NaN where it failed
 */
record Versus(Task task, List<Double> earlier, List<Double> here) {
  Versus(Task task) {
    this(task, new ArrayList<>(), new ArrayList<>());
  }

  /** How many times better this checkout is, and within which bounds the rounds are. */
  Ratio ratio() {
    return Ratio.of(here, earlier, task.isRate());
  }

  /** Whether this checkout is so many times as good; what cannot be told is not. */
  boolean isAtLeast(double wanted) {
    return ratio().median() >= wanted;
  }

  /** The lines of a table of several, and its head. */
  static List<List<String>> table(String commit, List<Versus> several) {
    List<List<String>> table = new ArrayList<>();
    table.add(List.of("task", commit, "here", "unit", "here is"));
    for (Versus each : several) {
      table.add(
          List.of(
              each.task.toString(),
              each.shown(each.earlier),
              each.shown(each.here),
              each.task.unit(),
              each.ratio().text()));
    }
    return table;
  }

  private String shown(List<Double> values) {
    double median = Statistics.median(values.stream().filter(value -> !value.isNaN()).toList());
    return Double.isNaN(median) ? "failed" : Report.number(task.shown(median));
  }
}
