package dev.sluice.build;

import com.google.googlejavaformat.java.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Checks or fixes the format of every Java file of the repository with google-java-format: {@code
 * SourceFormat check|fix ROOT}. Exits with 1 when a checked file is not formatted.
 */
public final class SourceFormat {
  /** Folders that hold no source of ours: what builds write, and version control. */
  private static final Set<String> SKIPPED = Set.of("target", ".git", ".dev", "node_modules");

  private SourceFormat() {}

  /** Runs the formatter; see the class comment for the arguments. */
  public static void main(String[] args) throws Exception {
    boolean fix = args[0].equals("fix");
    List<String> arguments = new ArrayList<>();
    arguments.addAll(fix ? List.of("--replace") : List.of("--dry-run", "--set-exit-if-changed"));
    arguments.addAll(javaFiles(Path.of(args[1])));

    StringWriter listed = new StringWriter();
    PrintWriter errors = new PrintWriter(System.err, true);
    int exit =
        new Main(new PrintWriter(listed), errors, System.in)
            .format(arguments.toArray(String[]::new));
    if (exit != 0) {
      listed.toString().lines().forEach(file -> System.err.println("not formatted: " + file));
      System.err.println("to format every file: mvn -q -Pformat -pl tools/build process-classes");
    }
    System.exit(exit);
  }

  private static List<String> javaFiles(Path root) throws IOException {
    List<String> files = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return !folder.equals(root) && SKIPPED.contains(folder.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              files.add(file.toString());
            }
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(null);
    return files;
  }
}
