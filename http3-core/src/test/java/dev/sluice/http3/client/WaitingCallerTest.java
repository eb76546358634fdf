package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits for a result does what leads to it, and nothing else. */
@Timeout(30)
class WaitingCallerTest {
  private final List<Runnable> others = new ArrayList<>();
  private final WaitingCaller caller = new WaitingCaller(others::add);
  private final CompletableFuture<Thread> result = new CompletableFuture<>();

  @Test
  void runsWhatLeadsToTheResult() throws Exception {
    caller.execute(() -> result.complete(Thread.currentThread()));
    assertSame(Thread.currentThread(), caller.await(result));
    assertEquals(List.of(), others);
  }

  @Test
  void isWokenForATaskAndForAResultFromElsewhere() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Thread other =
        Thread.startVirtualThread(
            () -> {
              caller.execute(begun::countDown);
              try {
                begun.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              result.complete(Thread.currentThread());
            });
    assertSame(other, caller.await(result));
    assertEquals(List.of(), others);
  }

  @Test
  void leavesToOthersWhatComesTooLateOrIsLeft() throws Exception {
    Runnable left = () -> {};
    caller.execute(
        () -> {
          caller.execute(left);
          result.complete(Thread.currentThread());
        });
    caller.await(result);
    assertEquals(List.of(left), others);
    Runnable late = () -> {};
    caller.execute(late);
    assertEquals(List.of(left, late), others);
  }

  @Test
  void hasOneTaskAtATime() throws Exception {
    Runnable second = () -> {};
    caller.execute(() -> result.complete(null));
    caller.execute(second);
    assertEquals(List.of(second), others, "which may be waiting for the first");
    caller.await(result);
  }

  @Test
  void fails() {
    IOException failure = new IOException();
    result.completeExceptionally(failure);
    ExecutionException thrown = assertThrows(ExecutionException.class, () -> caller.await(result));
    assertSame(failure, thrown.getCause());
  }

  /** Or else nobody had what there is, a stream that has to be closed. */
  @Test
  void getsWhatIsThereThoughInterrupted() throws Exception {
    caller.execute(
        () -> {
          Thread.currentThread().interrupt();
          result.complete(Thread.currentThread());
        });
    assertSame(Thread.currentThread(), caller.await(result));
    assertTrue(Thread.interrupted());
  }

  @Test
  void canBeInterrupted() {
    Runnable left = () -> {};
    caller.execute(() -> Thread.currentThread().interrupt());
    assertThrows(InterruptedException.class, () -> caller.await(result));
    caller.execute(left);
    assertEquals(List.of(left), others);
    assertTrue(!Thread.interrupted());
  }
}
