package dev.sluice.quic;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/** Those who wait until the peer permits another stream, in their order. On the loop. */
final class Openings {
  /** So many may have given up before one looks which have. */
  private static final int GIVEN_UP = 64;

  private final Deque<CompletableFuture<QuicStream>> waiting = new ArrayDeque<>();
  private int lookAt = GIVEN_UP;

  /** One more, behind the others. */
  void add(CompletableFuture<QuicStream> opened) {
    waiting.add(opened);
    if (waiting.size() >= lookAt) {
      waiting.removeIf(CompletableFuture::isDone);
      lookAt = 2 * waiting.size() + GIVEN_UP; // so that looking costs each a constant
    }
  }

  /** Who has waited longest; null when nobody waits. */
  CompletableFuture<QuicStream> first() {
    while (!waiting.isEmpty() && waiting.peek().isDone()) {
      waiting.poll();
    }
    return waiting.peek();
  }
}
