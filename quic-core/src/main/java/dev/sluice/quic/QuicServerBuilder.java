package dev.sluice.quic;

import dev.sluice.quic.connection.Admission;
import dev.sluice.quic.connection.AdmissionByLoad;
import dev.sluice.quic.connection.EarlyDataConfig;
import dev.sluice.quic.connection.ServerConfig;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.io.EventLoop;
import dev.sluice.quic.io.IoMode;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.tls.CertificateVerifier;
import dev.sluice.tls.ClientAuthentication;
import dev.sluice.tls.EarlyDataPolicy;
import dev.sluice.tls.Identity;
import dev.sluice.tls.IdentitySelector;
import dev.sluice.tls.KeyLog;
import dev.sluice.tls.TicketProtector;
import dev.sluice.tls.TlsServerConfig;
import dev.sluice.tls.psk.RotatingTicketProtector;
import dev.sluice.tls.psk.StrikeRegister;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Collects what a {@link QuicServer} needs. Not for use by several threads. */
public final class QuicServerBuilder {
  /** Keys of tickets change no faster, even if the tickets are of no use for as long. */
  private static final Duration SHORTEST_ROTATION = Duration.ofMinutes(1);

  private final List<InetSocketAddress> addresses = new ArrayList<>();
  private IdentitySelector identity;
  private List<String> protocols = List.of();
  private ClientAuthentication clientAuthentication = ClientAuthentication.NONE;
  private CertificateVerifier clientVerifier;
  private TransportConfig transport = TransportConfig.DEFAULTS;
  private AdmissionByLoad load = AdmissionByLoad.DEFAULT;
  private Admission admission;
  private UnaryOperator<EndpointConfig> endpoint = UnaryOperator.identity();
  private KeyLog keyLog = KeyLog.NONE;
  private Supplier<Tracer> tracer = () -> Tracer.NONE;
  private UnaryOperator<TlsServerConfig.Builder> tls = UnaryOperator.identity();
  private TicketProtector tickets;
  private boolean early;
  private EarlyDataConfig earlyTerms;
  private ConnectionHandler handler;
  private EventLoop shared;
  private int loops = 1;
  private IoMode io;
  private boolean daemon = true;
  private Executor signer;

  QuicServerBuilder() {}

  /**
   * A UDP address to listen on; port 0 for any. Call it again for more. The wildcard address means
   * IPv4 and IPv6; on a host with several addresses name each of them instead, so that answers
   * leave from where they were asked for. Default: the loopback address, any port.
   */
  public QuicServerBuilder address(InetSocketAddress local) {
    addresses.add(Objects.requireNonNull(local));
    return this;
  }

  /** The server's certificate and key. */
  public QuicServerBuilder identity(Identity own) {
    Objects.requireNonNull(own);
    return identitySelector(request -> own);
  }

  /**
   * Has handshakes signed by an executor while the event loop serves other connections: for RSA
   * keys, which take a millisecond, and for keys on another machine. With a fast key, such as ECDSA
   * on P-256, it costs more than it gains unless the executor has a core to itself. Default: the
   * loop signs.
   */
  public QuicServerBuilder signOn(Executor executor) {
    signer = Objects.requireNonNull(executor);
    return this;
  }

  /** Chooses the certificate by the name that the client asks for. */
  public QuicServerBuilder identitySelector(IdentitySelector selector) {
    identity = selector;
    return this;
  }

  /** ALPN protocols in order of preference, at least one. */
  public QuicServerBuilder applicationProtocols(String... names) {
    protocols = List.of(names);
    return this;
  }

  /** Asks clients for certificates. Default: not. */
  public QuicServerBuilder clientAuthentication(
      ClientAuthentication wanted, CertificateVerifier verifier) {
    clientAuthentication = wanted;
    clientVerifier = verifier;
    return this;
  }

  /** Timeouts, windows, congestion control. Default: {@link TransportConfig#DEFAULTS}. */
  public QuicServerBuilder transport(TransportConfig config) {
    transport = Objects.requireNonNull(config);
    return this;
  }

  /** Whether every client has to prove its address first, at the cost of a round trip. */
  public QuicServerBuilder retry(boolean on) {
    load = load.withRetry(on);
    return this;
  }

  /** How many connections may live at once on each address; more are refused. */
  public QuicServerBuilder maxConnections(int limit) {
    load = load.withMaxConnections(limit);
    return this;
  }

  /**
   * Who may open a connection, and who has to prove its address first. Default: everybody may, as
   * {@link #retry} and {@link #maxConnections} say, which count no more with a decision of one's
   * own.
   */
  public QuicServerBuilder admission(Admission own) {
    admission = own;
    return this;
  }

  /**
   * Changes what the server's sockets share: connection IDs for a load balancer, keys of address
   * tokens and stateless resets for a fleet. Default: random IDs and keys of its own.
   */
  public QuicServerBuilder endpoint(UnaryOperator<EndpointConfig> settings) {
    endpoint = Objects.requireNonNull(settings);
    return this;
  }

  /** Where the connections' secrets are logged. Default: nowhere. */
  public QuicServerBuilder keyLog(KeyLog log) {
    keyLog = Objects.requireNonNull(log);
    return this;
  }

  /** Gives each connection its tracer. Default: none. */
  public QuicServerBuilder tracer(Supplier<Tracer> tracers) {
    tracer = Objects.requireNonNull(tracers);
    return this;
  }

  /**
   * Lets clients resume their sessions, with tickets under these keys. Default: no resumption,
   * unless 0-RTT is taken.
   */
  public QuicServerBuilder tickets(TicketProtector protector) {
    tickets = Objects.requireNonNull(protector);
    return this;
  }

  /**
   * Takes 0-RTT, and gives a connection to {@link QuicServer#accept} or its handler as soon as it
   * brings some. What arrives before {@link QuicConnection#handshake} is complete may have been
   * recorded, and may come again, to another server or after a restart: {@link QuicStream#isEarly}
   * tells. Handshakes are remembered by a {@link StrikeRegister} of this server's own. Default:
   * not.
   */
  public QuicServerBuilder earlyData() {
    early = true;
    return this;
  }

  /** Takes 0-RTT on these terms; else as {@link #earlyData()}. */
  public QuicServerBuilder earlyData(EarlyDataConfig terms) {
    earlyTerms = Objects.requireNonNull(terms);
    return earlyData();
  }

  /** Any other setting of TLS, applied last: cipher suites, groups, session tickets. */
  public QuicServerBuilder tls(UnaryOperator<TlsServerConfig.Builder> settings) {
    tls = Objects.requireNonNull(settings);
    return this;
  }

  /** Gets every connection, on a virtual thread of its own. Default: {@link QuicServer#accept}. */
  public QuicServerBuilder handler(ConnectionHandler connectionHandler) {
    handler = connectionHandler;
    return this;
  }

  /** A loop to share, which stays open when the server is closed. Default: one of its own. */
  public QuicServerBuilder eventLoop(EventLoop loop) {
    shared = loop;
    return this;
  }

  /**
   * How many threads serve the network, 1 to 64. Connections are spread over them by their clients'
   * addresses; each stays with one. Worth more than 1 where that one is busy all the time, up to
   * the number of cores less what the application needs. The limit on connections holds for each.
   * Default: 1.
   */
  public QuicServerBuilder loops(int count) {
    if (count < 1 || count > 64) {
      throw new IllegalArgumentException("1 to 64 loops: " + count);
    }
    loops = count;
    return this;
  }

  /** How datagrams are moved. Default: {@link IoMode#preferred()}. */
  public QuicServerBuilder io(IoMode mode) {
    io = Objects.requireNonNull(mode);
    return this;
  }

  /** Whether the server's own thread lets the JVM exit while it serves. Default: yes. */
  public QuicServerBuilder daemon(boolean on) {
    daemon = on;
    return this;
  }

  /**
   * Binds and serves.
   *
   * @throws IOException an address cannot be bound to, or the system cannot do what is asked of its
   *     sockets
   * @throws NullPointerException there is no identity
   * @throws IllegalArgumentException there are no application protocols
   * @throws IllegalStateException a loop was given and several are asked for
   */
  public QuicServer start() throws IOException {
    if (shared != null && loops > 1) {
      throw new IllegalStateException("the given event loop is one");
    }
    SecureRandom random = new SecureRandom();
    // What others' settings do may fail: all of it before there are threads.
    ServerConfig config = config(random);
    EndpointConfig ofSockets = endpoint.apply(EndpointConfig.of(random));
    QuicServer server = new QuicServer(handler, eventLoops(), shared == null);
    server.open(
        addresses.isEmpty()
            ? List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            : addresses,
        config,
        ofSockets,
        signer);
    return server;
  }

  private List<EventLoop> eventLoops() throws IOException {
    return shared != null
        ? List.of(shared)
        : EventLoop.start(
            "sluice-quic-server", loops, daemon, io != null ? io : IoMode.preferred());
  }

  private ServerConfig config(SecureRandom random) {
    TlsServerConfig.Builder builder =
        TlsServerConfig.builder()
            .identitySelector(identity)
            .applicationProtocols(protocols)
            .clientAuthentication(clientAuthentication, clientVerifier)
            .ticketProtector(tickets)
            .deferSignatures(signer != null)
            .keyLog(keyLog)
            .random(random)
            .clock(InstantSource.system());
    TlsServerConfig built = tls.apply(builder).build();
    boolean given = built.ticketProtector() != null;
    if (early && !given) {
      built = built.toBuilder().ticketProtector(ownProtector(built, random)).build();
    }
    ServerConfig config =
        new ServerConfig(built, transport, admission != null ? admission : load, tracer);
    return early ? config.withEarlyData(earlyTerms(given, random, built.clock())) : config;
  }

  private static TicketProtector ownProtector(TlsServerConfig config, SecureRandom random) {
    Duration lifetime = config.ticketLifetime();
    return new RotatingTicketProtector(
        lifetime.compareTo(SHORTEST_ROTATION) < 0 ? SHORTEST_ROTATION : lifetime,
        random,
        config.clock().instant());
  }

  /**
   * @param given whether the tickets' keys are somebody else's, who may have used them before
   */
  private EarlyDataConfig earlyTerms(boolean given, SecureRandom random, InstantSource clock) {
    if (earlyTerms != null) {
      return earlyTerms;
    }
    return EarlyDataConfig.of(
        new StrikeRegister(
            EarlyDataPolicy.USUAL_FRESHNESS, StrikeRegister.USUAL_CAPACITY, given, random, clock));
  }
}
