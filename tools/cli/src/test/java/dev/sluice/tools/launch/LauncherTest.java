package dev.sluice.tools.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code tools/sluice}, with a JVM that only tells how it is called. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  private static final Path REPOSITORY = Path.of("../..");
  private static final String MODULES =
      "tools/network tls qpack quic-core http3-core tools/requirements tools/cli";

  @TempDir private Path folder;
  private Path home;
  private Path jdk;

  /** A checkout that was built and prepared an hour ago, an hour after its sources were written. */
  @BeforeEach
  void checkout() throws IOException {
    home = folder.toRealPath().resolve("checkout");
    jdk = folder.resolve("jdk");
    copy("tools/sluice");
    copy("tools/build/launcher.sh");
    write("pom.xml", "");
    for (String module : MODULES.split(" ")) {
      write(module + "/pom.xml", "");
      write(module + "/src/main/java/A.java", "");
    }
    write("tools/cli/target/classes/A.class", "");
    program("bin/java", "printf '%s\\n' \"$@\"");
    program("bin/javac", "");
    program("bin/mvn", "echo \"mvn $*\" && exit 1");
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.3\"\n");
    age(3);
    write("tools/cli/target/launcher.classpath", home.resolve("tools/cli/pom.xml").toString());
    age(2, "tools/cli/target/launcher.classpath");
    write("tools/cli/target/launcher.jar", "jar");
    write("tools/cli/target/launcher.aot", "cache");
    write("tools/cli/target/launcher.quick", jdk + "\n");
    age(1, "tools/cli/target/launcher.quick");
  }

  private void copy(String file) throws IOException {
    Files.createDirectories(home.resolve(file).getParent());
    Files.copy(REPOSITORY.resolve(file), home.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
  }

  private void write(String file, String text) throws IOException {
    Files.createDirectories(home.resolve(file).getParent());
    Files.writeString(home.resolve(file), text);
  }

  private void program(String file, String script) throws IOException {
    Path path = jdk.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void setAge(Path path, int hours) throws IOException {
    Files.setLastModifiedTime(path, FileTime.from(Instant.now().minusSeconds(3600L * hours)));
  }

  private void age(int hours, String file) throws IOException {
    setAge(home.resolve(file), hours);
  }

  private void age(int hours) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.filter(p -> !p.equals(folder)).toList()) {
        setAge(path, hours);
      }
    }
  }

  private List<String> sluice(int code, String... args) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(home.resolve("tools/sluice").toString());
    builder.command().addAll(List.of(args));
    return run(code, builder);
  }

  private List<String> run(int code, ProcessBuilder builder)
      throws IOException, InterruptedException {
    builder.environment().put("JAVA_HOME", jdk.toString());
    builder.environment().merge("PATH", jdk + "/bin:", (path, first) -> first + path);
    Process process = builder.redirectErrorStream(true).start();
    List<String> lines = process.inputReader().lines().toList();
    assertEquals(code, process.waitFor(), lines::toString);
    return lines;
  }

  @Test
  void saysWhereItIs() throws Exception {
    List<String> args = sluice(0, "requirements", "--missing");
    assertTrue(args.contains("-Dsluice.home=" + home), args::toString);
    assertEquals(List.of("requirements", "--missing"), args.subList(args.size() - 2, args.size()));
  }

  @Test
  void whatIsNotOpenForReadingIsEmpty() throws Exception {
    // The first file that a JVM opens would take its number, and be read as standard input.
    program("bin/java", "if (: 3<&0) 2>/dev/null; then echo open; cat; else echo closed; fi");
    setAge(jdk.resolve("bin/java"), 3);
    String command = "exec '" + home.resolve("tools/sluice") + "' get <&-";
    assertEquals(List.of("open"), run(0, new ProcessBuilder("sh", "-c", command)));
  }

  @Test
  void hasTheCompilerWaitInShortCommandsOnly() throws Exception {
    String patience = "-XX:Tier4CompileThreshold=60000";
    assertTrue(sluice(0, "get", "https://localhost/").contains(patience));
    assertFalse(sluice(0, "serve").contains(patience));
  }

  @Test
  void findsTheSameTheLongWayAndTheQuickWay() throws Exception {
    List<String> first = sluice(0, "get");
    List<String> stamp = Files.readAllLines(home.resolve("tools/cli/target/launcher.quick"));
    assertEquals(jdk.toString(), stamp.getFirst());
    assertTrue(stamp.getLast().startsWith(jdk + "|"), stamp::toString);
    assertEquals(first, sluice(0, "get"));
    assertTrue(first.contains("-XX:AOTCache=" + home.resolve("tools/cli/target/launcher.aot")));
  }

  /** A checkout that somebody else has built, and whose folders are not ours to write to. */
  @Test
  void doesWithoutWhatItCannotWrite() throws Exception {
    setAge(home.resolve("tools/cli/target/launcher.quick"), 9);
    List<String> args = run(0, asStranger("get"));
    assertFalse(args.stream().anyMatch(arg -> arg.startsWith("-XX:AOTCache")), args::toString);
    assertTrue(args.contains(home + "/tools/cli/target/classes:" + home + "/tools/cli/pom.xml"));
  }

  @Test
  void saysWhatItCannotBuild() throws Exception {
    write("tls/src/main/java/A.java", "changed");
    String line =
        "sluice: it has to be built, but " + home + "/tools/cli/target cannot be written to";
    assertEquals(List.of(line), run(2, asStranger("get")));
  }

  /** The launcher for somebody who may read everything here, and write nothing. */
  private ProcessBuilder asStranger(String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of("timeout", "20")); // it might wait for ever
    boolean isRoot = Files.getOwner(folder).getName().equals("root");
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.filter(Files::isDirectory).toList()) {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r-xr-xr-x"));
      }
    }
    if (isRoot) {
      command.addAll(List.of("setpriv", "--reuid=65534", "--clear-groups"));
      assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")));
    }
    command.add(home.resolve("tools/sluice").toString());
    command.addAll(List.of(args));
    return new ProcessBuilder(command);
  }

  @AfterEach
  void letItBeDeleted() throws Exception {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.filter(Files::isDirectory).toList()) {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    }
  }

  @Test
  void buildsAgainWhenASourceIsNewer() throws Exception {
    sluice(0, "get");
    write("tls/src/main/java/A.java", "changed");
    List<String> lines = sluice(2, "get");
    assertTrue(lines.stream().anyMatch(line -> line.startsWith("mvn ")), lines::toString);
  }
}
