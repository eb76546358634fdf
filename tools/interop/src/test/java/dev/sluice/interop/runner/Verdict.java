package dev.sluice.interop.runner;

/** What became of a cell of the matrix. */
sealed interface Verdict {

  /**
   * All held.
   *
   * @param measured for people; empty when nothing was measured
   */
  record Passed(String measured) implements Verdict {}

  /** Something did not hold. */
  record Failed(String why) implements Verdict {}

  /** It is not to be run, and why. */
  record Excused(String why) implements Verdict {}

  /** A program is not installed. */
  record Missing(String program) implements Verdict {}

  /** As the runner's matrix shows it. */
  default char mark() {
    return switch (this) {
      case Passed p -> '✓';
      case Failed f -> '✕';
      case Excused e -> '?';
      case Missing m -> '?';
    };
  }
}
