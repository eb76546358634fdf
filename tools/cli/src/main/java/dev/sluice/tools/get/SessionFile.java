package dev.sluice.tools.get;

import dev.sluice.http3.client.SessionStore;
import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import dev.sluice.tools.FileFailure;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

/**
 * Sessions that outlive the program, in a file that only its owner may read: who has it can take
 * the owner's place in them.
 */
final class SessionFile {

  /**
   * Tickets follow the handshake. The answer to an early request may come a round trip before, so
   * this has room for those of slow paths; but nobody wants to wait long for what may not come.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Path file;
  private final SessionStore store;

  private SessionFile(Path file, SessionStore store) {
    this.file = file;
    this.store = store;
  }

  /** What the file holds; nothing when there is none yet. */
  static SessionFile open(Path file) throws CommandException {
    try {
      boolean empty = Files.notExists(file) || Files.size(file) == 0;
      return new SessionFile(
          file, empty ? new SessionStore() : SessionStore.fromBytes(Files.readAllBytes(file)));
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandException(
          ExitCode.READ_ERROR,
          "cannot read sessions from " + file + ": " + FileFailure.reason(e),
          e);
    }
  }

  SessionStore store() {
    return store;
  }

  /** Writes what there is now, once each of these can be resumed, or seems never to be. */
  void save(List<URI> visited) throws CommandException, InterruptedException {
    for (URI uri : visited) {
      store.awaitSession(uri, PATIENCE);
    }
    try {
      boolean there = Files.exists(file);
      // A link stays one; a device or a pipe is not something to put a file in the place of.
      Path target = there ? file.toRealPath() : file.toAbsolutePath();
      if (there && !Files.isRegularFile(target)) {
        Files.write(target, store.toBytes());
        return;
      }
      Path folder = target.getParent();
      boolean posix = Files.getFileStore(folder).supportsFileAttributeView("posix");
      FileAttribute<?>[] ownerOnly =
          posix
              ? new FileAttribute<?>[] {
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
              }
              : new FileAttribute<?>[0];
      Path written = Files.createTempFile(folder, ".session", null, ownerOnly);
      try {
        Files.write(written, store.toBytes());
        Files.move(
            written, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(written);
      }
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.WRITE_ERROR,
          "cannot write sessions to " + file + ": " + FileFailure.reason(e),
          e);
    }
  }
}
