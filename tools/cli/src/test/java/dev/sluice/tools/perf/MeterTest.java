package dev.sluice.tools.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class MeterTest {
  private static final int WORKERS = 4;
  private static final int ROUNDS = 50;
  private static final int LIMIT = 100_000; // long enough for all to be at it

  @Test
  void warmingUpDoesNotCount() {
    Meter meter = new Meter(2);
    assertTrue(meter.add(5));
    meter.begin();
    assertTrue(meter.add(1));
    assertFalse(meter.add(5));
    assertEquals(6, meter.counted(), "what reached the limit counts as a whole");
    assertFalse(meter.add(1));
    assertEquals(6, meter.counted());
  }

  /** What several finish at the same time is not all counted when the limit needs one of them. */
  @Test
  void countsNothingBeyondTheLimit() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      Meter meter = new Meter(LIMIT);
      meter.begin();
      CountDownLatch start = new CountDownLatch(1);
      List<Thread> workers = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        workers.add(Thread.startVirtualThread(() -> work(meter, start)));
      }
      start.countDown();
      for (Thread worker : workers) {
        worker.join();
      }
      assertEquals(LIMIT, meter.counted());
    }
  }

  private static void work(Meter meter, CountDownLatch start) {
    try {
      start.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    while (meter.add(1)) {
      Thread.onSpinWait();
    }
  }
}
