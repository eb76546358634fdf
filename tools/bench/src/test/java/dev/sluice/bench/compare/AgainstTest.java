package dev.sluice.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.peers.PeerProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With repositories whose launcher only prints what it is said to have measured. */
@DisabledOnOs(OS.WINDOWS)
class AgainstTest {
  @TempDir private Path home;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int against(String... args) {
    return Against.run(
        home,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        args);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private List<String> err() {
    return err.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private String git(String... arguments) throws IOException, InterruptedException {
    assumeTrue(PeerProcess.find("git").isPresent(), "git is not installed");
    List<String> command = new ArrayList<>(List.of("git", "-c", "user.name=nobody"));
    command.addAll(List.of("-c", "user.email=nobody@localhost", "-c", "commit.gpgsign=false"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(home.toFile()).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output.strip();
  }

  /** A launcher that does as a script says. */
  private void launcher(String script) throws IOException {
    Path file = home.resolve("tools/sluice");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static String rate(int rate) {
    return "[ $1 != perf ] || echo '{\"rate\": " + rate + "}'";
  }

  private void commit(String script) throws IOException, InterruptedException {
    launcher(script);
    git("add", ".");
    git("commit", "--quiet", "--allow-empty", "--message", "a change");
  }

  /** The repository has no trace of the other checkout. */
  private void assertTidy() throws IOException, InterruptedException {
    assertEquals(1, git("worktree", "list").lines().count());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--only download,xyz | no task 'xyz' among download, upload, requests, connects; see",
        "--only idle-memory  | no task 'idle-memory' among download",
        "--rounds 0          | --rounds is at least 1; see --help",
        "--at-least 0        | --at-least is more than 0; see --help",
        "--at-least much     | Invalid value for option '--at-least'",
        "one two             | Unmatched argument at index 1: 'two'; see --help"
      })
  void whatCannotBeGetsOneLine(String options, String line) {
    assertEquals(2, against(options.split(" ")));
    assertEquals(1, err().size(), err()::toString);
    assertTrue(err().getFirst().startsWith("against: " + line), err()::toString);
  }

  @Test
  void aCommitThatDoesNotExistGetsOneLine() throws Exception {
    git("init", "--quiet");
    commit(rate(100));
    assertEquals(2, against("no-such-thing"));
    assertEquals(List.of("against: there is no commit 'no-such-thing'"), err());
    assertEquals("", out());
  }

  @Test
  void theFirstCommitHasNoneBeforeIt() throws Exception {
    git("init", "--quiet");
    commit(rate(100));
    assertEquals(2, against());
    assertEquals(List.of("against: there is no commit 'HEAD~1'"), err());
  }

  @Test
  void whatIsNoCheckoutGetsTheLineOfGit() throws Exception {
    git("version");
    assertEquals(2, against("HEAD"));
    assertEquals(1, err().size(), err()::toString);
    assertTrue(err().getFirst().startsWith("against: fatal: not a git repo"), err()::toString);
  }

  @Test
  void aCommitThatDoesNotBuildIsNotMeasured() throws Exception {
    git("init", "--quiet");
    commit("echo 'no such symbol' && exit 2");
    String broken = git("rev-parse", "--short", "HEAD");
    commit(rate(100));
    assertEquals(2, against());
    assertTrue(err().contains("no such symbol"), err()::toString);
    assertEquals("against: " + broken + " does not build", err().getLast());
    assertEquals("", out());
    assertTidy();
  }

  @Test
  void whatIsNotCommittedIsHeldAgainstTheLastCommit() throws Exception {
    git("init", "--quiet");
    commit(rate(50));
    commit(rate(100));
    String last = git("rev-parse", "--short", "HEAD");
    launcher(rate(95));
    assertEquals(0, against("--only", "connects", "--rounds", "1"));
    assertTrue(
        out().contains("| connects | 100     | 95.0 | connections/s | 0.95 times (0.95 to 0.95) |"),
        out());
    assertTrue(out().contains("| " + last), out());
    assertTidy();
  }

  @Test
  void whatIsSlowerThanWantedFails() throws Exception {
    git("init", "--quiet");
    commit(rate(100));
    String first = git("rev-parse", "--short", "HEAD");
    commit("case $3 in download) " + rate(80) + " ;; *) " + rate(200) + " ;; esac");
    assertEquals(1, against("--rounds", "2"));
    assertEquals("against: not 0.9 times what it was: download", err().getLast());
    assertTrue(out().contains("2.00 times (2.00 to 2.00)"), out());
    assertEquals(0, against("--at-least", "0.8", "--only", "down", first));
    assertTidy();
  }

  @Test
  void theTwoTakeTurnsAtBeingFirst() throws Exception {
    git("init", "--quiet");
    commit(rate(100));
    String first = git("rev-parse", "--short", "HEAD");
    commit(rate(100));
    assertEquals(0, against("--only", "requests", "--rounds", "3"));
    String order =
        String.join(
            " ",
            err().stream()
                .filter(line -> line.startsWith("round"))
                .map(line -> line.replaceAll(".*, ([^ ]+):.*", "$1"))
                .toList());
    assertEquals("%1$s here here %1$s %1$s here".formatted(first), order);
  }

  @Test
  void whatCannotBeMeasuredFails() throws Exception {
    git("init", "--quiet");
    commit("[ $1 != perf ] || exit 7");
    commit(rate(100));
    assertEquals(1, against("--only", "upload", "--rounds", "1"));
    assertTrue(out().contains("failed"), out());
    assertEquals("against: not 0.9 times what it was: upload", err().getLast());
    assertTidy();
  }

  @Test
  void aRoundWithoutBothValuesHasNoRatio() {
    Versus versus =
        new Versus(
            Task.DOWNLOAD,
            List.of(100e6, Double.NaN, 100e6, 100e6),
            List.of(90e6, 10e6, 110e6, 80e6));
    assertEquals(new Ratio(0.9, 0.8, 1.1), versus.ratio());
    assertTrue(versus.isAtLeast(0.9));
    assertEquals(
        List.of("download", "100", "85.0", "MB/s", "0.90 times (0.80 to 1.10)"),
        Versus.table("abc", List.of(versus)).getLast());
  }
}
