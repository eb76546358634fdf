package dev.sluice.tools;

import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Files by names that somebody else has chosen: a server, the environment, a shell's user. */
public final class LocalFile {
  private LocalFile() {}

  /**
   * The file of this name.
   *
   * @throws FileSystemException no file can have the name here: where the locale is POSIX, none
   *     with a letter beyond ASCII
   */
  public static Path of(String name) throws FileSystemException {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      FileSystemException none =
          new FileSystemException(name, null, "no file can have this name in this locale");
      none.initCause(e);
      throw none;
    }
  }
}
