package dev.sluice.bench.compare;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was measured, round by round. */
final class Results {
  private final Map<Task, Map<String, Row>> rows = new EnumMap<>(Task.class);

  /** One contender's values; NaN where it failed. */
  record Row(Contender contender, List<Double> values, List<String> failures) {
    List<Double> valid() {
      return values.stream().filter(value -> !value.isNaN()).toList();
    }

    double median() {
      return Statistics.median(valid());
    }
  }

  void add(Contender contender, double value, String failure) {
    Row row =
        rows.computeIfAbsent(contender.task(), task -> new LinkedHashMap<>())
            .computeIfAbsent(
                contender.label(),
                label -> new Row(contender, new ArrayList<>(), new ArrayList<>()));
    row.values().add(value);
    if (failure != null) {
      row.failures().add(failure);
    }
  }

  /** The rows of a task in the order of their first values; empty when it was not run. */
  List<Row> rows(Task task) {
    return List.copyOf(rows.getOrDefault(task, Map.of()).values());
  }

  /** One row; null when it was not run. */
  Row row(Task task, String label) {
    return rows.getOrDefault(task, Map.of()).get(label);
  }

  /** The highest value of each round, of rows that count in rates; null of none. */
  static Row best(List<Row> several) {
    if (several.isEmpty()) {
      return null;
    }
    List<Double> best = new ArrayList<>(several.getFirst().values());
    for (Row row : several) {
      for (int i = 0; i < Math.min(best.size(), row.values().size()); i++) {
        double value = row.values().get(i);
        if (!(best.get(i) >= value) && !Double.isNaN(value)) {
          best.set(i, value);
        }
      }
    }
    return new Row(several.getFirst().contender(), best, List.of());
  }

  /** How many times better the first is than the second, round by round. */
  static Ratio ratio(Row one, Row other, boolean isRate) {
    return one == null || other == null
        ? Ratio.UNKNOWN
        : Ratio.of(one.values(), other.values(), isRate);
  }
}
