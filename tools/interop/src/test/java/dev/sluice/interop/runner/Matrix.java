package dev.sluice.interop.runner;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** What became of all cells, as text. */
final class Matrix {
  private final Map<Cell, Verdict> verdicts = new LinkedHashMap<>();

  void put(Cell cell, Verdict verdict) {
    verdicts.put(cell, verdict);
  }

  /** A table of cases and pairs, then what there is to say of cells: measurements, reasons. */
  @Override
  public String toString() {
    List<String> pairs = verdicts.keySet().stream().map(Cell::pair).distinct().toList();
    Map<Case, Map<String, Verdict>> rows = new TreeMap<>();
    verdicts.forEach(
        (cell, verdict) ->
            rows.computeIfAbsent(cell.which(), c -> new LinkedHashMap<>())
                .put(cell.pair(), verdict));
    StringBuilder text = new StringBuilder("client:server\n");
    text.append(row("", pairs, pair -> pair));
    rows.forEach(
        (which, row) ->
            text.append(
                row(
                    which.label() + " (" + which.abbreviation() + ")",
                    pairs,
                    pair -> row.containsKey(pair) ? String.valueOf(row.get(pair).mark()) : "")));
    text.append('\n');
    verdicts.forEach((cell, verdict) -> text.append(reason(cell, verdict)));
    return text.toString();
  }

  private static String row(String title, List<String> pairs, UnaryOperator<String> entry) {
    return String.format("%-27s", title)
        + pairs.stream()
            .map(pair -> String.format("%-" + (pair.length() + 2) + "s", entry.apply(pair)))
            .collect(Collectors.joining())
            .stripTrailing()
        + "\n";
  }

  private static String reason(Cell cell, Verdict verdict) {
    String reason =
        switch (verdict) {
          case Verdict.Passed passed -> passed.remark();
          case Verdict.Failed failed -> failed.why();
          case Verdict.Excused excused -> excused.why();
          case Verdict.Missing missing -> missing.program() + " is not installed";
        };
    return reason.isEmpty() ? "" : verdict.mark() + " " + cell + ": " + reason + "\n";
  }
}
