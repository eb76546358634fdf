package dev.sluice.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A peer that somebody else wrote, running as a process of its own. What it prints is kept, and is
 * part of the message of every failure. Closing it ends it and whatever it started.
 */
public final class PeerProcess implements AutoCloseable {
  private static final Duration PATIENCE_AT_THE_END = Duration.ofSeconds(5);

  /**
   * For the rest of the output when the process has ended; what it has started may hold it open.
   */
  private static final Duration REST_OF_OUTPUT = Duration.ofSeconds(30);

  private final List<String> command;
  private final Process process;
  private final List<String> lines = new ArrayList<>();
  private final Thread reader;
  private boolean ended;

  private PeerProcess(List<String> command, Process process) {
    this.command = command;
    this.process = process;
    this.reader = Thread.ofVirtual().start(this::read);
  }

  /** Starts a program with its output and errors in one log. */
  public static PeerProcess start(Path folder, Map<String, String> environment, String... command)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(folder.toFile()).redirectErrorStream(true);
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.environment().putAll(environment);
    return new PeerProcess(List.of(command), builder.start());
  }

  /** Starts a program with this process's environment. */
  public static PeerProcess start(Path folder, String... command) throws IOException {
    return start(folder, Map.of(), command);
  }

  /** Where a program is; nothing where it is not installed. */
  public static Optional<String> find(String program) {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Path::toString);
  }

  /** Waits for a line in which the pattern is found. */
  public void awaitLine(String pattern, Duration limit) {
    Predicate<String> match = Pattern.compile(pattern).asPredicate();
    long deadline = System.nanoTime() + limit.toNanos();
    synchronized (lines) {
      while (lines.stream().noneMatch(match)) {
        long left = deadline - System.nanoTime();
        if (left <= 0 || ended) {
          throw failure("has not printed " + pattern);
        }
        waitForMore(left);
      }
    }
  }

  /** Waits for the end of the process and gives its exit code. */
  public int awaitExit(Duration limit) {
    try {
      if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
        throw failure("has not ended after " + limit);
      }
      reader.join(REST_OF_OUTPUT);
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure("was waited for when it was interrupted");
    }
  }

  /** Waits for the end of the process, which has to be a success. */
  public void awaitSuccess(Duration limit) {
    int code = awaitExit(limit);
    if (code != 0) {
      throw failure("ended with code " + code);
    }
  }

  /** Fails when the process has ended. */
  public void requireRunning() {
    if (!process.isAlive()) {
      awaitExit(PATIENCE_AT_THE_END);
      throw failure("has ended with code " + process.exitValue());
    }
  }

  /** Everything printed so far. */
  public String output() {
    synchronized (lines) {
      return String.join("\n", lines);
    }
  }

  /** A failure, with the peer's side of the story. */
  public AssertionError failure(String what) {
    return new AssertionError(readable(command) + " " + what + ":\n" + output());
  }

  /** The command without its class path, which nobody reads. */
  private static String readable(List<String> command) {
    List<String> words = new ArrayList<>(command);
    int classPath = words.indexOf("-cp") + 1;
    if (classPath > 0 && classPath < words.size()) {
      words.set(classPath, "...");
    }
    return String.join(" ", words);
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE_AT_THE_END.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private void waitForMore(long nanos) {
    try {
      TimeUnit.NANOSECONDS.timedWait(lines, Math.max(nanos, 1_000_000));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure("was waited for when it was interrupted");
    }
  }

  private void read() {
    try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        add(line);
      }
    } catch (IOException e) {
      add("[its output broke off: " + e.getMessage() + "]");
    } finally {
      synchronized (lines) {
        ended = true;
        lines.notifyAll();
      }
    }
  }

  private void add(String line) {
    synchronized (lines) {
      lines.add(line);
      lines.notifyAll();
    }
  }
}
