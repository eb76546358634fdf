package dev.sluice.bench.compare;

import java.util.ArrayList;
import java.util.List;

/**
 * How many times better one is than another, over the rounds in which both have a value.
 *
 * @param median NaN when there is no such round
 */
record Ratio(double median, double least, double most) {
  static final Ratio UNKNOWN = new Ratio(Double.NaN, Double.NaN, Double.NaN);

  /**
   * Of values in the order of the rounds, NaN where there is none.
   *
   * @param isRate whether more is better; else less is
   */
  static Ratio of(List<Double> values, List<Double> others, boolean isRate) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < Math.min(values.size(), others.size()); i++) {
      double ratio = isRate ? values.get(i) / others.get(i) : others.get(i) / values.get(i);
      if (Double.isFinite(ratio)) {
        ratios.add(ratio);
      }
    }
    return ratios.isEmpty()
        ? UNKNOWN
        : new Ratio(
            Statistics.median(ratios),
            ratios.stream().min(Double::compare).orElseThrow(),
            ratios.stream().max(Double::compare).orElseThrow());
  }

  boolean isKnown() {
    return !Double.isNaN(median);
  }

  /** For a table; empty when it is not known. */
  String text() {
    return isKnown()
        ? "%s times (%s to %s)"
            .formatted(Report.number(median), Report.number(least), Report.number(most))
        : "";
  }
}
