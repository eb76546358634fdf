package dev.sluice.tools.perf;

import java.io.IOException;
import org.HdrHistogram.Histogram;

/** Connections one after the other, closed as soon as their handshake is complete. */
final class ConnectWork implements Work {
  private final Connector connector;
  private final int workers;
  private final boolean resumed;
  private final boolean ownServer;
  private PerfConnection observer;

  ConnectWork(ClientOptions options, Connector connector) {
    this.connector = connector;
    this.workers = options.inFlight();
    this.resumed = options.resumed;
    this.ownServer = options.path == null;
  }

  @Override
  public void open() throws IOException, InterruptedException {
    if (ownServer) {
      observer = connector.connect();
    }
    connector.handshake(resumed).close();
  }

  @Override
  public int workers() {
    return workers;
  }

  @Override
  public void run(Meter meter, Histogram latencies) throws IOException, InterruptedException {
    while (meter.running()) {
      long began = System.nanoTime();
      connector.handshake(resumed).close();
      if (meter.counting()) {
        latencies.recordValue(System.nanoTime() - began);
      }
      meter.add(1);
    }
  }

  @Override
  public Usage serverUsage() throws IOException, InterruptedException {
    return ownServer ? observer.usage(false) : null;
  }

  @Override
  public void close() {
    if (observer != null) {
      observer.close();
    }
  }
}
