package dev.sluice.interop.runner;

/** What became of a cell of the matrix. */
sealed interface Verdict {

  /**
   * All held.
   *
   * @param remark for people: what was measured, and runs that failed before; mostly empty
   */
  record Passed(String remark) implements Verdict {

    /** The same when it was not so at once. */
    Passed after(int runs, Failed last) {
      String before =
          "run " + (runs + 1) + ", before it: " + last.why().lines().findFirst().orElse("");
      return new Passed(remark.isEmpty() ? before : remark + "; " + before);
    }
  }

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
