package dev.sluice.tools;

import dev.sluice.quic.io.QlogDirectory;
import dev.sluice.quic.trace.Tracer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Where a command writes qlog. */
public final class QlogFiles {
  private QlogFiles() {}

  /**
   * The tracers that a user asked for.
   *
   * @param directory made when it is not there; when null, the one that the environment variable
   *     QLOGDIR names, if any
   */
  public static Supplier<Tracer> open(Path directory) throws CommandException {
    String variable = System.getenv("QLOGDIR");
    String name = directory == null ? variable : directory.toString();
    if (name == null || name.isEmpty()) {
      return () -> Tracer.NONE;
    }
    try {
      return new QlogDirectory(LocalFile.of(name));
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.WRITE_ERROR, "cannot write qlog to " + name + ": " + FileFailure.reason(e), e);
    }
  }
}
