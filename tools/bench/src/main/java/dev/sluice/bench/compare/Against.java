package dev.sluice.bench.compare;

import dev.sluice.peers.PeerProcess;
import dev.sluice.tools.Version;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tools/bench/against}: this checkout beside an earlier commit, in turn. */
@Command(
    name = "against",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = "Measure this checkout beside an earlier commit, in turn, in several rounds.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:Every task is at least so good as is wanted.",
      "1:One is not, or could not be measured.",
      "2:There is no such commit, one of the two does not build, or an argument is wrong."
    },
    footer = {
      "",
      "The commit is checked out into a temporary folder (git worktree), built there, and removed"
          + " at the end. Each measurement is a 'tools/sluice perf pair' of two new JVMs, after a"
          + " warm-up. The table has the medians of the rounds, and how many times better this"
          + " checkout is: the median of the rounds' ratios, with their spread. Three rounds of all"
          + " tasks take some eight minutes.",
      "",
      "What a change does to one task, before it is committed: --only download --rounds 5"
    })
public final class Against implements Callable<Integer> {
  private static final List<Task> TASKS =
      List.of(Task.DOWNLOAD, Task.UPLOAD, Task.REQUESTS, Task.CONNECTS);

  /** Where Maven's repository is empty it takes minutes. */
  private static final Duration BUILD = Duration.ofMinutes(30);

  @Parameters(
      arity = "0..1",
      paramLabel = "COMMIT",
      description =
          "The earlier commit. If none is given: HEAD where something has been changed since, else"
              + " HEAD~1.")
  private String commit;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "How often everything is measured (${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "TASK",
      description = "Some of the tasks, or their beginnings: ${COMPLETION-CANDIDATES}.",
      completionCandidates = TaskNames.class)
  private List<String> only = List.of();

  @Option(
      names = "--at-least",
      paramLabel = "TIMES",
      defaultValue = "0.9",
      description = "How good this checkout has to be, of the earlier one (${DEFAULT-VALUE}).")
  private double atLeast;

  @Option(
      names = "--quick",
      description =
          "Less of everything, before all code is compiled: tells only what is slower by far.")
  private boolean quick;

  @Spec private CommandSpec spec;

  private final Path home;
  private final PrintStream out;
  private final PrintStream err;

  private record TaskNames() implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return TASKS.stream().map(Task::toString).iterator();
    }
  }

  /** Takes its options from picocli. */
  Against(Path home, PrintStream out, PrintStream err) {
    this.home = home;
    this.out = out;
    this.err = err;
  }

  /** Takes options; ended early, as by Ctrl-C, it still tidies up. */
  public static void main(String[] args) {
    Thread measuring = Thread.currentThread();
    CountDownLatch isTidy = new CountDownLatch(1);
    Thread atTheEnd =
        Thread.ofPlatform()
            .unstarted(
                () -> {
                  measuring.interrupt();
                  awaitTidiness(isTidy);
                });
    Runtime.getRuntime().addShutdownHook(atTheEnd);
    PrintStream stdout = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Path home = Path.of(System.getProperty("sluice.home"));
    int code = run(home, stdout, System.err, args);
    isTidy.countDown();
    System.exit(code);
  }

  private static void awaitTidiness(CountDownLatch isTidy) {
    try {
      isTidy.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The same without an exit; what goes wrong gets one line. */
  static int run(Path home, PrintStream out, PrintStream err, String... args) {
    return new CommandLine(new Against(home, out, err))
        .setParameterExceptionHandler(
            (misuse, given) -> {
              err.println("against: " + misuse.getMessage() + "; see --help");
              return CommandLine.ExitCode.USAGE;
            })
        .setExecutionExceptionHandler(
            (failure, given, parsed) -> {
              if (failure instanceof IOException) {
                err.println("against: " + failure.getMessage());
              } else if (!(failure instanceof InterruptedException)) {
                throw failure;
              }
              return CommandLine.ExitCode.USAGE;
            })
        .execute(args);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Task> tasks = check();
    Repository repository = new Repository(home);
    String asked = commit != null ? commit : repository.isChanged() ? "HEAD" : "HEAD~1";
    String name = repository.nameOf(asked);
    Path folder = Files.createTempDirectory("sluice-against");
    Path earlier = folder.resolve(name);
    try {
      repository.checkOut(name, earlier);
      try {
        build(folder, earlier, name);
        build(folder, home, "this checkout");
        return measure(folder, earlier, name, tasks);
      } finally {
        repository.remove(earlier);
      }
    } finally {
      Compare.delete(folder);
    }
  }

  private List<Task> check() {
    require(rounds > 0, "--rounds is at least 1");
    require(atLeast > 0, "--at-least is more than 0");
    for (String name : only) {
      require(
          TASKS.stream().anyMatch(task -> task.toString().startsWith(name)),
          "no task '" + name + "' among " + String.join(", ", new TaskNames()));
    }
    return TASKS.stream()
        .filter(
            task ->
                only.isEmpty() || only.stream().anyMatch(name -> task.toString().startsWith(name)))
        .toList();
  }

  private void require(boolean right, String otherwise) {
    if (!right) {
      throw new CommandLine.ParameterException(spec.commandLine(), otherwise);
    }
  }

  private static String launcher(Path checkout) {
    return checkout.resolve("tools/sluice").toString();
  }

  /** Has a checkout's launcher build it and prepare its start, outside any measurement. */
  private void build(Path folder, Path checkout, String name)
      throws IOException, InterruptedException {
    err.println("building " + name + " where it is not built");
    if (!Files.isExecutable(Path.of(launcher(checkout)))) {
      throw new IOException(name + " has no tools/sluice");
    }
    try (PeerProcess process = PeerProcess.start(folder, launcher(checkout), "--version")) {
      if (exitCode(process) != 0) {
        err.println(process.output());
        throw new IOException(name + " does not build");
      }
    }
  }

  private static int exitCode(PeerProcess process) throws IOException, InterruptedException {
    try {
      return process.awaitExit(BUILD);
    } catch (AssertionError e) {
      throwIfInterrupted();
      throw new IOException(e.getMessage(), e);
    }
  }

  /** So that what is left to do, which waits too, can be done. */
  private static void throwIfInterrupted() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private int measure(Path folder, Path earlier, String name, List<Task> tasks)
      throws IOException, InterruptedException {
    List<Versus> found = tasks.stream().map(Versus::new).toList();
    for (int round = 1; round <= rounds; round++) {
      for (Versus each : found) {
        Lab lab = Lab.create(folder, scale(each.task())).in(round);
        // Each is first in every other round: what the machine does beside may grow or cease.
        boolean isEarlierFirst = round % 2 == 1;
        if (isEarlierFirst) {
          each.earlier().add(measure(lab, each.task(), earlier, name));
        }
        each.here().add(measure(lab, each.task(), home, "here"));
        if (!isEarlierFirst) {
          each.earlier().add(measure(lab, each.task(), earlier, name));
        }
      }
    }
    Compare.print(out, Table.markdown(Versus.table(name, found)));
    List<String> tooSlow =
        found.stream()
            .filter(each -> !each.isAtLeast(atLeast))
            .map(each -> each.task().toString())
            .toList();
    if (tooSlow.isEmpty()) {
      return CommandLine.ExitCode.OK;
    }
    err.printf("against: not %s times what it was: %s%n", atLeast, String.join(", ", tooSlow));
    return CommandLine.ExitCode.SOFTWARE;
  }

  private double measure(Lab lab, Task task, Path checkout, String name)
      throws InterruptedException {
    String what = "round %d of %d, %s, %s".formatted(lab.round(), rounds, task, name);
    List<String> command = new ArrayList<>(List.of(launcher(checkout), "perf", "pair"));
    command.addAll(PerfClient.arguments(task, lab.scale(), false));
    command.addAll(options(task));
    try {
      double value = PerfClient.value(task, lab.json(command), true);
      err.println(what + ": " + Report.number(task.shown(value)) + " " + task.unit());
      return value;
    } catch (IOException | RuntimeException e) {
      throwIfInterrupted();
      err.println(what + " failed: " + e.getMessage());
      return Double.NaN;
    }
  }

  /** The way that most go: requests over HTTP/3, and handshakes without what is new and slow. */
  private static List<String> options(Task task) {
    return switch (task) {
      case REQUESTS -> List.of("--http3");
      case CONNECTS -> List.of("--group", "X25519");
      default -> List.of();
    };
  }

  /** As much of everything as it takes for figures that can be told from each other. */
  private Scale scale(Task task) {
    int warmup =
        switch (task) {
          case REQUESTS -> 8;
          case CONNECTS -> 15;
          default -> 12;
        };
    return quick ? of(1L << 30, 5, 4) : of(4L << 30, warmup, 8);
  }

  private static Scale of(long bytes, int warmup, int seconds) {
    return new Scale(bytes, 0, 0, 0, warmup, seconds, 0);
  }
}
