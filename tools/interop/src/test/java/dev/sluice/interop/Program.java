package dev.sluice.interop;

import dev.sluice.peers.PeerProcess;
import org.junit.jupiter.api.Assumptions;

/** Programs that a test needs. */
final class Program {
  private Program() {}

  /**
   * Where a program is; skips the calling test with one line where it is not installed.
   *
   * @param debianPackage where it comes from
   */
  static String require(String program, String debianPackage) {
    String found = PeerProcess.find(program).orElse(null);
    Assumptions.assumeTrue(
        found != null, () -> "skipped: " + program + " (package " + debianPackage + ") is missing");
    return found;
  }
}
