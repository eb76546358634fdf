package dev.sluice.tools.perf;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Histogram;

/** Runs one workload: warms up, measures, and says every second how it goes. */
final class Measurement {
  private static final long SECOND = 1_000_000_000L;
  private static final int DIGITS = 3;

  /** How often a warm-up interrupts itself, so that nothing is new when it counts. */
  private static final int WARM_PARTS = 10;

  /** For what ends by itself. */
  static final Duration ENDLESS = Duration.ofDays(365);

  private final ClientOptions options;
  private final Duration warmup;
  private final PrintStream stderr;
  private final Meter meter;
  private final List<Histogram> latencies = new ArrayList<>();
  private final List<CompletableFuture<Void>> workers = new ArrayList<>();

  /**
   * @param warmup how long to work before anything counts
   */
  Measurement(ClientOptions options, Duration warmup, PrintStream stderr) {
    this.options = options;
    this.warmup = warmup;
    this.stderr = stderr;
    this.meter = new Meter(options.limit());
  }

  Result run(Work work) throws IOException, InterruptedException {
    Usage server = null;
    if (options.includeHandshake) {
      meter.begin();
    }
    Usage client = Usage.now();
    work.open();
    if (!options.includeHandshake) {
      server = work.serverUsage();
    }
    if (!warmup.isZero()) {
      start(work);
      tell("warming up");
      warmUp(work);
      server = work.serverUsage();
      client = Usage.now();
      begin();
    } else {
      begin();
      start(work);
    }
    watch(options.limit() > 0 ? ENDLESS : options.duration);
    return result(work, client, server);
  }

  /**
   * Measures what is open already, from the first thing begun.
   *
   * @param most how long at the most, whatever the options say
   */
  Result again(Work work, Duration most) throws IOException, InterruptedException {
    Usage server = work.serverUsage();
    Usage client = Usage.now();
    meter.begin();
    start(work);
    boolean limited = options.limit() > 0 || most.compareTo(options.duration) < 0;
    watch(limited ? most : options.duration);
    return result(work, client, server);
  }

  private Result result(Work work, Usage client, Usage server)
      throws IOException, InterruptedException {
    meter.end();
    join();
    if (work.lastsUntilWorkersReturn()) {
      meter.extend();
    }
    Usage clientSince = Usage.now().since(client);
    Usage serverSince = server == null ? null : work.serverUsage().since(server);
    return new Result(options, meter, merged(), clientSince, serverSince);
  }

  /**
   * What the measuring itself does is done here too: code that meets the end of a stream for the
   * first time, after seconds in which none ended, is compiled anew, and that with all around it.
   */
  private void warmUp(Work work) throws IOException, InterruptedException {
    long part = warmup.toNanos() / WARM_PARTS;
    for (int i = 1; i < WARM_PARTS && !meter.await(part); i++) {
      Usage.now();
      work.serverUsage();
    }
    meter.await(part);
  }

  private void begin() {
    if (!options.includeHandshake) {
      meter.begin();
    }
  }

  private void start(Work work) {
    for (int i = 0; i < work.workers(); i++) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      Histogram own = new Histogram(DIGITS);
      latencies.add(own);
      workers.add(done);
      Thread.startVirtualThread(
          () -> {
            try {
              work.run(meter, own);
              done.complete(null);
            } catch (IOException | InterruptedException | RuntimeException e) {
              done.completeExceptionally(e);
              meter.end();
            }
          });
    }
  }

  /**
   * @param most how long at the most
   */
  private void watch(Duration most) throws InterruptedException {
    long deadline = System.nanoTime() + most.toNanos();
    long before = meter.counted();
    long time = System.nanoTime();
    while (!meter.await(Math.min(SECOND, Math.max(0, deadline - time)))) {
      long now = System.nanoTime();
      if (now >= deadline) {
        return;
      }
      long counted = meter.counted();
      tell(Result.rate(options.workload, (counted - before) * 1e9 / (now - time)));
      before = counted;
      time = now;
    }
  }

  private void tell(String line) {
    if (!options.quiet) {
      stderr.println(String.format(Locale.ROOT, "%s: %s", options.workload, line));
    }
  }

  private void join() throws IOException, InterruptedException {
    for (CompletableFuture<Void> worker : workers) {
      Waiting.result(worker);
    }
  }

  private Histogram merged() {
    Histogram all = new Histogram(DIGITS);
    latencies.forEach(all::add);
    return all;
  }
}
