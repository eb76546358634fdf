package dev.sluice.bench.peer;

import dev.sluice.tools.perf.Connector;
import dev.sluice.tools.perf.PerfConnection;
import dev.sluice.tools.perf.PerfProtocol;
import dev.sluice.tools.perf.StreamExchange;
import dev.sluice.tools.perf.Usage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import tech.kwik.core.QuicClientConnection;
import tech.kwik.core.QuicSessionTicket;
import tech.kwik.core.QuicStream;
import tech.kwik.core.log.NullLogger;

/** kwik's client. */
final class KwikConnector implements Connector {
  static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration IDLE = Duration.ofMinutes(10);
  private static final long TICKET_POLL_MILLIS = 10;
  private static final int TICKET_POLLS = 500;

  private final InetSocketAddress server;
  private QuicSessionTicket ticket;

  KwikConnector(InetSocketAddress server) {
    this.server = server;
  }

  private QuicClientConnection open(QuicSessionTicket with) throws IOException {
    QuicClientConnection connection = build(server, PerfProtocol.ALPN, with);
    connection.connect();
    return connection;
  }

  /**
   * A connection that has not begun yet. There is nothing to be said of its congestion controller
   * and its datagrams: see {@link KwikProgram}.
   *
   * @param with may be null
   */
  static QuicClientConnection build(
      InetSocketAddress server, String protocol, QuicSessionTicket with) throws IOException {
    QuicClientConnection.Builder builder =
        QuicClientConnection.newBuilder()
            .host(server.getHostString())
            .port(server.getPort())
            .applicationProtocol(protocol)
            .noServerCertificateCheck()
            .connectTimeout(PATIENCE)
            .maxIdleTimeout(IDLE)
            .defaultStreamReceiveBufferSize(KwikProgram.WINDOW)
            .logger(new NullLogger());
    if (with != null) {
      builder.sessionTicket(with);
    }
    return builder.build();
  }

  @Override
  public PerfConnection connect() throws IOException {
    return new Connection(open(null));
  }

  /** On a thread of its own, since kwik waits. */
  @Override
  public CompletableFuture<Handshake> handshake(boolean resumed)
      throws IOException, InterruptedException {
    QuicSessionTicket with = resumed ? ticket() : null;
    CompletableFuture<Handshake> made = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try {
            made.complete(new Greeted(open(with)));
          } catch (IOException | RuntimeException e) {
            made.completeExceptionally(e);
          }
        });
    return made;
  }

  private synchronized QuicSessionTicket ticket() throws IOException, InterruptedException {
    if (ticket == null) {
      QuicClientConnection connection = open(null);
      List<QuicSessionTicket> tickets = connection.getNewSessionTickets();
      for (int i = 0; i < TICKET_POLLS && tickets.isEmpty(); i++) {
        Thread.sleep(TICKET_POLL_MILLIS);
        tickets = connection.getNewSessionTickets();
      }
      connection.close();
      if (tickets.isEmpty()) {
        throw new IOException("the server gave no ticket");
      }
      ticket = tickets.getFirst();
    }
    return ticket;
  }

  @Override
  public void close() {}

  private record Greeted(QuicClientConnection connection) implements Handshake {
    @Override
    public boolean isAlive() {
      return connection.isConnected();
    }

    @Override
    public void close() {
      connection.close();
    }
  }

  private record Connection(QuicClientConnection connection) implements PerfConnection {
    @Override
    public void exchange(Source source, long wanted, Sink sink)
        throws IOException, InterruptedException {
      QuicStream stream = connection.createStream(true);
      if (!StreamExchange.ask(
          stream.getInputStream(), stream.getOutputStream(), source, wanted, sink)) {
        stream.abortReading(0);
      }
    }

    @Override
    public boolean sendDatagram(byte[] data) {
      return false;
    }

    @Override
    public byte[] receiveDatagram() throws IOException {
      throw new IOException("no datagrams with kwik here");
    }

    @Override
    public Usage usage(boolean collect) throws IOException {
      QuicStream stream = connection.createStream(true);
      return StreamExchange.askUsage(stream.getInputStream(), stream.getOutputStream(), collect);
    }

    @Override
    public void close() {
      connection.close();
    }
  }
}
