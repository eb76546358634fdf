package dev.sluice.quic.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What nobody reads is kept for a time, on a clock of the test's. */
@Timeout(60)
class ContentRetentionTest {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final IOException DROPPED = new IOException("dropped");

  private record Task(long at, Runnable action) {}

  private final PriorityQueue<Task> tasks = new PriorityQueue<>(Comparator.comparing(Task::at));
  private long now;
  private final ContentRetention retention =
      new ContentRetention((task, delay) -> tasks.add(new Task(now + delay, task)), LIMIT);

  private void pass(Duration time) {
    long until = now + time.toNanos();
    while (!tasks.isEmpty() && tasks.peek().at() <= until) {
      Task next = tasks.remove();
      now = next.at();
      next.action().run();
    }
    now = until;
  }

  private static InboundPipe pipe(int bytes) {
    InboundPipe pipe = new InboundPipe(1 << 20, () -> {}, () -> {});
    int[] left = {bytes};
    pipe.fillAll(
        (most, to) -> {
          int n = Math.min(most, left[0]);
          left[0] -= n;
          if (n > 0) {
            to.take(new byte[n], 0, n, null);
          }
          return n == 0 ? -1 : n;
        });
    pipe.end();
    return pipe;
  }

  @Test
  void thenItIsDroppedAndTheReaderTold() throws IOException {
    InboundPipe pipe = pipe(100_000);
    assertEquals(10, pipe.stream().readNBytes(10).length);
    retention.hold(pipe, () -> DROPPED);
    pass(LIMIT.minusNanos(1));
    assertEquals(99_990, pipe.buffered());
    pass(Duration.ofNanos(2));
    assertEquals(0, pipe.buffered());
    assertSame(DROPPED, assertThrows(IOException.class, () -> pipe.stream().read()));
    assertSame(DROPPED, assertThrows(IOException.class, () -> pipe.poll(new byte[1], 0, 1)));
    assertTrue(tasks.isEmpty(), "nothing is looked after any more");
  }

  @Test
  void aReaderThatGoesOnKeepsTheRest() throws IOException {
    InboundPipe pipe = pipe(1000);
    retention.hold(pipe, () -> DROPPED);
    InputStream in = pipe.stream();
    for (int i = 0; i < 1000; i++) {
      assertEquals(0, in.read());
      pass(LIMIT.dividedBy(2));
    }
    assertEquals(-1, in.read());
    pass(LIMIT);
    assertTrue(tasks.isEmpty());
  }

  @Test
  void aReaderThatPausesHasTheWholeTimeAgain() throws IOException {
    InboundPipe pipe = pipe(1000);
    retention.hold(pipe, () -> DROPPED);
    pass(LIMIT.minusSeconds(1));
    assertEquals(0, pipe.stream().read());
    pass(LIMIT.minusSeconds(1));
    assertEquals(999, pipe.buffered());
    pass(LIMIT.dividedBy(4).plusSeconds(1));
    assertEquals(0, pipe.buffered(), "at most a quarter more");
  }

  @Test
  void whatWasReadOrClosedIsNotWatched() throws IOException {
    InboundPipe empty = pipe(0);
    retention.hold(empty, () -> DROPPED);
    assertTrue(tasks.isEmpty());
    assertEquals(-1, empty.stream().read());
    InboundPipe closed = pipe(1000);
    retention.hold(closed, () -> DROPPED);
    closed.stream().close();
    pass(LIMIT.dividedBy(4));
    assertTrue(tasks.isEmpty());
  }

  @Test
  void whatNobodyCanReadAnyMoreIsNotHeld() throws InterruptedException {
    WeakReference<InboundPipe> pipe = new WeakReference<>(pipe(1 << 20));
    retention.hold(pipe.get(), () -> DROPPED);
    assertFalse(tasks.isEmpty());
    while (pipe.get() != null) {
      System.gc();
      Thread.onSpinWait();
    }
    assertNull(pipe.get());
    pass(LIMIT);
    assertTrue(tasks.isEmpty());
  }

  @Test
  void noTimeIsNone() {
    ContentRetention none =
        new ContentRetention(
            (task, delay) -> tasks.add(new Task(now + delay, task)), Duration.ZERO);
    InboundPipe pipe = pipe(10);
    none.hold(pipe, () -> DROPPED);
    pass(Duration.ofNanos(4));
    assertEquals(0, pipe.buffered());
    assertThrows(
        IllegalArgumentException.class,
        () -> new ContentRetention((task, delay) -> {}, Duration.ofNanos(-1)));
  }

  @Test
  void aTimeMayBeForEver() {
    Duration forEver = ChronoUnit.FOREVER.getDuration();
    ContentRetention kept =
        new ContentRetention((task, delay) -> tasks.add(new Task(delay, task)), forEver);
    InboundPipe pipe = pipe(10);
    kept.hold(pipe, () -> DROPPED);
    pass(Duration.ofDays(365));
    assertEquals(10, pipe.buffered());
  }
}
