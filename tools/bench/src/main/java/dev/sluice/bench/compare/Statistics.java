package dev.sluice.bench.compare;

import java.util.List;

/** Of few values. */
final class Statistics {
  private Statistics() {}

  /** The middle one, or the mean of the two in the middle; NaN of nothing. */
  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int size = sorted.size();
    if (size == 0) {
      return Double.NaN;
    }
    return (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
  }

  /** The rate of all together, where each of these was that of the same amount; NaN of nothing. */
  static double ofEqualAmounts(List<Double> rates) {
    return rates.size() / rates.stream().mapToDouble(rate -> 1 / rate).sum();
  }
}
