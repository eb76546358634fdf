package dev.sluice.tools.perf;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;

/**
 * Requests or connections side by side without a thread for each: where the end of one is told, the
 * next is begun, as event-driven programs do.
 */
final class Chains {
  /** What is done again and again. */
  @FunctionalInterface
  interface Link {
    /** Begins another; the future completes with its end. */
    CompletableFuture<?> begin() throws IOException, InterruptedException;
  }

  private final Link link;
  private final Meter meter;
  private final Histogram latencies;

  private final AtomicInteger chains;
  private final CompletableFuture<Void> over = new CompletableFuture<>();

  /**
   * @param count how many there are side by side
   */
  Chains(Link link, int count, Meter meter, Histogram latencies) {
    this.link = link;
    this.meter = meter;
    this.latencies = latencies;
    this.chains = new AtomicInteger(count);
  }

  /** Begins, and waits until the meter has enough and nothing is under way. */
  void run() throws IOException, InterruptedException {
    for (int i = chains.get(); i > 0; i--) {
      next();
    }
    Waiting.result(over);
  }

  private void next() {
    if (meter.running()) {
      long began = System.nanoTime();
      try {
        link.begin().whenComplete((done, failure) -> onEnd(began, failure));
      } catch (IOException | InterruptedException | RuntimeException e) {
        over.completeExceptionally(e);
      }
    } else if (chains.decrementAndGet() == 0) {
      over.complete(null);
    }
  }

  private void onEnd(long began, Throwable failure) {
    if (failure != null) {
      over.completeExceptionally(
          failure instanceof CompletionException wrapped ? wrapped.getCause() : failure);
      return;
    }
    if (meter.counting()) {
      record(System.nanoTime() - began);
    }
    meter.add(1);
    next();
  }

  /** The first may end on the thread that begins them. */
  private synchronized void record(long nanos) {
    latencies.recordValue(nanos);
  }
}
