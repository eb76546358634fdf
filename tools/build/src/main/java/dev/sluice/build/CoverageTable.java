package dev.sluice.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Prints line and branch coverage of each module from JaCoCo's CSV: {@code CoverageTable FILE}. */
public final class CoverageTable {
  private CoverageTable() {}

  /** Prints the table; see the class comment for the argument. */
  public static void main(String[] args) throws IOException {
    System.out.print(render(Files.readAllLines(Path.of(args[0]))));
  }

  /**
   * The table for the lines of a report, the first of which names the columns. A group reads
   * "report/module".
   */
  static String render(List<String> csv) {
    List<String> columns = List.of(csv.getFirst().split(","));
    int group = columns.indexOf("GROUP");
    int missedLines = columns.indexOf("LINE_MISSED");
    int coveredLines = columns.indexOf("LINE_COVERED");
    int missedBranches = columns.indexOf("BRANCH_MISSED");
    int coveredBranches = columns.indexOf("BRANCH_COVERED");

    Map<String, Counts> modules = new TreeMap<>();
    Counts total = Counts.NONE;
    for (String line : csv.subList(1, csv.size())) {
      String[] cells = line.split(",");
      Counts counts =
          new Counts(
              Long.parseLong(cells[coveredLines]),
              Long.parseLong(cells[missedLines]),
              Long.parseLong(cells[coveredBranches]),
              Long.parseLong(cells[missedBranches]));
      String module = cells[group].substring(cells[group].lastIndexOf('/') + 1);
      modules.merge(module, counts, Counts::plus);
      total = total.plus(counts);
    }

    StringBuilder table = new StringBuilder();
    table.append("coverage              lines            branches\n");
    modules.forEach((module, counts) -> table.append(counts.row(module)));
    return table.append(total.row("all")).toString();
  }

  private record Counts(
      long coveredLines, long missedLines, long coveredBranches, long missedBranches) {
    static final Counts NONE = new Counts(0, 0, 0, 0);

    Counts plus(Counts other) {
      return new Counts(
          coveredLines + other.coveredLines,
          missedLines + other.missedLines,
          coveredBranches + other.coveredBranches,
          missedBranches + other.missedBranches);
    }

    String row(String name) {
      return "%-18s %s  %s%n"
          .formatted(name, cell(coveredLines, missedLines), cell(coveredBranches, missedBranches));
    }

    private static String cell(long covered, long missed) {
      long all = covered + missed;
      double percent = all == 0 ? 100 : 100.0 * covered / all;
      return "%5.1f%% of %6d".formatted(percent, all);
    }
  }
}
