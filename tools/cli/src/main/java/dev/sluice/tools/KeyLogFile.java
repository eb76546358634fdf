package dev.sluice.tools;

import dev.sluice.tls.KeyLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Appends TLS secrets to a file that packet analysers read (RFC 9850). Any thread. */
public final class KeyLogFile implements KeyLog {
  private final Writer out;

  private KeyLogFile(Writer out) {
    this.out = out;
  }

  /**
   * The log that a user asked for.
   *
   * @param file appended to, or made readable for its owner alone; when null, the file that the
   *     environment variable SSLKEYLOGFILE names, if any
   */
  public static KeyLog open(Path file) throws CommandException {
    String variable = System.getenv("SSLKEYLOGFILE");
    Path chosen = file == null && variable != null ? Path.of(variable) : file;
    if (chosen == null || chosen.toString().isEmpty()) {
      return KeyLog.NONE;
    }
    try {
      if (Files.notExists(chosen)
          && Files.getFileStore(folder(chosen)).supportsFileAttributeView("posix")) {
        Files.createFile(
            chosen,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      return new KeyLogFile(
          Files.newBufferedWriter(
              chosen,
              StandardCharsets.US_ASCII,
              StandardOpenOption.CREATE,
              StandardOpenOption.APPEND));
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.WRITE_ERROR, "cannot write the key log " + chosen + ": " + e.getMessage(), e);
    }
  }

  private static Path folder(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? file : parent;
  }

  @Override
  public synchronized void log(String label, byte[] clientRandom, byte[] secret) {
    try {
      out.write(KeyLog.line(label, clientRandom, secret) + "\n");
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the key log", e);
    }
  }
}
