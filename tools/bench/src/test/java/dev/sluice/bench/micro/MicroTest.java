package dev.sluice.bench.micro;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

class MicroTest {
  /** Each method of each benchmark, with all of its parameters, once. */
  @Test
  void everyBenchmarkRuns() throws RunnerException {
    assumeTrue(
        MicroTest.class.getResource("/META-INF/BenchmarkList") != null,
        "compiled without JMH's annotation processor");
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include("dev\\.sluice\\.bench\\.")
                    .mode(Mode.SingleShotTime)
                    .forks(0)
                    .warmupIterations(0)
                    .measurementIterations(1)
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();
    Set<String> classes =
        results.stream()
            .map(result -> result.getParams().getBenchmark().replaceAll("\\.\\w+$", ""))
            .collect(Collectors.toSet());
    assertEquals(8, classes.size(), classes::toString);
    assertTrue(results.size() >= 44, () -> results.size() + " results");
  }

  @Test
  void aWrongArgumentGetsOneLine() {
    assertEquals(
        "2 micro: nonsense is not a recognized option; -h lists what there is", run("--nonsense"));
    assertEquals("2 micro: no benchmark has such a name; -l lists them", run("Nonsense"));
  }

  private static String run(String... args) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code = Micro.run(args, new PrintStream(err, true, StandardCharsets.UTF_8));
    return code + " " + err.toString(StandardCharsets.UTF_8).strip();
  }
}
