package dev.sluice.tools.perf;

import java.io.IOException;
import org.HdrHistogram.Histogram;

/** Connections that are closed as soon as their handshake is complete. */
final class ConnectWork implements Work {
  private final Connector connector;
  private final int inFlight;
  private final boolean resumed;
  private final boolean ownServer;
  private PerfConnection observer;

  ConnectWork(ClientOptions options, Connector connector) {
    this.connector = connector;
    this.inFlight = options.inFlight();
    this.resumed = options.resumed;
    this.ownServer = options.path == null;
  }

  @Override
  public void open() throws IOException, InterruptedException {
    if (ownServer) {
      observer = connector.connect();
    }
    Waiting.result(connector.handshake(resumed)).close();
  }

  @Override
  public int workers() {
    return 1; // which does for all of them
  }

  @Override
  public void run(Meter meter, Histogram latencies) throws IOException, InterruptedException {
    Chains.Link greet = () -> connector.handshake(resumed).thenAccept(Connector.Handshake::close);
    new Chains(greet, inFlight, meter, latencies).run();
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
