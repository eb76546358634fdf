package dev.sluice.tools.perf;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;

/**
 * Requests side by side without a thread for each: where the end of one is told, the next is begun,
 * as event-driven programs do.
 */
final class RequestChains {
  private final PerfConnection.Asker asker;
  private final long wanted;
  private final Meter meter;
  private final Histogram latencies;

  private final AtomicInteger chains;
  private final CompletableFuture<Void> over = new CompletableFuture<>();

  /**
   * @param count how many there are side by side
   * @param wanted content of each response
   */
  RequestChains(
      PerfConnection.Asker asker, int count, long wanted, Meter meter, Histogram latencies) {
    this.asker = asker;
    this.wanted = wanted;
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
      asker.ask(wanted).whenComplete((done, failure) -> onEnd(began, failure));
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

  /** The first requests may end on the thread that begins them. */
  private synchronized void record(long nanos) {
    latencies.recordValue(nanos);
  }
}
