package dev.sluice.http3.server;

import dev.sluice.http3.connection.Http3Config;
import dev.sluice.http3.connection.Http3Settings;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.session.WebTransportHandler;
import dev.sluice.http3.webtransport.WebTransportConfig;
import dev.sluice.quic.connection.Admission;
import dev.sluice.quic.connection.AdmissionByLoad;
import dev.sluice.quic.connection.EarlyDataConfig;
import dev.sluice.quic.connection.ServerConfig;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.datagram.DatagramConfig;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.io.ContentRetention;
import dev.sluice.quic.io.EventLoop;
import dev.sluice.quic.io.IoMode;
import dev.sluice.quic.stream.StreamConfig;
import dev.sluice.quic.stream.StreamLimits;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.tls.CertificateVerifier;
import dev.sluice.tls.ClientAuthentication;
import dev.sluice.tls.EarlyDataPolicy;
import dev.sluice.tls.Identity;
import dev.sluice.tls.IdentitySelector;
import dev.sluice.tls.KeyLog;
import dev.sluice.tls.ReplayGuard;
import dev.sluice.tls.TicketProtector;
import dev.sluice.tls.TlsServerConfig;
import dev.sluice.tls.cert.KeyManagerSelector;
import dev.sluice.tls.cert.SniSelector;
import dev.sluice.tls.cert.TrustManagerVerifier;
import dev.sluice.tls.psk.RotatingTicketProtector;
import dev.sluice.tls.psk.StrikeRegister;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;

/** Collects how a server is to be, and starts it. For one thread. */
public final class Http3ServerBuilder {

  private static final int DEFAULT_PORT = 443;

  /** Long enough for a browser that comes back after lunch, and keys do not get old. */
  private static final Duration TICKET_LIFETIME = Duration.ofHours(6);

  private final List<InetSocketAddress> addresses = new ArrayList<>();
  private final List<Identity> identities = new ArrayList<>();
  private IdentitySelector identitySelector;
  private Http3Handler handler;
  private HandlerThreads threads = HandlerThreads.VIRTUAL;
  private final Map<String, WebTransportHandler> sessionHandlers = new HashMap<>();
  private WebTransportConfig webTransport = WebTransportConfig.DEFAULT;
  private ClientAuthentication clientAuthentication = ClientAuthentication.NONE;
  private CertificateVerifier clientVerifier;
  private EarlyRequests early;
  private ReplayGuard replayGuard;
  private TicketProtector tickets;
  private KeyLog keyLog = KeyLog.NONE;
  private AdmissionByLoad load = AdmissionByLoad.DEFAULT;
  private Admission admission;
  private UnaryOperator<EndpointConfig> endpoint = UnaryOperator.identity();
  private boolean daemon = true;
  private Executor signer;
  private int loops = 1;
  private IoMode io;
  private int maxConcurrentRequests = -1;
  private int maxFieldSectionSize = Http3Config.DEFAULT.maxFieldSectionSize();
  private TransportConfig transport = TransportConfig.DEFAULTS;
  private Supplier<Tracer> tracer = () -> Tracer.NONE;
  private Duration idleTimeout;
  private Duration contentRetention = ContentRetention.USUAL;

  Http3ServerBuilder() {}

  /** Listens here too; port 0 for any free one. Without any: port 443 on all addresses. */
  public Http3ServerBuilder address(InetSocketAddress address) {
    addresses.add(Objects.requireNonNull(address, "address"));
    return this;
  }

  /**
   * A certificate chain and its key. Given several times, the name that the client asks for chooses
   * among them, and the first answers where no name fits.
   */
  public Http3ServerBuilder identity(Identity identity) {
    identities.add(Objects.requireNonNull(identity, "identity"));
    return this;
  }

  /**
   * The same from PEM files.
   *
   * @param chain certificates, the server's own first
   * @param key an unencrypted private key
   * @throws IllegalArgumentException when what they hold cannot be used together
   */
  public Http3ServerBuilder identity(Path chain, Path key) throws IOException {
    return identity(Identity.fromPem(chain, key));
  }

  /**
   * Has handshakes signed by an executor while the event loop serves other connections: for RSA
   * keys, which take a millisecond, and for keys on another machine. By default the loop signs.
   */
  public Http3ServerBuilder signOn(Executor executor) {
    signer = Objects.requireNonNull(executor, "executor");
    return this;
  }

  /** Asks a key manager for the identity, in place of {@link #identity}. */
  public Http3ServerBuilder keyManager(X509ExtendedKeyManager keyManager) {
    identitySelector = new KeyManagerSelector(keyManager);
    return this;
  }

  /** Chooses the identity by whatever rule, in place of {@link #identity}. */
  public Http3ServerBuilder identitySelector(IdentitySelector selector) {
    identitySelector = Objects.requireNonNull(selector, "selector");
    return this;
  }

  /** Answers the requests. */
  public Http3ServerBuilder handler(Http3Handler value) {
    handler = Objects.requireNonNull(value, "handler");
    return this;
  }

  /**
   * On which threads it is called. By default each request has a virtual thread of its own; what is
   * answered at once out of memory is cheaper on the loop itself, see {@link HandlerThreads}.
   */
  public Http3ServerBuilder handleOn(HandlerThreads value) {
    threads = Objects.requireNonNull(value, "threads");
    return this;
  }

  /**
   * Takes WebTransport sessions at a path. Without any path there is no WebTransport.
   *
   * @param path without query, compared as it is; begins with "/"
   */
  public Http3ServerBuilder webTransport(String path, WebTransportHandler value) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("a path begins with /: " + path);
    }
    sessionHandlers.put(path, Objects.requireNonNull(value, "handler"));
    return this;
  }

  /** Which drafts, origins and limits sessions have. */
  public Http3ServerBuilder webTransport(WebTransportConfig value) {
    webTransport = Objects.requireNonNull(value, "webTransport");
    return this;
  }

  /**
   * Takes requests that come as 0-RTT, before the handshake is complete, in this way. Handshakes
   * are remembered, so that this server takes none twice; see {@link EarlyRequests} for what that
   * leaves open. By default clients have to wait for the handshake.
   */
  public Http3ServerBuilder earlyData(EarlyRequests policy) {
    early = Objects.requireNonNull(policy, "policy");
    return this;
  }

  /** Recognises replayed handshakes in place of a register of this server's own. */
  public Http3ServerBuilder replayGuard(ReplayGuard guard) {
    replayGuard = Objects.requireNonNull(guard, "guard");
    return this;
  }

  /**
   * Seals session tickets, in place of keys of this server's own: a {@link
   * dev.sluice.tls.psk.SharedTicketKeys} lets a fleet open each other's.
   */
  public Http3ServerBuilder tickets(TicketProtector protector) {
    tickets = Objects.requireNonNull(protector, "protector");
    return this;
  }

  /** Asks clients for certificates, and who judges them. Not by default. */
  public Http3ServerBuilder clientAuthentication(
      ClientAuthentication wanted, CertificateVerifier verifier) {
    clientAuthentication = Objects.requireNonNull(wanted, "wanted");
    clientVerifier = verifier;
    return this;
  }

  /** Asks clients for certificates, and who judges them. Not by default. */
  public Http3ServerBuilder clientAuthentication(
      ClientAuthentication wanted, X509TrustManager trustManager) {
    return clientAuthentication(wanted, new TrustManagerVerifier(trustManager));
  }

  /** Is told every TLS secret, for decrypting captures of one's own traffic. */
  public Http3ServerBuilder keyLog(KeyLog value) {
    keyLog = Objects.requireNonNull(value, "keyLog");
    return this;
  }

  /** Whether clients must prove their address before anything else (RFC 9000 §8.1.2). */
  public Http3ServerBuilder retry(boolean on) {
    load = load.withRetry(on);
    return this;
  }

  /** How long a connection without traffic is kept; zero for as long as the client keeps it. */
  public Http3ServerBuilder idleTimeout(Duration value) {
    idleTimeout = Objects.requireNonNull(value, "idleTimeout");
    return this;
  }

  /**
   * How long the content of a request or a session's stream waits, once its connection has ended,
   * for somebody to read from it; then it is dropped, and the reader gets a {@link
   * dev.sluice.http3.ContentDroppedException}. Ten minutes by default. A reader that goes on is
   * left alone.
   */
  public Http3ServerBuilder contentRetention(Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException("a negative time: " + value);
    }
    contentRetention = value;
    return this;
  }

  /**
   * Requests that one client may have under way at once; 100 by default. Nor do more handlers run
   * for one connection: where a client has given requests up of which the handlers have not noticed
   * yet, its next ones wait for them ({@link Http3Exchange#givenUp()}).
   */
  public Http3ServerBuilder maxConcurrentRequests(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("at least one request: " + limit);
    }
    maxConcurrentRequests = limit;
    return this;
  }

  /** Connections that may live at once; more are refused. */
  public Http3ServerBuilder maxConnections(int limit) {
    load = load.withMaxConnections(limit);
    return this;
  }

  /**
   * Who may open a connection, and who has to prove its address first. Default: everybody may, as
   * {@link #retry} and {@link #maxConnections} say, which count no more with a decision of one's
   * own.
   */
  public Http3ServerBuilder admission(Admission own) {
    admission = own;
    return this;
  }

  /**
   * Changes what the server's sockets share: connection IDs for a load balancer, keys of address
   * tokens and stateless resets for a fleet. Default: random IDs and keys of its own.
   */
  public Http3ServerBuilder endpoint(UnaryOperator<EndpointConfig> settings) {
    endpoint = Objects.requireNonNull(settings);
    return this;
  }

  /** The largest request header or trailer section to accept, in bytes of RFC 9114 §4.2.2. */
  public Http3ServerBuilder maxFieldSectionSize(int bytes) {
    maxFieldSectionSize = bytes;
    return this;
  }

  /**
   * The transport's limits, timeouts and congestion control.
   *
   * @throws IllegalArgumentException the peer may open fewer than the three unidirectional streams
   *     that it needs (RFC 9114 §6.2)
   */
  public Http3ServerBuilder quic(TransportConfig value) {
    transport = Http3Config.requireFit(value);
    return this;
  }

  /** Gives each connection a listener to what goes on inside it. */
  public Http3ServerBuilder tracer(Supplier<Tracer> tracers) {
    tracer = Objects.requireNonNull(tracers, "tracer");
    return this;
  }

  /** Whether the JVM may end while the server runs. True by default. */
  public Http3ServerBuilder daemon(boolean value) {
    daemon = value;
    return this;
  }

  /**
   * How many threads serve the network, 1 to 64. Connections are spread over them by their clients'
   * addresses; each stays with one. Worth more than 1 where that one is busy all the time, up to
   * the number of cores less what the handlers need. The limit on connections holds for each.
   * Default: 1.
   */
  public Http3ServerBuilder loops(int count) {
    if (count < 1 || count > 64) {
      throw new IllegalArgumentException("1 to 64 loops: " + count);
    }
    loops = count;
    return this;
  }

  /** How datagrams are moved. Default: {@link IoMode#preferred()}. */
  public Http3ServerBuilder io(IoMode mode) {
    io = Objects.requireNonNull(mode, "mode");
    return this;
  }

  /**
   * Opens the sockets and begins to serve.
   *
   * @throws IOException when an address cannot be bound, or the system cannot do what is asked of
   *     its sockets
   * @throws IllegalStateException without an identity, or without a handler of requests or sessions
   */
  public Http3Server start() throws IOException {
    if (handler == null && sessionHandlers.isEmpty()
        || identities.isEmpty() && identitySelector == null) {
      throw new IllegalStateException("a server needs a handler and an identity");
    }
    SecureRandom random = new SecureRandom();
    Http3Config http = Http3Config.DEFAULT.withMaxFieldSectionSize(maxFieldSectionSize);
    ServerConfig quic =
        ServerConfig.of(tls(random))
            .withTransport(transport())
            .withAdmission(admission != null ? admission : load)
            .withTracer(tracer);
    ServerSessions sessions = new ServerSessions(webTransport, Map.copyOf(sessionHandlers));
    http = sessions.applyTo(http);
    if (early != null) {
      quic = quic.withEarlyData(earlyTerms(Http3Settings.of(http), random));
    }
    ServerServices services =
        new ServerServices(
            http,
            handlerOrNone(),
            threads,
            transport().streams().limits().maxStreamsBidi(),
            early,
            sessions,
            random,
            contentRetention,
            InstantSource.system(),
            new AtomicLong());
    EndpointConfig settings = endpoint.apply(EndpointConfig.of(random)); // may fail: no threads yet
    IoMode mode = io != null ? io : IoMode.preferred();
    Http3Server server =
        new Http3Server(services, EventLoop.start("sluice-http3-server", loops, daemon, mode));
    server.open(
        addresses.isEmpty() ? List.of(new InetSocketAddress(DEFAULT_PORT)) : addresses,
        settings,
        quic,
        signer);
    return server;
  }

  /** A server for sessions alone has no other resource. */
  private Http3Handler handlerOrNone() {
    return handler != null ? handler : exchange -> exchange.respond(404, Fields.EMPTY).close();
  }

  /** Tickets promise the settings, too (RFC 9114 §7.2.4.2). */
  private EarlyDataConfig earlyTerms(Http3Settings settings, SecureRandom random) {
    ReplayGuard guard =
        replayGuard != null
            ? replayGuard
            : new StrikeRegister(
                EarlyDataPolicy.USUAL_FRESHNESS,
                StrikeRegister.USUAL_CAPACITY,
                tickets != null,
                random,
                InstantSource.system());
    return EarlyDataConfig.of(guard)
        .withApplicationState(
            settings.encode(), earlier -> settings.honour(Http3Settings.decode(earlier)));
  }

  private TicketProtector tickets(SecureRandom random) {
    return tickets != null
        ? tickets
        : new RotatingTicketProtector(TICKET_LIFETIME, random, InstantSource.system().instant());
  }

  private TlsServerConfig tls(SecureRandom random) {
    return TlsServerConfig.builder()
        .identitySelector(identitySelector != null ? identitySelector : new SniSelector(identities))
        .applicationProtocols("h3")
        .clientAuthentication(clientAuthentication, clientVerifier)
        .ticketProtector(tickets(random))
        .ticketLifetime(TICKET_LIFETIME)
        .deferSignatures(signer != null)
        .keyLog(keyLog)
        .random(random)
        .clock(InstantSource.system())
        .build();
  }

  private TransportConfig transport() {
    TransportConfig config =
        idleTimeout == null ? transport : transport.withIdleTimeout(idleTimeout);
    if (!sessionHandlers.isEmpty() && config.datagrams().maxFrameSize() == 0) {
      config = config.withDatagrams(DatagramConfig.ON);
    }
    if (maxConcurrentRequests < 0) {
      return config;
    }
    StreamConfig streams = config.streams();
    StreamLimits limits = streams.limits();
    return config.withStreams(
        streams.withLimits(
            new StreamLimits(
                limits.maxData(),
                limits.maxStreamDataBidiLocal(),
                limits.maxStreamDataBidiRemote(),
                limits.maxStreamDataUni(),
                maxConcurrentRequests,
                limits.maxStreamsUni())));
  }
}
