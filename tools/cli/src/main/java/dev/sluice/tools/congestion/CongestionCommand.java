package dev.sluice.tools.congestion;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.sluice.quic.congestion.CongestionAlgorithm;
import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import dev.sluice.tools.FileFailure;
import dev.sluice.tools.StandardStreams;
import dev.sluice.tools.Version;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice congestion}: how well each congestion controller uses and shares a bottleneck. */
@Command(
    name = "congestion",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = "Run every congestion controller through a table of simulated bottlenecks.",
    footer = {
      "",
      "Whole connections run on a simulated network with a clock of its own, so a run follows from"
          + " its seed and takes as long as it computes. Printed are the share of the bottleneck"
          + " that was used, the share that became data of streams, Jain's fairness index of the"
          + " flows over the last third, the mean round-trip time, and the packets lost. Where two"
          + " flows share, five runs are made, with five seeds, and the one with the median index"
          + " is printed. The goal is 90%% and 0.9. Where packets are lost at random or the queue"
          + " is small, a window that follows losses cannot use everything: there the line says how"
          + " much it could use at best, and is held to that. A line that misses its goal without a"
          + " known reason makes the exit code 1."
    })
public final class CongestionCommand implements Callable<Integer> {
  private static final int BELOW_GOAL = 1;

  @Parameters(
      paramLabel = "SCENARIO",
      description =
          "Only scenarios with one of these words in their name, such as loss or flows; all"
              + " without.")
  private List<String> words = List.of();

  @Option(
      names = "--cc",
      paramLabel = "NAME",
      split = ",",
      description = "Only these controllers: newreno, cubic, bbr.")
  private List<String> names = List.of();

  @Option(names = "--quick", description = "Only scenarios that take a second or two.")
  private boolean quick;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Decides everything that happens by chance (1). Of five runs it is the first one's seed.")
  private long seed;

  @Option(
      names = "--plot",
      paramLabel = "DIR",
      description = "Write window, round-trip time and rate over time, one SVG for each line.")
  private Path plots;

  @Option(names = "--json", description = "Print JSON, for programs.")
  private boolean json;

  private final PrintStream out;
  private final PrintStream err;

  /** With what it writes. */
  public CongestionCommand(StandardStreams streams) {
    this.out = streams.printer();
    this.err = streams.err();
  }

  @Override
  public Integer call() throws CommandException {
    List<CongestionAlgorithm> algorithms = algorithms();
    List<Scenario> scenarios = scenarios();
    int total = algorithms.size() * scenarios.size();
    List<Runs> done = new ArrayList<>();
    if (!json) {
      out.println(Report.HEADER);
    }
    for (Scenario scenario : scenarios) {
      for (CongestionAlgorithm algorithm : algorithms) {
        err.printf(
            "%d of %d: %s, %s%n", done.size() + 1, total, scenario.name(), algorithm.label());
        Runs runs = Runs.of(scenario, algorithm, seed);
        done.add(runs);
        plot(runs.median());
        if (!json) {
          out.println(Report.line(runs));
        }
        StandardStreams.requireWritten(out); // before another line is computed for nobody
      }
    }
    if (json) {
      printJson(done);
      StandardStreams.requireWritten(out);
    }
    boolean acceptable = done.stream().map(Runs::median).allMatch(Outcome::isAcceptable);
    return acceptable ? ExitCode.OK.code() : BELOW_GOAL;
  }

  private List<CongestionAlgorithm> algorithms() throws CommandException {
    List<CongestionAlgorithm> algorithms = new ArrayList<>();
    for (String name : names) {
      algorithms.add(
          CongestionAlgorithm.named(name)
              .orElseThrow(
                  () ->
                      new CommandException(
                          ExitCode.USAGE, "there is no congestion controller " + name)));
    }
    return algorithms.isEmpty() ? List.of(CongestionAlgorithm.values()) : algorithms;
  }

  private List<Scenario> scenarios() throws CommandException {
    List<Scenario> scenarios =
        (quick ? Scenarios.quick() : Scenarios.all())
            .stream()
                .filter(
                    scenario ->
                        words.isEmpty() || words.stream().anyMatch(scenario.name()::contains))
                .toList();
    if (scenarios.isEmpty()) {
      throw new CommandException(ExitCode.USAGE, "no scenario is called like that");
    }
    return scenarios;
  }

  private void plot(Outcome outcome) throws CommandException {
    if (plots == null) {
      return;
    }
    Path file =
        plots.resolve(outcome.scenario().slug() + "-" + outcome.algorithm().label() + ".svg");
    try {
      Files.createDirectories(plots);
      Files.writeString(file, Plot.of(outcome));
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.WRITE_ERROR, "cannot write " + file + ": " + FileFailure.reason(e), e);
    }
  }

  private void printJson(List<Runs> done) {
    try {
      out.println(
          new ObjectMapper()
              .enable(SerializationFeature.INDENT_OUTPUT)
              .writeValueAsString(done.stream().map(Runs::json).toList()));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The table for people. */
  private static final class Report {
    static final String HEADER =
        String.format(
            Locale.ROOT,
            "%-24s %-8s %9s %7s %9s %6s %7s %5s %10s %6s  %s",
            "scenario",
            "control",
            "rate",
            "rtt/ms",
            "queue/B",
            "used",
            "goodput",
            "Jain",
            "mean rtt",
            "lost",
            "");

    private Report() {}

    static String line(Runs runs) {
      Outcome outcome = runs.median();
      Scenario scenario = outcome.scenario();
      return String.format(
          Locale.ROOT,
          "%-24s %-8s %9s %7d %9d %5.1f%% %6.1f%% %5s %7.1f ms %5.2f%%  %s",
          scenario.name(),
          outcome.algorithm().label(),
          scenario.rateText(),
          scenario.roundTrip().toMillis(),
          scenario.queue(),
          100 * outcome.utilisation(),
          100 * outcome.goodput(),
          scenario.starts().size() == 1
              ? "-"
              : String.format(Locale.ROOT, "%.3f", outcome.fairness()),
          outcome.rtt(),
          100 * outcome.lossRate(),
          runs.verdict());
    }
  }
}
