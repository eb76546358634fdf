package dev.sluice.tools;

import picocli.CommandLine.Option;

/** {@code --loops}, the same for all commands that serve. */
public final class LoopsOption {
  private static final int MOST = 64;

  @Option(
      names = "--loops",
      paramLabel = "NUMBER",
      defaultValue = "1",
      description = "Threads for the server's network, one a core at the most (${DEFAULT-VALUE}).")
  private int count = 1;

  /** How many were asked for. */
  public int count() throws CommandException {
    if (count < 1 || count > MOST) {
      throw new CommandException(ExitCode.USAGE, "--loops is 1 to " + MOST);
    }
    return count;
  }
}
