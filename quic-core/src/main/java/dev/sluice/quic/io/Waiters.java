package dev.sluice.quic.io;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Those who wait for one of something each, in their order. Any of them may give up, which is to
 * complete the future by itself. For one thread at a time.
 */
public final class Waiters<T> {
  /** So many may have given up before one looks which have. */
  private static final int GIVEN_UP = 64;

  private final Deque<CompletableFuture<T>> waiting = new ArrayDeque<>();
  private int lookAt = GIVEN_UP;

  /** One more, behind the others. */
  public void add(CompletableFuture<T> another) {
    waiting.add(another);
    if (waiting.size() >= lookAt) {
      waiting.removeIf(CompletableFuture::isDone);
      lookAt = 2 * waiting.size() + GIVEN_UP; // so that looking costs each a constant
    }
  }

  /** Who has waited longest, and goes on waiting until it is completed; null when nobody waits. */
  public CompletableFuture<T> first() {
    while (!waiting.isEmpty() && waiting.peek().isDone()) {
      waiting.poll();
    }
    return waiting.peek();
  }

  /** Who has waited longest, and waits no more; null when nobody waits. */
  CompletableFuture<T> poll() {
    first();
    return waiting.poll();
  }

  /** All of them; none waits any more. */
  List<CompletableFuture<T>> takeAll() {
    List<CompletableFuture<T>> all = List.copyOf(waiting);
    waiting.clear();
    return all;
  }
}
