package dev.sluice.tools.perf;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Opens connections, leaves them alone, and sees how much heap they hold on either side. */
final class IdleMemory {
  private static final int DEFAULT_COUNT = 1000;
  private static final long SECOND = 1_000_000_000L;

  private final ClientOptions options;
  private final Connector connector;
  private final PrintStream stderr;
  private final int count;
  private final AtomicInteger begun = new AtomicInteger();
  private final Queue<Connector.Handshake> open = new ConcurrentLinkedQueue<>();

  IdleMemory(ClientOptions options, Connector connector, PrintStream stderr) {
    this.options = options;
    this.connector = connector;
    this.stderr = stderr;
    this.count = options.count == null ? DEFAULT_COUNT : Math.toIntExact(options.count);
  }

  /**
   * One of the two processes.
   *
   * @param heapEach bytes that a connection holds
   * @param opening what it used while all were opened
   */
  record Side(double heapEach, Usage opening) {}

  /**
   * What was found.
   *
   * @param seconds in which all were opened
   * @param client this process
   * @param server the server's; null when it is not known
   */
  record Held(int connections, double seconds, Side client, Side server) implements Finding {
    @Override
    public String text() {
      String heap =
          String.format(
              Locale.ROOT,
              "%.1f KiB of heap each at the client%s (%d connections, opened in %.1f s)",
              client.heapEach() / 1024,
              server == null
                  ? ""
                  : String.format(
                      Locale.ROOT, ", %.1f KiB at the server", server.heapEach() / 1024),
              connections,
              seconds);
      return Finding.line(Workload.IDLE.toString(), heap)
          + Finding.line("client", client.opening().text())
          + (server == null ? "" : Finding.line("server", server.opening().text()));
    }

    @Override
    public Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("workload", Workload.IDLE.toString());
      json.put("unit", Workload.IDLE.unit());
      json.put("amount", connections);
      json.put("seconds", seconds);
      json.put("rate", connections / seconds);
      json.put("clientHeapBytesEach", client.heapEach());
      json.put("serverHeapBytesEach", server == null ? null : server.heapEach());
      json.put("client", client.opening().json());
      json.put("server", server == null ? null : server.opening().json());
      return json;
    }
  }

  Finding run() throws IOException, InterruptedException {
    try (PerfConnection observer = options.path == null ? connector.connect() : null;
        Connector.Idle idle = connector.idle(count + 1)) {
      // What the first connection loads is not the first connection's.
      idle.open().close();
      Usage serverBefore = observer == null ? null : observer.usage(true);
      Usage before = Usage.afterCollection();
      long began = System.nanoTime();
      openAll(idle);
      double seconds = (System.nanoTime() - began) / 1e9;
      Usage opening = Usage.now().since(before);
      Usage serverOpening = observer == null ? null : observer.usage(false).since(serverBefore);
      tell("all are open; collecting garbage");
      // By now the handshakes' last packets are through, and what they needed is let go.
      Thread.sleep(options.warmup());
      Usage serverSince = observer == null ? null : observer.usage(true).since(serverBefore);
      Side client = side(Usage.afterCollection().since(before), opening);
      requireAlive();
      open.forEach(Connector.Handshake::close);
      return new Held(
          count, seconds, client, observer == null ? null : side(serverSince, serverOpening));
    }
  }

  private Side side(Usage since, Usage opening) {
    return new Side((double) since.heapBytes() / count, opening);
  }

  private void requireAlive() throws IOException {
    long alive = open.stream().filter(Connector.Handshake::isAlive).count();
    if (alive < count) {
      throw new IOException((count - alive) + " of " + count + " connections have ended");
    }
  }

  private void openAll(Connector.Idle idle) throws IOException, InterruptedException {
    List<CompletableFuture<Void>> workers = new ArrayList<>();
    for (int i = 0; i < options.inFlight(); i++) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      workers.add(done);
      Thread.startVirtualThread(
          () -> {
            try {
              while (begun.getAndIncrement() < count) {
                open.add(idle.open());
              }
              done.complete(null);
            } catch (IOException | InterruptedException | RuntimeException e) {
              begun.set(count);
              done.completeExceptionally(e);
            }
          });
    }
    Thread progress = Thread.startVirtualThread(this::watch);
    try {
      for (CompletableFuture<Void> worker : workers) {
        Waiting.result(worker);
      }
    } finally {
      progress.interrupt();
    }
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(SECOND / 1_000_000);
        tell(open.size() + " connections");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell(String line) {
    if (!options.quiet) {
      stderr.println(Workload.IDLE + ": " + line);
    }
  }
}
