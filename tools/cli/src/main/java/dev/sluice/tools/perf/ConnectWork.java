package dev.sluice.tools.perf;

import dev.sluice.quic.QuicClient;
import dev.sluice.quic.QuicConnection;
import dev.sluice.tls.SessionTicket;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.HdrHistogram.Histogram;

/** Connections one after the other, closed as soon as their handshake is complete. */
final class ConnectWork implements Work {
  private static final long TICKET_SECONDS = 5;

  private final Connector connector;
  private final int workers;
  private final boolean resumed;
  private final boolean ownServer;

  /** One ticket for all: what is measured is the handshake, and a server accepts it as often. */
  private final CompletableFuture<SessionTicket> ticket = new CompletableFuture<>();

  private QuicClient client;
  private PerfConnection observer;

  ConnectWork(ClientOptions options, Connector connector) {
    this.connector = connector;
    this.workers = options.inFlight();
    this.resumed = options.resumed;
    this.ownServer = options.path == null;
  }

  @Override
  public void open() throws IOException, InterruptedException {
    client =
        connector
            .bare()
            .onTicket(ticket::complete)
            .tls(tls -> resumed && ticket.isDone() ? tls.ticket(ticket.getNow(null)) : tls)
            .build();
    if (ownServer) {
      observer = connector.connect();
    }
    if (resumed) {
      takeTicket();
    }
  }

  private void takeTicket() throws IOException, InterruptedException {
    QuicConnection connection = client.connect();
    try {
      ticket.get(TICKET_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IOException("the server gave no ticket within " + TICKET_SECONDS + " seconds", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("nobody fails it", e);
    } finally {
      connection.close();
    }
  }

  @Override
  public int workers() {
    return workers;
  }

  @Override
  public void run(Meter meter, Histogram latencies) throws IOException {
    while (meter.running()) {
      long began = System.nanoTime();
      try (QuicConnection connection = client.connect()) {
        if (connection.tls().resumed() != resumed) {
          throw new IOException("the server did not take the ticket");
        }
      }
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
    if (client != null) {
      client.close();
    }
  }
}
