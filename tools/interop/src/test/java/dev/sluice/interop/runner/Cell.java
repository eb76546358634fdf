package dev.sluice.interop.runner;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** A case with a pair. */
record Cell(Case which, Peer client, Peer server) {
  private static final int RUNS_TO_MEASURE = 5;

  /** The pair as it is named on the command line: {@code client:server}. */
  String pair() {
    return client.name() + ":" + server.name();
  }

  @Override
  public String toString() {
    return pair() + " " + which.label();
  }

  /**
   * Runs it, if it can be.
   *
   * @param folder where its files go; what is there of a failed run stays
   */
  Verdict run(Path folder) {
    Optional<String> excuse =
        Stream.of(client.cannotFetch(which), server.cannotServe(which))
            .flatMap(Optional::stream)
            .findFirst();
    if (excuse.isPresent()) {
      return new Verdict.Excused(excuse.get());
    }
    Optional<String> missing =
        Stream.of(client.missing(), server.missing()).flatMap(Optional::stream).findFirst();
    if (missing.isPresent()) {
      return new Verdict.Missing(missing.get());
    }
    int chances = Math.max(client.chancesToFetch(which), server.chancesToServe(which));
    Verdict verdict = once(folder, 0);
    for (int chance = 1; chance < chances && verdict instanceof Verdict.Failed failed; chance++) {
      verdict =
          switch (once(folder, chance)) {
            case Verdict.Passed passed -> passed.after(chance, failed);
            case Verdict other -> other;
          };
    }
    return verdict;
  }

  private Verdict once(Path folder, int chance) {
    double[] measured = new double[which == Case.GOODPUT && client == server ? RUNS_TO_MEASURE : 1];
    try {
      for (int i = 0; i < measured.length; i++) {
        CellRun run = new CellRun(which, client, server, folder, chance * measured.length + i);
        run.run();
        measured[i] = run.megabits();
      }
      Site.delete(folder);
    } catch (AssertionError | IOException | RuntimeException e) {
      return new Verdict.Failed(e.toString().replaceFirst("^java.lang.AssertionError: ", ""));
    }
    return new Verdict.Passed(which.isMeasurement() ? rate(measured) : "");
  }

  private static String rate(double[] megabits) {
    double mean = DoubleStream.of(megabits).average().orElse(0);
    double variance =
        DoubleStream.of(megabits).map(m -> (m - mean) * (m - mean)).average().orElse(0);
    return megabits.length == 1
        ? String.format(Locale.ROOT, "%.0f kbps", 1_000 * mean)
        : String.format(
            Locale.ROOT, "%.0f (± %.0f) kbps", 1_000 * mean, 1_000 * Math.sqrt(variance));
  }
}
