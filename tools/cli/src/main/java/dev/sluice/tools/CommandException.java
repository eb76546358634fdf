package dev.sluice.tools;

import java.util.Objects;
import java.util.stream.Collectors;

/** A command cannot go on: one line for people and a code for scripts. */
public final class CommandException extends Exception {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  /**
   * @param message one line, without the code
   */
  public CommandException(ExitCode exitCode, String message) {
    this(exitCode, message, null);
  }

  /** The same with what it came from. */
  public CommandException(ExitCode exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = Objects.requireNonNull(exitCode);
  }

  /** What the process exits with. */
  public ExitCode exitCode() {
    return exitCode;
  }

  /**
   * The line as it is printed, in the form that curl gives it; one also where what it speaks of has
   * several, as a value of an option may.
   */
  public String line() {
    String message = getMessage().lines().map(String::strip).collect(Collectors.joining(" "));
    return "sluice: (" + exitCode.code() + ") " + message;
  }
}
