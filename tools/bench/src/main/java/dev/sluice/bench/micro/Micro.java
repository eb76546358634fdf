package dev.sluice.bench.micro;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * JMH with settings under which all benchmarks of this module take less than ten minutes. Its own
 * options come first: {@code -h} lists them.
 */
public final class Micro {
  private static final int WARMUPS = 3;
  private static final int ITERATIONS = 5;
  private static final TimeValue ITERATION = TimeValue.seconds(1);

  private Micro() {}

  /** Runs the benchmarks that the arguments name, or all; exits with 2 where they are wrong. */
  public static void main(String[] args) {
    System.exit(run(args, System.err));
  }

  /**
   * The same without an exit.
   *
   * @return 0, 1 when a benchmark failed, 2 for an argument that JMH does not know or a name that
   *     none has
   */
  static int run(String[] args, PrintStream err) {
    try {
      run(new CommandLineOptions(asJmhHasIt(args)));
      return 0;
    } catch (CommandLineOptionException e) {
      err.println("micro: " + e.getMessage() + "; -h lists what there is");
      return 2;
    } catch (NoBenchmarksException e) {
      err.println("micro: no benchmark has such a name; -l lists them");
      return 2;
    } catch (RunnerException e) {
      err.println("micro: " + e.getMessage());
      return 1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** JMH knows {@code -h} alone. */
  private static String[] asJmhHasIt(String[] args) {
    return Stream.of(args).map(arg -> arg.equals("--help") ? "-h" : arg).toArray(String[]::new);
  }

  private static void run(CommandLineOptions given) throws RunnerException, IOException {
    Runner runner = new Runner(defaults(given).build());
    if (given.shouldHelp()) {
      given.showHelp();
    } else if (given.shouldList()) {
      runner.list();
    } else if (given.shouldListWithParams()) {
      runner.listWithParams(given);
    } else if (given.shouldListProfilers()) {
      given.listProfilers();
    } else {
      runner.run();
    }
  }

  /** What was given, and for everything else what suits this module. */
  private static OptionsBuilder defaults(CommandLineOptions given) {
    OptionsBuilder options = new OptionsBuilder();
    options.parent(given);
    options.shouldFailOnError(true);
    if (!given.getForkCount().hasValue()) {
      options.forks(1);
    }
    if (!given.getWarmupIterations().hasValue()) {
      options.warmupIterations(WARMUPS);
    }
    if (!given.getWarmupTime().hasValue()) {
      options.warmupTime(ITERATION);
    }
    if (!given.getMeasurementIterations().hasValue()) {
      options.measurementIterations(ITERATIONS);
    }
    if (!given.getMeasurementTime().hasValue()) {
      options.measurementTime(ITERATION);
    }
    if (given.getBenchModes().isEmpty()) {
      options.mode(Mode.AverageTime);
    }
    if (!given.getTimeUnit().hasValue()) {
      options.timeUnit(TimeUnit.NANOSECONDS);
    }
    if (!given.verbosity().hasValue()) {
      options.verbosity(VerboseMode.NORMAL);
    }
    return options;
  }
}
