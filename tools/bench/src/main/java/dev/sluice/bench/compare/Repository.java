package dev.sluice.bench.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The git repository of a checkout, through the program of that name. */
record Repository(Path home) {

  /** Whether files differ from the last commit, or are new. */
  boolean isChanged() throws IOException, InterruptedException {
    return !git("status", "--porcelain").isEmpty();
  }

  /** The short name of a commit that is named in whatever way git knows. */
  String nameOf(String commit) throws IOException, InterruptedException {
    // That this is a checkout at all: what is asked next fails in the same way for both.
    git("rev-parse", "--git-dir");
    try {
      return git("rev-parse", "--verify", "--quiet", "--short", commit + "^{commit}");
    } catch (IOException e) {
      throw new IOException("there is no commit '" + commit + "'", e);
    }
  }

  /** Puts the files of a commit into a folder that does not exist yet. */
  void checkOut(String commit, Path folder) throws IOException, InterruptedException {
    git("worktree", "add", "--quiet", "--detach", folder.toString(), commit);
  }

  /** Removes such a folder with all that was built in it; doubly forced, one half made too. */
  void remove(Path folder) throws IOException, InterruptedException {
    git("worktree", "remove", "--force", "--force", folder.toString());
  }

  /** Runs git to its successful end; gives what it printed, without the end of the last line. */
  private String git(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(home.toFile()).redirectErrorStream(true);
    // Whoever is run by a hook of git is told there which repository is meant: not this one.
    builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
    Process process = start(builder);
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(
          output.isBlank() ? "git " + arguments[0] + " failed" : output.lines().toList().getLast());
    }
    return output.strip();
  }

  private static Process start(ProcessBuilder builder) throws IOException {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new IOException("git cannot be run: " + e.getMessage(), e);
    }
  }
}
