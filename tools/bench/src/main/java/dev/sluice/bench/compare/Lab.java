package dev.sluice.bench.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.peers.PeerFiles;
import dev.sluice.peers.PeerProcess;
import dev.sluice.peers.VersionProbe;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * Where it all happens: a folder with a certificate and files, and how programs are run.
 *
 * @param scale how much of everything
 * @param round from 1: what a relay loses is another in each, and the same for all contenders of
 *     one
 */
record Lab(Path folder, PeerFiles files, Scale scale, int round) {
  /** After which a program that is warm hangs: what is measured takes some seconds. */
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static final Duration START = Duration.ofSeconds(60);
  private static final Pattern LISTENING = Pattern.compile("listening on [^ ]*:(\\d+),");

  static Lab create(Path folder, Scale scale) throws IOException {
    return new Lab(folder, PeerFiles.create(folder), scale, 1);
  }

  /** The same in another round. */
  Lab in(int another) {
    return new Lab(folder, files, scale, another);
  }

  /** The same for a peer that is slow. */
  Lab slow(int divisor) {
    return new Lab(folder, files, scale.slow(divisor), round);
  }

  /** The seeds of this round's relays: no round has those of another. */
  List<Long> relaySeeds() {
    long first = (round - 1L) * scale.lossySeeds() + 1;
    return LongStream.range(first, first + scale.lossySeeds()).boxed().toList();
  }

  /** A command that runs a class of this program's class path in a JVM with the same flags. */
  static List<String> java(List<String> flags, String mainClass, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
    command.addAll(List.of(arguments));
    return command;
  }

  PeerProcess start(List<String> command) throws IOException {
    return PeerProcess.start(folder, command.toArray(String[]::new));
  }

  /** Starts a server that says where it listens as {@code sluice perf server} does. */
  Server serve(List<String> command) throws IOException {
    PeerProcess process = start(command);
    try {
      process.awaitLine(LISTENING.pattern(), START);
      Matcher line = LISTENING.matcher(process.output());
      if (!line.find()) {
        throw process.failure("does not say where it listens");
      }
      return new Server(process, Integer.parseInt(line.group(1)), true);
    } catch (AssertionError e) {
      process.close();
      throw new IOException(e.getMessage());
    }
  }

  /** Starts a server that listens at a port of the loopback interface, and waits for an answer. */
  Server serve(List<String> command, int port) throws IOException {
    PeerProcess process = start(command);
    try {
      VersionProbe.await(port, START, process);
      return new Server(process, port, false);
    } catch (IOException | AssertionError e) {
      process.close();
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Runs a program to its successful end; gives the seconds that it took. */
  double time(List<String> command) throws IOException {
    long began = System.nanoTime();
    try (PeerProcess process = start(command)) {
      process.awaitSuccess(limit());
      return (System.nanoTime() - began) / 1e9;
    } catch (AssertionError e) {
      throw new IOException(e.getMessage());
    }
  }

  private Duration limit() {
    return LIMIT.plusSeconds(scale.connectsWarmupSeconds());
  }

  /** Runs a program that prints JSON objects, a line each, among whatever else. */
  List<JsonNode> json(List<String> command) throws IOException {
    try (PeerProcess process = start(command)) {
      process.awaitSuccess(limit());
      List<JsonNode> objects = new ArrayList<>();
      for (String line : process.output().split("\n")) {
        if (line.startsWith("{")) {
          objects.add(new ObjectMapper().readTree(line));
        }
      }
      if (objects.isEmpty()) {
        throw process.failure("has found nothing");
      }
      return objects;
    } catch (AssertionError e) {
      throw new IOException(e.getMessage());
    }
  }

  /** A file of so many zero bytes, named by their number, in a folder of its own. */
  Path zeros(long bytes) throws IOException {
    Path site = Files.createDirectories(folder.resolve("site"));
    Path file = site.resolve(Long.toString(bytes));
    if (Files.notExists(file)) {
      try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
        sparse.setLength(bytes);
      }
    }
    return file;
  }
}
