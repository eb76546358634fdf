package dev.sluice.quic.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Those who wait, and those who have given up. */
class WaitersTest {
  private final Waiters<String> waiters = new Waiters<>();

  private CompletableFuture<String> another() {
    CompletableFuture<String> another = new CompletableFuture<>();
    waiters.add(another);
    return another;
  }

  @Test
  void whoHasWaitedLongestIsFirst() {
    assertNull(waiters.first());
    assertNull(waiters.poll());
    CompletableFuture<String> one = another();
    CompletableFuture<String> two = another();
    CompletableFuture<String> three = another();
    assertSame(one, waiters.first());
    assertSame(one, waiters.first(), "until it has what it waits for");
    one.complete("a");
    assertSame(two, waiters.first());
    assertSame(two, waiters.poll());
    assertEquals(List.of(three), waiters.takeAll());
    assertNull(waiters.first());
  }

  @Test
  void whoGivesUpIsPassedByAndForgotten() {
    for (int i = 0; i < 10_000; i++) {
      another().cancel(false);
    }
    CompletableFuture<String> patient = another();
    for (int i = 0; i < 10_000; i++) {
      another().cancel(false);
    }
    assertSame(patient, waiters.first());
    assertTrue(waiters.takeAll().size() < 100);
  }
}
