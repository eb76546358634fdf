package dev.sluice.testkit;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Test vectors that are too large, or not ours, to stand in the repository. They lie in a folder
 * named {@code shared} beside the checkout; tests that need them skip where it is missing.
 */
public final class SharedFiles {
  private SharedFiles() {}

  /**
   * A file or folder of the shared vectors, for example {@code vectors/qifs}. Skips the calling
   * test when it is not there; {@link SkippedTests} says so.
   */
  public static Path require(String relative) {
    Path found = find(relative);
    if (found == null) {
      throw new MissingSharedFile(relative);
    }
    return found;
  }

  /** The file or folder, or null when it is not on this machine. */
  public static Path find(String relative) {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path candidate = at.resolve("shared").resolve(relative);
      if (Files.exists(candidate)) {
        return candidate;
      }
    }
    return null;
  }
}
