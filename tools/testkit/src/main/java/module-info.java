/** What the tests of every module share. Never a dependency of shipped code. */
module dev.sluice.testkit {
  requires transitive com.fasterxml.jackson.databind;
  requires transitive com.tngtech.archunit;
  requires dev.sluice.requirements;
  requires transitive org.junit.jupiter.api;
  requires org.junit.platform.launcher;

  exports dev.sluice.testkit;
  exports dev.sluice.testkit.cddl;
  exports dev.sluice.testkit.qlog;

  provides org.junit.platform.launcher.TestExecutionListener with
      dev.sluice.testkit.SkippedTests;
}
