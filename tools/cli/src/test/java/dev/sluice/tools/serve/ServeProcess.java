package dev.sluice.tools.serve;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.io.IoMode;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code sluice serve} in a process of its own, which can be sent a signal. */
public final class ServeProcess implements AutoCloseable {
  private static final Pattern SERVING = Pattern.compile("serving .* on https://[^:]*:(\\d+)/");

  /** Behind the last line of the log. */
  private static final String END = "\0";

  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private int port;

  private ServeProcess(Process process) {
    this.process = process;
    Thread.startVirtualThread(this::readLog);
  }

  /**
   * Starts it on any port of the loopback interface, with the flags and the way of moving datagrams
   * that this JVM has, and waits until it serves the folder.
   */
  public static ServeProcess start(Path folder, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-D" + IoMode.PROPERTY + "=" + IoMode.preferred());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("dev.sluice.tools.Sluice", "serve", "--host=127.0.0.1", "--port=0"));
    command.add("--root=" + folder);
    command.addAll(List.of(options));
    ServeProcess serve =
        new ServeProcess(
            new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start());
    try {
      Matcher serving = SERVING.matcher(serve.awaitLine("serving "));
      assertTrue(serving.matches(), serving::toString);
      serve.port = Integer.parseInt(serving.group(1));
      return serve;
    } catch (InterruptedException | AssertionError e) {
      serve.close();
      throw e;
    }
  }

  /** Takes what it writes as it comes; else it would wait for room in the pipe. */
  private void readLog() {
    try (BufferedReader stderr = process.errorReader()) {
      for (String line = stderr.readLine(); line != null; line = stderr.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      lines.add("its log cannot be read: " + e);
    } finally {
      lines.add(END);
    }
  }

  /** Drops lines of its log up to one that begins so, which is given; fails when there is none. */
  public String awaitLine(String beginning) throws InterruptedException {
    List<String> dropped = new ArrayList<>();
    for (String line = lines.take(); !line.equals(END); line = lines.take()) {
      if (line.startsWith(beginning)) {
        return line;
      }
      dropped.add(line);
    }
    throw new AssertionError("it has ended without \"" + beginning + "\": " + dropped);
  }

  /** What else it writes until its end, for which this waits. */
  List<String> restOfLog() throws InterruptedException {
    List<String> rest = new ArrayList<>();
    for (String line = lines.take(); !line.equals(END); line = lines.take()) {
      rest.add(line);
    }
    return rest;
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
