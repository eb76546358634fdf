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
    boolean wasOpen = !isDone();
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    if (wasOpen && cancelled) {
      onCancel.run();
    }
    return cancelled;
  }
}
