package dev.sluice.testkit;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PurityRulesTest {
  private static final String IMPURE = "dev.sluice.testkit.impure.Impure";

  private static String found() {
    return assertThrows(AssertionError.class, PurityRules.of(PurityRulesTest.class)::check)
        .getMessage();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Nano uses java.lang.System.nanoTime",
        "NanoReference uses java.lang.System.nanoTime",
        "Lambda uses java.time.Instant.now",
        "NewRandom uses java.util.Random",
        "FieldType uses java.security.SecureRandom",
        "AmbientClock uses java.time.Clock",
        "Uuid uses java.util.UUID.randomUUID",
        "LocalRandom uses java.util.concurrent.ThreadLocalRandom",
        "Lock uses java.util.concurrent.locks.ReentrantLock",
        "Sleep uses java.lang.Thread",
        "SynchronizedMethod uses a synchronized method, get",
        "SynchronizedBlock uses a synchronized block",
        "VolatileField uses a volatile field, shared",
        "Resolve uses java.net.InetSocketAddress.<init>",
        "Print uses java.lang.System.err",
        "Today uses java.util.Date.<init>"
      })
  void findsEachWayOut(String expected) {
    String found = found();
    assertTrue(found.contains(IMPURE + "$" + expected), found);
  }

  @Test
  void leavesDataAlone() {
    assertFalse(found().contains("$Pure"));
  }

  @Test
  void leavesDriverPackagesAlone() {
    assertDoesNotThrow(
        PurityRules.of(PurityRulesTest.class).drivers("dev.sluice.testkit..")::check);
    assertFalse(
        assertThrows(
                AssertionError.class,
                PurityRules.of(PurityRulesTest.class).drivers("dev.sluice")::check)
            .getMessage()
            .isEmpty());
  }

  @Test
  void excusesOneClassAndNoMore() {
    PurityRules rules =
        PurityRules.of(PurityRulesTest.class)
            .drivers("dev.sluice.testkit")
            .except(IMPURE, "it is there to be found");
    assertDoesNotThrow(rules::check);
  }

  @Test
  void anExcuseThatNothingNeedsIsAnError() {
    PurityRules rules =
        PurityRules.of(PurityRulesTest.class)
            .drivers("dev.sluice.testkit..")
            .except("dev.sluice.testkit.Gone", "there was once a reason");
    String message = assertThrows(AssertionError.class, rules::check).getMessage();
    assertTrue(message.contains("dev.sluice.testkit.Gone is excused"), message);
  }
}
