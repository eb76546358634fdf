package dev.sluice.http3.client;

import dev.sluice.http3.connection.Http3Config;
import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.Http3Settings;
import dev.sluice.http3.webtransport.WebTransportConfig;
import dev.sluice.quic.connection.ClientConfig;
import dev.sluice.quic.connection.EarlyDataState;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.io.ConnectionListener;
import dev.sluice.quic.io.EventLoop;
import dev.sluice.quic.io.LoopConnection;
import dev.sluice.quic.io.LoopResources;
import dev.sluice.quic.io.QuicSocket;
import dev.sluice.tls.CertificateVerifier;
import dev.sluice.tls.SessionTicket;
import dev.sluice.tls.TlsClientConfig;
import dev.sluice.tls.cert.KnownChains;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/** A client's thread, executor and sockets: everything in it that is not pure. */
final class ClientRuntime {

  private final ClientSettings settings;
  private final EventLoop loop;
  private final LoopResources resources;
  private final ExecutorService ownExecutor;
  private final Executor userExecutor;
  private final SecureRandom random = new SecureRandom();
  private final CertificateVerifier verifier;
  private final KnownChains knownChains = KnownChains.of(KnownChains.USUAL_CAPACITY);
  private final TransportConfig transport;
  private final Http3Config http;
  private final SessionStore memory;
  private final ConnectionPool pool;
  private final Set<Dialled> live = new HashSet<>();
  private long connections;

  /** For all connections, where they share one and there has been one. Loop only. */
  private QuicSocket shared;

  ClientRuntime(ClientSettings settings) {
    this.settings = settings;
    this.memory = settings.sessions() == null ? new SessionStore() : settings.sessions();
    this.verifier = ClientTls.verifier(settings, random);
    Http3Config plain = Http3Config.DEFAULT.withMaxFieldSectionSize(settings.maxFieldSectionSize());
    WebTransportConfig sessions = settings.webTransport();
    this.transport = ClientTransport.of(settings.transport(), sessions != null);
    this.http = sessions == null ? plain : sessions.applyTo(plain);
    this.ownExecutor =
        settings.executor() == null ? Executors.newVirtualThreadPerTaskExecutor() : null;
    this.userExecutor = rejecting(ownExecutor != null ? ownExecutor : settings.executor());
    this.loop = EventLoop.start("sluice-http3-client", true, settings.io());
    this.resources = LoopResources.of(loop, settings.contentRetention());
    this.pool = new ConnectionPool(loop, this::resolve, this::dial, settings.connectTimeout());
  }

  String ioDescription() {
    return loop.ioDescription();
  }

  Executor loop() {
    return loop;
  }

  Executor userExecutor() {
    return userExecutor;
  }

  /** Whatever an executor throws, it has not taken the task, and somebody waits for that. */
  private static Executor rejecting(Executor executor) {
    return task -> {
      try {
        executor.execute(task);
      } catch (RejectedExecutionException e) {
        throw e;
      } catch (RuntimeException | Error e) {
        throw new RejectedExecutionException("the executor has failed", e);
      }
    };
  }

  ConnectionPool pool() {
    return pool;
  }

  /** Closes connections, sockets, the thread and the executor, in this order. */
  void close(Runnable afterwards) {
    loop.execute(
        () ->
            pool.close(
                () -> {
                  loop.close();
                  if (ownExecutor != null) {
                    ownExecutor.shutdown();
                  }
                  afterwards.run();
                }));
  }

  private List<InetAddress> resolve(Origin origin) throws IOException {
    List<InetAddress> given = settings.resolved().get(origin);
    if (given != null) {
      return given;
    }
    try {
      return List.of(InetAddress.getAllByName(origin.host()));
    } catch (UnknownHostException e) {
      // As the JDK's client has it: callers look for these two.
      UnresolvedAddressException unresolved = new UnresolvedAddressException();
      unresolved.initCause(e);
      ConnectException failure = new ConnectException("cannot resolve " + origin.host());
      failure.initCause(unresolved);
      throw failure;
    }
  }

  private Runnable dial(
      Origin origin, InetSocketAddress address, ClientConnection.Listener listener)
      throws IOException {
    QuicSocket socket;
    try {
      socket = socketTo(address);
    } catch (IOException | RuntimeException e) {
      ConnectException failure = new ConnectException("cannot connect to " + address);
      failure.initCause(e);
      throw failure;
    }
    try {
      return dial(origin, address, socket, listener);
    } catch (RuntimeException | Error e) {
      release(socket);
      throw e;
    }
  }

  private Runnable dial(
      Origin origin,
      InetSocketAddress address,
      QuicSocket socket,
      ClientConnection.Listener listener) {
    SessionTicket ticket = takeTicket(origin);
    Dialled dialled = new Dialled(origin, socket, listener, ticket);
    TlsClientConfig tls =
        ClientTls.config(settings, origin.host(), dialled, random).toBuilder()
            .ticket(ticket)
            .knownChains(knownChains)
            .earlyData(settings.earlyData() != EarlyData.NEVER)
            .build();
    ClientConfig config =
        ClientConfig.of(tls)
            .withTransport(transport)
            .withTracer(settings.tracer())
            .withToken(memory.takeToken(origin));
    socket
        .connect(address, config, dialled::begin)
        .exceptionally(
            failure -> {
              release(socket);
              listener.onNotBegun(new IOException(failure));
              return null;
            });
    return dialled::abandon;
  }

  private QuicSocket socketTo(InetSocketAddress address) throws IOException {
    InetSocketAddress bind =
        settings.localAddress() == null ? null : new InetSocketAddress(settings.localAddress(), 0);
    if (shared != null && !shared.isClosing()) { // it may have failed
      return shared;
    }
    EndpointConfig endpoint = settings.endpoint().apply(EndpointConfig.of(random));
    if (!settings.sharedSocket()) {
      return QuicSocket.openConnected(loop, bind, address, endpoint);
    }
    shared = QuicSocket.open(loop, bind == null ? new InetSocketAddress(0) : bind, endpoint);
    return shared;
  }

  /** A connection needs its socket no more. */
  private void release(QuicSocket socket) {
    if (socket != shared) {
      socket.closeWhenQuiet();
    }
  }

  /** Moves all connections to another address of this host. */
  CompletableFuture<Void> migrate(InetAddress local) {
    CompletableFuture<Void> all = new CompletableFuture<>();
    try {
      loop.execute(() -> migrate(local, all));
    } catch (RejectedExecutionException e) {
      all.completeExceptionally(new IOException("the client has ended", e));
    }
    return all;
  }

  private void migrate(InetAddress local, CompletableFuture<Void> all) {
    List<CompletableFuture<Void>> moving = new ArrayList<>();
    for (Dialled one : live) {
      CompletableFuture<Void> moved = new CompletableFuture<>();
      one.connection.moves().begin(one.loopConnection, new InetSocketAddress(local, 0), moved);
      moving.add(moved);
    }
    CompletableFuture.allOf(moving.toArray(CompletableFuture[]::new))
        .whenComplete(
            (done, e) -> {
              if (e == null) {
                all.complete(null);
              } else {
                all.completeExceptionally(e instanceof CompletionException ? e.getCause() : e);
              }
            });
  }

  /** All connections take new keys; once the client has ended there are none. */
  void updateKeys() {
    try {
      loop.execute(
          () -> {
            for (Dialled one : live) {
              one.loopConnection.transport().updateKeys();
              one.loopConnection.wake();
            }
          });
    } catch (RejectedExecutionException e) {
      // Ended.
    }
  }

  /** The latest session that may be resumed; null for none. */
  private SessionTicket takeTicket(Origin origin) {
    SessionTicket ticket = memory.takeTicket(origin);
    while (ticket != null && settings.sessions() != null && !isTrusted(ticket, origin)) {
      ticket = memory.takeTicket(origin);
    }
    return ticket;
  }

  /** A resumption shows no certificate, so that of the first session is judged as this one's. */
  private boolean isTrusted(SessionTicket ticket, Origin origin) {
    try {
      verifier.verify(
          ticket.peerCertificates(),
          new CertificateVerifier.Context(
              true, origin.host(), Instant.now(), ticket.cipherSuite()));
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }

  /** One connection on its socket; also remembers why a certificate was refused. */
  private final class Dialled
      implements ConnectionListener, ClientConnection.Memory, CertificateVerifier {
    private final Origin origin;
    private final QuicSocket socket;
    private final ClientConnection.Listener listener;
    private final SessionTicket ticket;
    private LoopConnection loopConnection;
    private ClientConnection connection;
    private CertificateException refusal;
    private boolean abandoned;

    Dialled(
        Origin origin,
        QuicSocket socket,
        ClientConnection.Listener listener,
        SessionTicket ticket) {
      this.origin = origin;
      this.socket = socket;
      this.listener = listener;
      this.ticket = ticket;
    }

    ConnectionListener begin(LoopConnection on) {
      loopConnection = on;
      live.add(this);
      Http3Settings remembered =
          ticket == null ? Http3Settings.DEFAULTS : Http3Settings.decode(ticket.applicationState());
      Http3Connection http3 = new Http3Connection(on.transport(), http, random, remembered);
      connection =
          new ClientConnection(
              http3,
              on::wake,
              "http3-" + ++connections,
              listener,
              this,
              settings.webTransport(),
              resources);
      on.ended()
          .thenRun(
              () -> {
                live.remove(this);
                release(socket);
              });
      listener.onBegun(connection);
      if (abandoned) {
        connection.abandon();
      } else if (on.transport().earlyData() == EarlyDataState.OFFERED) {
        loop.execute(connection::startEarly);
      }
      return this;
    }

    void abandon() {
      abandoned = true;
      if (connection != null) {
        connection.abandon();
      }
    }

    @Override
    public void onEvents(LoopConnection on) {
      connection.onEvents();
    }

    @Override
    public CertificateVerifier lasting() {
      return verifier.lasting();
    }

    @Override
    public void verify(List<X509Certificate> chain, Context context) throws CertificateException {
      try {
        verifier.verify(chain, context);
      } catch (CertificateException e) {
        refusal = e;
        throw e;
      }
    }

    @Override
    public CertificateException refusal() {
      return refusal;
    }

    @Override
    public void remember(SessionTicket ticket) {
      memory.remember(origin, ticket);
    }

    @Override
    public void remember(byte[] token) {
      memory.remember(origin, token);
    }
  }
}
