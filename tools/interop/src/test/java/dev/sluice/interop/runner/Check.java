package dev.sluice.interop.runner;

/** What must hold in a case, beside the files. */
@FunctionalInterface
interface Check {
  /**
   * @throws AssertionError it does not hold
   */
  void hold(Evidence evidence);
}
