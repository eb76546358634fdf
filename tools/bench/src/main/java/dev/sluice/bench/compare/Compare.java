package dev.sluice.bench.compare;

import dev.sluice.tools.Version;
import dev.sluice.tools.perf.Quantity;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tools/bench/compare}: our pair and each peer's on the same tasks, in turn. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = "Measure Sluice and its peers on the same tasks, in turn, in several rounds.",
    footer = {
      "",
      "One connection, loopback, UDP payload of at most 1452 bytes, CUBIC, a server of its own for"
          + " each measurement. Where a peer offers no choice it has its own: kwik, and flupke on"
          + " it, NewReno and at most 1252 bytes, quic-go inside Caddy Reno. The table has the"
          + " median and the spread of the rounds, the share of what a pump without a protocol"
          + " carries, and how many times better our own pair is (median of the rounds' ratios)."
          + " Peers for HTTP/3 are compared with 'sluice h3', peers for raw QUIC with 'sluice'."
          + " What has not ended two minutes after its warm-up has failed, and the comparison goes"
          + " on.",
      "",
      "A quick look: --rounds 1 --bytes 256M --warmup 3 --only pump,download"
    })
public final class Compare implements Callable<Integer> {
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
      names = "--peers",
      split = ",",
      paramLabel = "PEER",
      description = "Some of the peers: ${COMPLETION-CANDIDATES}.",
      completionCandidates = PeerNames.class)
  private List<String> names;

  @Option(names = "--no-cross", description = "No pairs of our own with a peer.")
  private boolean noCross;

  @Option(
      names = "--bytes",
      paramLabel = "SIZE",
      defaultValue = "4G",
      converter = Quantity.Bytes.class,
      description = "Bytes of a warm transfer (${DEFAULT-VALUE}).")
  private long bytes;

  @Option(
      names = "--cold-bytes",
      paramLabel = "SIZE",
      defaultValue = "1G",
      converter = Quantity.Bytes.class,
      description = "Bytes of a cold transfer (${DEFAULT-VALUE}).")
  private long coldBytes;

  @Option(
      names = "--lossy-bytes",
      paramLabel = "SIZE",
      defaultValue = "8M",
      converter = Quantity.Bytes.class,
      description = "Bytes of a transfer with loss (${DEFAULT-VALUE}).")
  private long lossyBytes;

  @Option(
      names = "--lossy-seeds",
      paramLabel = "N",
      defaultValue = "4",
      description =
          "So many of them make one measurement, each with losses of its own (${DEFAULT-VALUE}).")
  private int lossySeeds;

  @Option(
      names = "--warmup",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description =
          "For what a JVM has to compile; for handshakes three times as long (${DEFAULT-VALUE}).")
  private int warmup;

  @Option(
      names = "--duration",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "Of the pump and of connects (${DEFAULT-VALUE}).")
  private int duration;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Idle ones (${DEFAULT-VALUE}).")
  private int connections;

  @Option(names = "--json", description = "Print JSON in place of the table.")
  private boolean json;

  @Spec private CommandSpec spec;

  private final PrintStream stdout;
  private final PrintStream stderr;

  private record TaskNames() implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(Task.values()).map(Task::toString).iterator();
    }
  }

  private record PeerNames() implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Matrix.allPeers().stream().map(Peer::name).iterator();
    }
  }

  /** Takes its options from picocli. */
  Compare(PrintStream out, PrintStream err) {
    this.stdout = out;
    this.stderr = err;
  }

  /** Takes options. */
  public static void main(String[] args) {
    PrintStream stdout = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.exit(run(stdout, System.err, args));
  }

  /** The same without an exit; what goes wrong gets one line. */
  static int run(PrintStream out, PrintStream err, String... args) {
    return new CommandLine(new Compare(out, err))
        .setParameterExceptionHandler(
            (misuse, given) -> {
              err.println("compare: " + misuse.getMessage() + "; see --help");
              return CommandLine.ExitCode.USAGE;
            })
        .setExecutionExceptionHandler(
            (failure, given, parsed) -> {
              if (!(failure instanceof IOException)) {
                throw failure;
              }
              err.println("compare: " + failure.getMessage());
              return CommandLine.ExitCode.SOFTWARE;
            })
        .execute(args);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    check();
    List<Task> tasks = tasks();
    Matrix matrix = new Matrix(usable(), crosses());
    Scale scale =
        new Scale(bytes, coldBytes, lossyBytes, lossySeeds, warmup, duration, connections);
    Path folder = Files.createTempDirectory("sluice-compare");
    Results results = new Results();
    try {
      Lab lab = Lab.create(folder, scale);
      for (int round = 1; round <= rounds; round++) {
        for (Task task : tasks) {
          for (Contender contender : matrix.contenders(task)) {
            measure(lab.in(round), contender, results);
          }
        }
      }
    } finally {
      delete(folder);
    }
    Report report = new Report(results);
    print(stdout, json ? report.json() + "\n" : report.text());
    return CommandLine.ExitCode.OK;
  }

  /**
   * Prints what took long to find.
   *
   * @throws IOException it does not get there
   */
  static void print(PrintStream out, String found) throws IOException {
    out.print(found);
    if (out.checkError()) {
      throw new IOException("cannot write to standard output");
    }
  }

  private void check() {
    require(rounds > 0, "--rounds is at least 1");
    require(bytes > 0, "--bytes is at least 1");
    require(coldBytes > 0, "--cold-bytes is at least 1");
    require(lossyBytes > 0, "--lossy-bytes is at least 1");
    require(lossySeeds > 0, "--lossy-seeds is at least 1");
    require(warmup >= 0, "--warmup is at least 0");
    require(duration > 0, "--duration is at least 1");
    require(connections > 0, "--connections is at least 1");
    List<String> tasks = Arrays.stream(Task.values()).map(Task::toString).toList();
    for (String name : only) {
      require(
          tasks.stream().anyMatch(task -> task.startsWith(name)),
          "no task '" + name + "' among " + String.join(", ", tasks));
    }
    List<String> peers = Matrix.allPeers().stream().map(Peer::name).toList();
    for (String name : names == null ? peers : names) {
      require(peers.contains(name), "no peer '" + name + "' among " + String.join(", ", peers));
    }
  }

  private void require(boolean right, String otherwise) {
    if (!right) {
      throw new CommandLine.ParameterException(spec.commandLine(), otherwise);
    }
  }

  /** Those that are asked for, in their order. */
  List<Task> tasks() {
    return Arrays.stream(Task.values())
        .filter(
            task ->
                only.isEmpty() || only.stream().anyMatch(name -> task.toString().startsWith(name)))
        .toList();
  }

  /** Those that are asked for, whether they can be run here or not. */
  List<Peer> peers() {
    return Matrix.allPeers().stream()
        .filter(peer -> names == null || names.contains(peer.name()))
        .toList();
  }

  /** Whether pairs of our own with a peer are asked for. */
  boolean crosses() {
    return !noCross;
  }

  private List<Peer> usable() {
    List<Peer> usable = new ArrayList<>();
    for (Peer peer : peers()) {
      peer.obstacle()
          .ifPresentOrElse(
              obstacle -> stderr.println("without " + peer.name() + ": " + obstacle),
              () -> usable.add(peer));
    }
    return usable;
  }

  private void measure(Lab lab, Contender contender, Results results) throws InterruptedException {
    String what =
        "round %d of %d, %s, %s"
            .formatted(lab.round(), rounds, contender.task(), contender.label());
    try {
      double value = contender.run().measure(lab);
      Task task = contender.task();
      stderr.println(what + ": " + Report.number(task.shown(value)) + " " + task.unit());
      results.add(contender, value, null);
    } catch (IOException | RuntimeException e) {
      stderr.println(what + " failed: " + e.getMessage());
      List<String> lines = String.valueOf(e.getMessage()).lines().toList();
      results.add(contender, Double.NaN, lines.getFirst() + " " + lines.getLast());
    }
  }

  /** A folder with all that is in it. */
  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
