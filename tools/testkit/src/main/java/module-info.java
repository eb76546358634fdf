/** What the tests of every module share. Never a dependency of shipped code. */
module dev.sluice.testkit {
  requires transitive com.tngtech.archunit;
  requires dev.sluice.requirements;
  requires transitive org.junit.jupiter.api;

  exports dev.sluice.testkit;
}
