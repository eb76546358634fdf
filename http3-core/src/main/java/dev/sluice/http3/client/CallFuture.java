package dev.sluice.http3.client;

import java.util.concurrent.CompletableFuture;

/**
 * The future that {@code sendAsync} returns. Cancelling it, or any future derived from it, cancels
 * the exchange, as {@link java.net.http.HttpClient} documents.
 */
final class CallFuture<T> extends CompletableFuture<T> {

  private final Runnable onCancel;

  CallFuture(Runnable onCancel) {
    this.onCancel = onCancel;
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new CallFuture<>(onCancel);
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    if (!isDone()) {
      // What depends on this future may wait for the end of the exchange, on this thread. Whoever
      // came last is told first.
      whenComplete((result, failure) -> onEnd());
    }
    return super.cancel(mayInterruptIfRunning);
  }

  private void onEnd() {
    if (isCancelled()) {
      onCancel.run();
    }
  }
}
