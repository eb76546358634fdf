package dev.sluice.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class SkippedTestsTest {
  static class WantsVectors {
    @Test
    void one() {
      SharedFiles.require("vectors/of-nobody");
    }

    @Test
    void other() {
      SharedFiles.require("vectors/of-nobody-else");
    }

    @Test
    void wantsSomethingElse() {
      Assumptions.abort("no other reason counts");
    }
  }

  static class WantsSomethingElse {
    @Test
    void one() {
      Assumptions.abort("no other reason counts");
    }
  }

  /** With the listeners that JUnit finds by itself. */
  private static String printedBy(Class<?> tests) {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      LauncherFactory.create()
          .execute(
              LauncherDiscoveryRequestBuilder.request()
                  .selectors(DiscoverySelectors.selectClass(tests))
                  .forExecution()
                  .build());
    } finally {
      System.setOut(before);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void oneLineSaysHowManyTestsWantTheSharedFolder() {
    assertEquals(
        "Skipped 2 tests: the folder ../shared is not on this machine" + System.lineSeparator(),
        printedBy(WantsVectors.class));
  }

  @Test
  void otherSkipsGiveNoLine() {
    assertEquals("", printedBy(WantsSomethingElse.class));
  }
}
