package dev.sluice.tools.serve;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code sluice serve} in a process of its own, which can be sent a signal. */
public final class ServeProcess implements AutoCloseable {
  private static final Pattern SERVING = Pattern.compile("serving .* on https://[^:]*:(\\d+)/");

  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final CompletableFuture<Void> end;
  private final int port;

  private ServeProcess(Process process) throws InterruptedException {
    this.process = process;
    end = CompletableFuture.runAsync(this::readLog, Thread::startVirtualThread);
    Matcher serving = SERVING.matcher(awaitLine("serving "));
    if (!serving.matches()) {
      throw new AssertionError(serving);
    }
    port = Integer.parseInt(serving.group(1));
  }

  /** Starts it on any port of the loopback interface, and waits until it serves the folder. */
  public static ServeProcess start(Path folder, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("dev.sluice.tools.Sluice", "serve", "--host=127.0.0.1", "--port=0"));
    command.add("--root=" + folder);
    command.addAll(List.of(options));
    return new ServeProcess(
        new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start());
  }

  /** Takes what it writes as it comes; else it would wait for room in the pipe. */
  private void readLog() {
    try (BufferedReader stderr = process.errorReader()) {
      for (String line = stderr.readLine(); line != null; line = stderr.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Drops lines of its log up to one that begins so, which is given. */
  public String awaitLine(String beginning) throws InterruptedException {
    String line = lines.take();
    while (!line.startsWith(beginning)) {
      line = lines.take();
    }
    return line;
  }

  /** What else it writes until its end, for which this waits. */
  List<String> restOfLog() {
    end.join();
    return List.copyOf(lines);
  }

  public int port() {
    return port;
  }

  Process process() {
    return process;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
