package dev.sluice.http3.client;

import java.net.http.HttpHeaders;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A response's trailer section on its way from the loop to whoever asks for it. What depends on it
 * may wait for the content, or send a request: it is told in a task of its own, which only those
 * pay for who ask before it is there.
 */
final class Trailers {
  private final CompletableFuture<HttpHeaders> arrived = new CompletableFuture<>();
  private final AtomicReference<CompletableFuture<HttpHeaders>> asked = new AtomicReference<>();
  private final Executor executor;

  Trailers(Executor executor) {
    this.executor = executor;
  }

  /** Loop: here it is. Only the first call of this or {@link #fail} counts. */
  void complete(HttpHeaders fields) {
    arrived.complete(fields);
  }

  /** Loop: it will never be here. */
  void fail(Throwable failure) {
    arrived.completeExceptionally(failure);
  }

  /** Any thread: see {@link Http3Response#trailers}. */
  CompletableFuture<HttpHeaders> future() {
    if (arrived.isDone()) {
      return arrived;
    }
    CompletableFuture<HttpHeaders> first = new CompletableFuture<>();
    if (!asked.compareAndSet(null, first)) {
      return asked.get();
    }
    arrived.whenComplete(
        (fields, failure) ->
            tell(
                failure == null
                    ? () -> first.complete(fields)
                    : () -> first.completeExceptionally(failure)));
    return first;
  }

  private void tell(Runnable completion) {
    try {
      executor.execute(completion);
    } catch (RejectedExecutionException e) {
      completion.run();
    }
  }
}
