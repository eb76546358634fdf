package dev.sluice.bench.micro;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
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

  /** Runs the benchmarks that the arguments name, or all. */
  public static void main(String[] args) throws CommandLineOptionException, RunnerException {
    CommandLineOptions given = new CommandLineOptions(args);
    if (given.shouldHelp()) {
      try {
        given.showHelp();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return;
    }
    OptionsBuilder options = defaults(given);
    Runner runner = new Runner(options.build());
    if (given.shouldList()) {
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
