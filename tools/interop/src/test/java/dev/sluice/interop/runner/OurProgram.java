package dev.sluice.interop.runner;

import dev.sluice.peers.PeerProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Our command line as a program that starts quickly: one jar of the class path, and a cache of what
 * a rehearsal needed (JEP 514), as the launcher {@code tools/sluice} makes them. A JVM that is
 * still loading classes during its first handshake measures round trips of a second.
 */
final class OurProgram {
  private static final Duration LONG = Duration.ofSeconds(600);

  // Two cores are all there may be. What the cache was made with has to be what it is used with.
  private static final List<String> FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:-UsePerfData",
          "-Xmx256m",
          "--enable-native-access=ALL-UNNAMED");

  /** What is on the class path of the tests for the sake of the tests and of peers. */
  private static final List<String> NOT_OURS =
      List.of("test-classes", "netty", "junit", "kwik", "flupke", "agent15");

  private final Path jar;
  private final Path cache;

  private OurProgram(Path jar, Path cache) {
    this.jar = jar;
    this.cache = cache;
  }

  /** Makes both in a folder, anew. */
  static OurProgram prepare(Path folder) throws IOException {
    Files.createDirectories(folder);
    OurProgram program =
        new OurProgram(folder.resolve("sluice.jar"), folder.resolve("sluice.cache"));
    Files.deleteIfExists(program.cache);
    String classPath =
        Stream.of(
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"))
                    .split(File.pathSeparator))
            .filter(entry -> !entry.isEmpty() && NOT_OURS.stream().noneMatch(entry::contains))
            .filter(entry -> Files.exists(Path.of(entry)))
            .collect(Collectors.joining(File.pathSeparator));
    run(
        folder,
        List.of("-cp", classPath, "dev.sluice.tools.launch.LauncherJar", program.jar.toString()));
    List<String> rehearsal = new ArrayList<>(FLAGS);
    rehearsal.add("-XX:AOTCacheOutput=" + program.cache);
    rehearsal.addAll(List.of("-cp", program.jar.toString(), "dev.sluice.tools.launch.Rehearsal"));
    rehearse(folder, rehearsal);
    return program;
  }

  /** Twice where it must be: thousands of handshakes, with limits in seconds, are no test here. */
  private static void rehearse(Path folder, List<String> rehearsal) throws IOException {
    try {
      run(folder, rehearsal);
    } catch (AssertionError first) {
      System.out.println("the rehearsal is repeated: " + first.getMessage());
      run(folder, rehearsal);
    }
  }

  private static void run(Path folder, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(java()));
    command.addAll(arguments);
    try (PeerProcess process = PeerProcess.start(folder, command.toArray(String[]::new))) {
      process.awaitSuccess(LONG);
    }
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** How to start it. */
  List<String> command(List<String> properties, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of(java()));
    command.addAll(FLAGS);
    command.addAll(List.of("-XX:AOTCache=" + cache, "-Xlog:aot=off", "-Xlog:cds=off"));
    command.addAll(properties);
    command.addAll(List.of("-cp", jar.toString(), "dev.sluice.tools.Sluice"));
    command.addAll(arguments);
    return command;
  }
}
