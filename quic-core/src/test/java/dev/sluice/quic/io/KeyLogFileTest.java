package dev.sluice.quic.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyLogFileTest {
  private static final byte[] RANDOM = new byte[32];
  private static final byte[] SECRET = {1, (byte) 0xab};
  private static final String LINE = "CLIENT_TRAFFIC_SECRET_0 " + "00".repeat(32) + " 01ab";

  @TempDir private Path folder;

  private static void log(KeyLogFile log) {
    log.log("CLIENT_TRAFFIC_SECRET_0", RANDOM, SECRET);
  }

  @Test
  void linesAreThereAtOnceAndAreAppended() throws IOException {
    Path file = folder.resolve("keys");
    try (KeyLogFile log = new KeyLogFile(file)) {
      log(log);
      assertEquals(List.of(LINE), Files.readAllLines(file));
    }
    try (KeyLogFile log = new KeyLogFile(file)) {
      log(log);
      log(log);
    }
    assertEquals(List.of(LINE, LINE, LINE), Files.readAllLines(file));
  }

  @Test
  void onlyItsOwnerReadsIt() throws IOException {
    Path file = folder.resolve("keys");
    new KeyLogFile(file).close();
    if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }
  }

  /** A link may lead to where no file is yet. */
  @Test
  void alsoBehindALink() throws IOException {
    Path link = folder.resolve("link");
    Path file = folder.resolve("keys");
    try {
      Files.createSymbolicLink(link, file);
    } catch (IOException | UnsupportedOperationException e) {
      Assumptions.abort("no links here: " + e);
    }
    try (KeyLogFile log = new KeyLogFile(link)) {
      log(log);
    }
    assertEquals(List.of(LINE), Files.readAllLines(file));
    if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }
  }

  @Test
  void whatComesAfterTheEndIsForgotten() throws IOException {
    Path file = folder.resolve("keys");
    KeyLogFile log = new KeyLogFile(file);
    log.close();
    log(log);
    assertEquals(List.of(), Files.readAllLines(file));
    assertThrows(IOException.class, () -> new KeyLogFile(folder));
  }
}
