package dev.sluice.tools;

import dev.sluice.quic.io.IoMode;
import java.util.Locale;
import picocli.CommandLine.Option;

/** {@code --io}, the same for all commands that have sockets. */
public final class IoOption {
  @Option(
      names = "--io",
      paramLabel = "MODE",
      description =
          "How datagrams get to the system: linux, many a call; portable, one a call; or auto, the"
              + " better of those that there are (auto).")
  private String name;

  /** What was asked for; {@link IoMode#preferred()} when nothing was. */
  public IoMode mode() throws CommandException {
    if (name == null) {
      return IoMode.preferred();
    }
    IoMode mode;
    try {
      mode = IoMode.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, "--io is auto, portable or linux", e);
    }
    if (mode.obstacle() != null) {
      throw new CommandException(ExitCode.USAGE, "--io " + name + ": " + mode.obstacle());
    }
    return mode;
  }
}
