package dev.sluice.http3.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Something to be done later unless it is called off; calling it off frees it at once. */
final class Deadline {

  private final CompletableFuture<Void> timer = new CompletableFuture<>();

  private Deadline() {}

  /** Runs the action on the executor after the delay. */
  static Deadline after(Duration delay, Executor executor, Runnable action) {
    Deadline deadline = new Deadline();
    deadline.timer.thenRunAsync(action, executor);
    long nanos;
    try {
      nanos = delay.toNanos();
    } catch (ArithmeticException e) {
      nanos = Long.MAX_VALUE; // 292 years
    }
    deadline.timer.completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS);
    return deadline;
  }

  /** It is not needed any more. Any thread. */
  void callOff() {
    timer.cancel(false);
  }
}
