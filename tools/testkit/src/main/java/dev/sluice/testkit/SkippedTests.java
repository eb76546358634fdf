package dev.sluice.testkit;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Says in one line at the end of a module's tests how many of them were skipped for want of the
 * folder {@code shared}, since Maven prints counts without reasons. JUnit finds it by its name in
 * {@code META-INF/services}.
 */
public final class SkippedTests implements TestExecutionListener {
  private final AtomicInteger skipped = new AtomicInteger();

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (result.getThrowable().orElse(null) instanceof MissingSharedFile) {
      skipped.incrementAndGet();
    }
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    int tests = skipped.getAndSet(0);
    if (tests > 0) {
      System.out.println(
          "Skipped " + tests + " tests: the folder ../shared is not on this machine");
    }
  }
}
