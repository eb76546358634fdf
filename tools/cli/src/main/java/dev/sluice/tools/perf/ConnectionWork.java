package dev.sluice.tools.perf;

import java.io.IOException;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/** Work of which all happens on one connection. */
final class ConnectionWork implements Work {
  /** What one worker does on it. */
  @FunctionalInterface
  interface Worker {
    void run(PerfConnection connection, Meter meter, Histogram latencies)
        throws IOException, InterruptedException;
  }

  private final Connector connector;
  private final int workers;
  private final boolean chained;
  private final boolean sending;
  private final Worker worker;
  private PerfConnection connection;

  /**
   * @param sending whether it is over when the workers have returned
   */
  private ConnectionWork(Connector connector, int workers, boolean sending, Worker worker) {
    this(connector, workers, false, sending, worker);
  }

  /**
   * @param chained whether one worker does for all where the connection has an asker
   */
  private ConnectionWork(
      Connector connector, int workers, boolean chained, boolean sending, Worker worker) {
    this.connector = connector;
    this.workers = workers;
    this.chained = chained;
    this.sending = sending;
    this.worker = worker;
  }

  static Work of(ClientOptions options, Connector connector) {
    return switch (options.workload) {
      case DOWNLOAD, MULTI_STREAM ->
          new ConnectionWork(
              connector, options.streams(), false, (on, meter, l) -> download(options, on, meter));
      case UPLOAD ->
          new ConnectionWork(
              connector,
              options.streams(),
              true,
              (on, meter, l) -> upload(PerfProtocol.CHUNK, 1, on, meter));
      case BIDIRECTIONAL ->
          new ConnectionWork(
              connector, options.streams(), true, (on, meter, l) -> bidirectional(on, meter));
      case MESSAGES ->
          new ConnectionWork(
              connector,
              options.streams(),
              true,
              (on, meter, l) -> upload(options.size(), options.size(), on, meter));
      case REQUESTS ->
          new ConnectionWork(
              connector,
              options.inFlight(),
              options.areRequestsChained(),
              false,
              (on, meter, latencies) -> requests(options, on, meter, latencies));
      case DATAGRAMS ->
          new ConnectionWork(
              connector,
              1,
              false,
              (on, meter, latencies) ->
                  new DatagramEcho(on, options.inFlight(), options.size()).run(meter, latencies));
      case CONNECTS, IDLE -> throw new IllegalArgumentException("not on one connection");
    };
  }

  private static void download(ClientOptions options, PerfConnection on, Meter meter)
      throws IOException, InterruptedException {
    // Cold and of a known length it ends by itself, like any download.
    long wanted =
        options.bytes != null && options.warmup().isZero()
            ? Math.ceilDiv(options.bytes, options.streams())
            : PerfProtocol.ENDLESS;
    while (meter.running()) {
      on.exchange(PerfConnection.Source.NOTHING, wanted, meter::add);
    }
  }

  /**
   * @param length of each write
   * @param weight how many bytes count as one
   */
  private static void upload(int length, int weight, PerfConnection on, Meter meter)
      throws IOException, InterruptedException {
    on.exchange(
        () -> {
          int next = (int) meter.allow(length);
          meter.add(weight == 1 ? next : 1);
          return next;
        },
        0,
        received -> true);
  }

  private static void bidirectional(PerfConnection on, Meter meter)
      throws IOException, InterruptedException {
    on.exchange(
        () -> {
          int next = (int) meter.allow(PerfProtocol.CHUNK);
          meter.add(next);
          return next;
        },
        PerfProtocol.ENDLESS,
        meter::add);
  }

  private static void requests(
      ClientOptions options, PerfConnection on, Meter meter, Histogram latencies)
      throws IOException, InterruptedException {
    Optional<PerfConnection.Asker> asker = on.asker();
    if (options.areRequestsChained() && asker.isPresent()) {
      Chains.Link ask = () -> asker.get().ask(options.responseSize);
      new Chains(ask, options.inFlight(), meter, latencies).run();
      return;
    }
    while (meter.running()) {
      long began = System.nanoTime();
      on.exchange(
          PerfConnection.Source.ofLength(options.requestSize),
          options.responseSize,
          received -> true);
      if (meter.counting()) {
        latencies.recordValue(System.nanoTime() - began);
      }
      meter.add(1);
    }
  }

  @Override
  public void open() throws IOException, InterruptedException {
    connection = connector.connect();
  }

  @Override
  public int workers() {
    return chained && connection.asker().isPresent() ? 1 : workers;
  }

  @Override
  public void run(Meter meter, Histogram latencies) throws IOException, InterruptedException {
    worker.run(connection, meter, latencies);
  }

  @Override
  public boolean lastsUntilWorkersReturn() {
    return sending;
  }

  @Override
  public Usage serverUsage() throws IOException, InterruptedException {
    return connection.usage(false);
  }

  @Override
  public void close() {
    if (connection != null) {
      connection.close();
    }
  }
}
