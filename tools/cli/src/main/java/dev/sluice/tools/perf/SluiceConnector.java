package dev.sluice.tools.perf;

import dev.sluice.http3.client.Http3Client;
import dev.sluice.http3.session.SessionOptions;
import dev.sluice.http3.webtransport.WebTransportConfig;
import dev.sluice.quic.QuicClient;
import dev.sluice.quic.QuicClientBuilder;
import dev.sluice.quic.QuicConnection;
import dev.sluice.quic.connection.ClientConfig;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.io.EventLoop;
import dev.sluice.quic.io.IoMode;
import dev.sluice.tls.KeyLog;
import dev.sluice.tls.NamedGroup;
import dev.sluice.tls.SessionTicket;
import dev.sluice.tls.TlsClientConfig;
import dev.sluice.tls.cert.TrustAllVerifier;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Connections of our own client. */
final class SluiceConnector implements Connector {
  private static final String SERVER_NAME = "localhost";
  private static final long TICKET_SECONDS = 30;

  /** How long the loop may take to send what tells the server of the end. */
  private static final long CLOSE_MILLIS = 5_000;

  private final InetSocketAddress server;
  private final TransportConfig transport;
  private final Protocol protocol;
  private final String path;
  private final KeyLog keyLog;
  private final boolean callbacks;
  private final NamedGroup group;

  /** Of all connections but those of HTTP/3 clients, which bring their own. */
  private final EventLoop loop;

  private final IoMode ioMode;

  /** For handshakes over HTTP/3; null over raw QUIC. */
  private final Http3Dialer dialer;

  /** How the newest of the loops moves datagrams. */
  private volatile String io;

  /** For raw QUIC, each connection on a socket of its own. */
  private final QuicClient bare;

  /** Whose handshakes are full ones: one socket for all, as those have who open thousands. */
  private final QuicClient full;

  private final QuicClient resuming;

  /** One ticket for all: what is measured is the handshake, and a server accepts it as often. */
  private final CompletableFuture<SessionTicket> ticket = new CompletableFuture<>();

  /**
   * @param ioMode how datagrams are to be moved
   * @param path what is fetched over HTTP/3 in place of a number; null for our own server
   * @param callbacks whether what happens is told on the loop's thread
   * @param group the only one that handshakes are made with; null for all
   * @throws IOException the system does not give what is needed; also as UncheckedIOException
   */
  SluiceConnector(
      InetSocketAddress server,
      TransportConfig transport,
      IoMode ioMode,
      Protocol protocol,
      String path,
      KeyLog keyLog,
      boolean callbacks,
      NamedGroup group)
      throws IOException {
    this.server = server;
    this.transport = transport;
    this.ioMode = ioMode;
    this.protocol = protocol;
    this.path = path;
    this.keyLog = keyLog;
    this.callbacks = callbacks;
    this.group = group;
    this.loop = EventLoop.start("sluice-perf", true, ioMode);
    this.io = loop.ioDescription();
    this.bare = builder().build();
    this.full = builder().sharedSocket().onTicket(ticket::complete).build();
    this.resuming =
        builder().sharedSocket().tls(tls -> groups(tls).ticket(ticket.getNow(null))).build();
    this.dialer = protocol.overHttp3() ? dialer() : null;
  }

  private Http3Dialer dialer() throws IOException {
    SecureRandom random = new SecureRandom();
    TlsClientConfig tls =
        groups(TlsClientConfig.builder())
            .serverName(SERVER_NAME)
            .applicationProtocols(PerfProtocol.ALPN_HTTP3)
            .certificateVerifier(TrustAllVerifier.INSTANCE)
            .keyLog(keyLog)
            .random(random)
            .clock(InstantSource.system())
            .build();
    ClientConfig config = ClientConfig.of(tls).withTransport(transport);
    return new Http3Dialer(loop, server, config, random, ticket::complete);
  }

  @Override
  public Optional<String> io() {
    return Optional.of(io);
  }

  @Override
  public PerfConnection connect() throws IOException, InterruptedException {
    return switch (protocol) {
      case QUIC -> new QuicPerfConnection(bare.connect(), callbacks);
      case HTTP3 -> new HttpPerfConnection(http3Client(callbacks), origin(), path, callbacks);
      case WEBTRANSPORT -> session(http3Client(false));
    };
  }

  private URI origin() {
    return URI.create("https://" + SERVER_NAME + ":" + server.getPort() + "/");
  }

  /**
   * @param onLoop whether its executor is its loop
   */
  private Http3Client http3Client(boolean onLoop) {
    Http3Client.Builder builder =
        http3Builder()
            .resolve(SERVER_NAME, server.getPort(), List.of(server.getAddress()))
            .webTransport(WebTransportConfig.DEFAULT);
    if (onLoop) {
      builder.executor(Runnable::run);
    }
    Http3Client client = builder.build();
    io = client.ioDescription();
    return client;
  }

  private PerfConnection session(Http3Client client) throws IOException, InterruptedException {
    try {
      URI where = origin().resolve(PerfProtocol.SESSION_PATH);
      return new SessionPerfConnection(client, client.connect(where, SessionOptions.DEFAULT));
    } catch (IOException | InterruptedException e) {
      client.shutdownNow();
      client.close();
      throw e;
    }
  }

  private Http3Client.Builder http3Builder() {
    return Http3Client.newBuilder()
        .insecurelyTrustEveryone()
        .quic(transport)
        .io(ioMode)
        .keyLog(keyLog);
  }

  @Override
  public Idle idle(int most) {
    if (protocol == Protocol.QUIC) {
      return Connector.super.idle(most);
    }
    String small = path == null ? "/0" : path;
    IdleHttp3 idle =
        new IdleHttp3(http3Builder(), server.getAddress(), server.getPort(), small, most);
    io = idle.io();
    return idle;
  }

  @Override
  public CompletableFuture<Handshake> handshake(boolean resumed)
      throws IOException, InterruptedException {
    if (resumed && ticket.getNow(null) == null) {
      takeTicket();
    }
    return protocol.overHttp3() ? http3Handshake(resumed) : quicHandshake(resumed);
  }

  private CompletableFuture<Handshake> http3Handshake(boolean resumed) {
    return dialer
        .connect(resumed ? ticket.getNow(null) : null)
        .thenApply(made -> requireResumption(resumed, made.resumed(), made));
  }

  private CompletableFuture<Handshake> quicHandshake(boolean resumed) {
    return (resumed ? resuming : full)
        .connectAsync()
        .thenApply(
            made -> requireResumption(resumed, made.tls().resumed(), new QuicHandshake(made)));
  }

  private static Handshake requireResumption(boolean wanted, boolean found, Handshake connection) {
    if (wanted != found) {
      connection.close();
      throw new CompletionException(new IOException("the server did not take the ticket"));
    }
    return connection;
  }

  private synchronized void takeTicket() throws IOException, InterruptedException {
    Handshake connection = Waiting.result(handshake(false));
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

  private QuicClientBuilder builder() {
    return QuicClient.builder()
        .eventLoop(loop)
        .remote(server)
        .serverName(SERVER_NAME)
        .applicationProtocols(PerfProtocol.ALPN)
        .insecure()
        .tls(this::groups)
        .transport(transport)
        .keyLog(keyLog);
  }

  private TlsClientConfig.Builder groups(TlsClientConfig.Builder tls) {
    return group == null ? tls : tls.groups(group);
  }

  @Override
  public void close() {
    bare.close();
    full.close();
    resuming.close();
    if (dialer != null) {
      dialer.close();
    }
    loop.close();
    try {
      loop.awaitEnd(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it ends all the same
    }
  }

  private record QuicHandshake(QuicConnection connection) implements Handshake {
    @Override
    public boolean isAlive() {
      return connection.ending() == null;
    }

    @Override
    public void close() {
      connection.close();
    }
  }
}
