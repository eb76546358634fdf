package dev.sluice.bench.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.bench.compare.Results.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The results as a table of Markdown, and as JSON. */
final class Report {
  private final Results results;

  Report(Results results) {
    this.results = results;
  }

  /** The table of results, and under it that of the targets. */
  String text() {
    List<List<String>> table = new ArrayList<>();
    table.add(
        List.of("task", "client", "server", "median", "spread", "unit", "of pump", "ours is"));
    Row pump = results.row(Task.PUMP, Matrix.CEILING);
    for (Task task : Task.values()) {
      for (Row row : results.rows(task)) {
        table.add(line(task, row, pump));
      }
    }
    StringBuilder text = new StringBuilder(Table.markdown(table));
    List<List<String>> targets = new ArrayList<>();
    targets.add(List.of("target", "wanted", "found", "met"));
    for (Target target : Target.of(results)) {
      targets.add(
          List.of(
              target.task() + ", " + target.what(),
              target.wanted(),
              target.isKnown() ? number(target.found()) : "not measured",
              target.isKnown() ? target.met() ? "yes" : "no" : ""));
    }
    if (targets.size() > 1) {
      text.append('\n').append(Table.markdown(targets));
    }
    for (Task task : Task.values()) {
      for (Row row : results.rows(task)) {
        row.failures()
            .forEach(
                failure ->
                    text.append(
                        "\n" + task + ", " + row.contender().label() + " failed: " + failure));
      }
    }
    return text.append('\n').toString();
  }

  private List<String> line(Task task, Row row, Row pump) {
    List<Double> valid = row.valid();
    String spread =
        valid.isEmpty()
            ? ""
            : number(task.shown(valid.stream().min(Double::compare).orElseThrow()))
                + " to "
                + number(task.shown(valid.stream().max(Double::compare).orElseThrow()));
    Ratio share = Results.ratio(row, task.isUnderPump() ? pump : null, true);
    Ratio ours = Results.ratio(results.row(task, row.contender().ours()), row, task.isRate());
    return List.of(
        task.toString(),
        row.contender().client(),
        row.contender().server(),
        valid.isEmpty() ? "failed" : number(task.shown(row.median())),
        spread,
        task.unit(),
        share.isKnown() ? Math.round(share.median() * 100) + "%" : "",
        ours.text());
  }

  /** One object with everything, each round's values included. */
  String json() throws JsonProcessingException {
    List<Map<String, Object>> rows = new ArrayList<>();
    Row pump = results.row(Task.PUMP, Matrix.CEILING);
    for (Task task : Task.values()) {
      for (Row row : results.rows(task)) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("task", task.toString());
        json.put("client", row.contender().client());
        json.put("server", row.contender().server());
        json.put("unit", task.unit());
        json.put("median", finite(task.shown(row.median())));
        json.put("values", row.values().stream().map(value -> finite(task.shown(value))).toList());
        Ratio share = Results.ratio(row, task.isUnderPump() ? pump : null, true);
        json.put("shareOfPump", finite(share.median()));
        Ratio ours = Results.ratio(results.row(task, row.contender().ours()), row, task.isRate());
        json.put("oursIsTimes", finite(ours.median()));
        json.put("failures", row.failures());
        rows.add(json);
      }
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("java", System.getProperty("java.vm.version"));
    all.put("processors", Runtime.getRuntime().availableProcessors());
    all.put("results", rows);
    all.put("targets", Target.of(results).stream().map(Report::json).toList());
    return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(all);
  }

  private static Map<String, Object> json(Target target) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("task", target.task().toString());
    json.put("what", target.what());
    json.put("wanted", target.wanted());
    json.put("found", finite(target.found()));
    json.put("met", target.isKnown() ? target.met() : null);
    return json;
  }

  /** JSON has no NaN. */
  private static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  /** Three significant digits, or all of what is before the point. */
  static String number(double value) {
    double size = Math.abs(value);
    int decimals = size >= 100 ? 0 : size >= 10 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
