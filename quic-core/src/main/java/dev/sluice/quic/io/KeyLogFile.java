package dev.sluice.quic.io;

import dev.sluice.tls.KeyLog;
import java.io.IOException;
import java.io.Writer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Appends TLS secrets to a file that packet analysers read (RFC 9850). Whoever reads the file can
 * read the traffic. Any thread; each line is in the file when {@link #log} returns, and a log that
 * cannot be written any more is given up with one line in the system log.
 */
public final class KeyLogFile implements KeyLog, AutoCloseable {
  private static final Logger LOG = System.getLogger(KeyLogFile.class.getName());

  private final Path file;
  private final Writer out;
  private boolean over;

  /**
   * @param file appended to, or made readable for its owner alone
   * @throws IOException it cannot be written
   */
  public KeyLogFile(Path file) throws IOException {
    this.file = file;
    if (Files.notExists(file)
        && Files.getFileStore(folder(file)).supportsFileAttributeView("posix")) {
      // If there is no file: another may make it at the same time, and a link may lead to it.
      Files.newByteChannel(
              file,
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
          .close();
    }
    this.out =
        Files.newBufferedWriter(
            file, StandardCharsets.US_ASCII, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /**
   * The log that the environment variable SSLKEYLOGFILE asks for; {@link KeyLog#NONE} when it does
   * not. Only for programs whose user may decide so: the library never looks by itself.
   *
   * @throws IOException it cannot be written
   */
  public static KeyLog ofEnvironment() throws IOException {
    String name = System.getenv("SSLKEYLOGFILE");
    return name == null || name.isEmpty() ? KeyLog.NONE : new KeyLogFile(Path.of(name));
  }

  private static Path folder(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? file : parent;
  }

  @Override
  public synchronized void log(String label, byte[] clientRandom, byte[] secret) {
    if (over) {
      return;
    }
    try {
      out.write(KeyLog.line(label, clientRandom, secret) + "\n");
      out.flush();
    } catch (IOException e) {
      over = true;
      LOG.log(Level.WARNING, "the key log {0} ends early: {1}", file, e.getMessage());
    }
  }

  /** Closes the file; what comes later is forgotten. */
  @Override
  public synchronized void close() throws IOException {
    over = true;
    out.close();
  }
}
