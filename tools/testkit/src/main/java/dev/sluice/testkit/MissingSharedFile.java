package dev.sluice.testkit;

import org.opentest4j.TestAbortedException;

/** A test was skipped because it needs a file of the folder {@code shared}. */
final class MissingSharedFile extends TestAbortedException {
  private static final long serialVersionUID = 1L;

  MissingSharedFile(String relative) {
    super("skipped: ../shared/" + relative + " is not on this machine");
  }
}
