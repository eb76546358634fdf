package dev.sluice.http3.message;

import dev.sluice.qpack.FieldLine;
import java.util.ArrayList;
import java.util.List;

/**
 * The Cookie field travels as one line for each cookie-pair, because pairs repeat where the whole
 * does not, and is handed to applications as one line again (RFC 9114 §4.2.1).
 */
final class Cookies {
  private static final String NAME = "cookie";
  private static final String DELIMITER = "; ";

  private Cookies() {}

  /** Joins all Cookie lines into the first; the same list when there is none. */
  static List<FieldLine> join(List<FieldLine> lines) {
    if (!has(lines)) {
      return lines;
    }
    int first = -1;
    StringBuilder joined = null;
    boolean sensitive = false;
    List<FieldLine> result = new ArrayList<>(lines.size());
    for (FieldLine line : lines) {
      if (!line.name().equals(NAME)) {
        result.add(line);
      } else if (first < 0) {
        first = result.size();
        sensitive = line.sensitive();
        result.add(line);
      } else {
        if (joined == null) {
          joined = new StringBuilder(result.get(first).value());
        }
        joined.append(DELIMITER).append(line.value());
        sensitive |= line.sensitive();
      }
    }
    if (joined != null) {
      result.set(first, new FieldLine(NAME, joined.toString(), sensitive));
    }
    return result;
  }

  private static boolean has(List<FieldLine> lines) {
    for (FieldLine line : lines) {
      if (line.name().equals(NAME)) {
        return true;
      }
    }
    return false;
  }

  /** Adds a line to others, a Cookie line in crumbs. */
  static void addSplit(FieldLine line, List<FieldLine> target) {
    if (!line.name().equals(NAME) || !line.value().contains(DELIMITER)) {
      target.add(line);
      return;
    }
    for (String crumb : line.value().split(DELIMITER, -1)) {
      target.add(new FieldLine(NAME, crumb, line.sensitive()));
    }
  }
}
