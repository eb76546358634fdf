package dev.sluice.tools;

import dev.sluice.tls.KeyLog;
import java.io.IOException;
import java.nio.file.Path;

/** The file for TLS secrets that a user of the command line asked for (RFC 9850). */
public final class KeyLogFile {
  private KeyLogFile() {}

  /**
   * The log that a user asked for.
   *
   * @param file appended to, or made readable for its owner alone; when null, the file that the
   *     environment variable SSLKEYLOGFILE names, if any
   */
  public static KeyLog open(Path file) throws CommandException {
    String variable = System.getenv("SSLKEYLOGFILE");
    String name = file == null ? variable : file.toString();
    if (name == null || name.isEmpty()) {
      return KeyLog.NONE;
    }
    try {
      return new dev.sluice.quic.io.KeyLogFile(LocalFile.of(name));
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.WRITE_ERROR,
          "cannot write the key log " + name + ": " + FileFailure.reason(e),
          e);
    }
  }
}
