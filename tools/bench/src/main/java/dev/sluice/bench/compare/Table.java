package dev.sluice.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A table of Markdown. */
final class Table {
  private Table() {}

  /** With its first line as the heads of the columns, padded for whoever reads it as it is. */
  static String markdown(List<List<String>> table) {
    int columns = table.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> line : table) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (int n = 0; n < table.size(); n++) {
      text.append(line(table.get(n), widths));
      if (n == 0) {
        List<String> rule = new ArrayList<>();
        for (int width : widths) {
          rule.add("-".repeat(width));
        }
        text.append(line(rule, widths));
      }
    }
    return text.toString();
  }

  private static String line(List<String> cells, int[] widths) {
    List<String> padded = new ArrayList<>();
    for (int i = 0; i < widths.length; i++) {
      padded.add(String.format(Locale.ROOT, "%-" + widths[i] + "s", cells.get(i)));
    }
    return padded.stream().collect(Collectors.joining(" | ", "| ", " |\n"));
  }
}
