package dev.sluice.quic;

import dev.sluice.quic.connection.ClientConfig;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.io.EventLoop;
import dev.sluice.quic.io.IoMode;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.tls.CertificateVerifier;
import dev.sluice.tls.Identity;
import dev.sluice.tls.IdentitySelector;
import dev.sluice.tls.KeyLog;
import dev.sluice.tls.SessionTicket;
import dev.sluice.tls.TlsClientConfig;
import dev.sluice.tls.cert.KnownChains;
import dev.sluice.tls.cert.PkixVerifier;
import dev.sluice.tls.cert.TrustAllVerifier;
import dev.sluice.tls.cert.TrustManagerVerifier;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.net.ssl.X509TrustManager;

/** Collects what a {@link QuicClient} needs. Not for use by several threads. */
public final class QuicClientBuilder {
  String host;
  int port;
  InetSocketAddress address;
  InetSocketAddress bind;
  EventLoop loop;
  boolean sharedSocket;
  private IoMode io;
  private String serverName;
  private List<String> protocols = List.of();
  private CertificateVerifier verifier;
  private IdentitySelector identity = IdentitySelector.NONE;
  UnaryOperator<EndpointConfig> endpoint = UnaryOperator.identity();
  private TransportConfig transport = TransportConfig.DEFAULTS;
  private KeyLog keyLog = KeyLog.NONE;
  private Supplier<Tracer> tracer = () -> Tracer.NONE;
  SessionTicket session;
  byte[] token;
  private Consumer<SessionTicket> onTicket = ticket -> {};
  private Consumer<byte[]> onToken = bytes -> {};
  private UnaryOperator<TlsClientConfig.Builder> tls = UnaryOperator.identity();

  /** What a client's connections tell each other of the servers that they have met. */
  private final KnownChains knownChains = KnownChains.of(KnownChains.USUAL_CAPACITY);

  QuicClientBuilder() {}

  private QuicClientBuilder(QuicClientBuilder from) {
    host = from.host;
    port = from.port;
    address = from.address;
    bind = from.bind;
    loop = from.loop;
    sharedSocket = from.sharedSocket;
    io = from.io;
    serverName = from.serverName;
    protocols = from.protocols;
    verifier = from.verifier;
    identity = from.identity;
    endpoint = from.endpoint;
    transport = from.transport;
    keyLog = from.keyLog;
    tracer = from.tracer;
    session = from.session;
    token = from.token;
    onTicket = from.onTicket;
    onToken = from.onToken;
    tls = from.tls;
  }

  /**
   * The server by name or IP literal, looked up for each connection, and its UDP port.
   *
   * @throws IllegalArgumentException it is no port
   */
  public QuicClientBuilder remote(String name, int udpPort) {
    if (udpPort < 0 || udpPort > 0xffff) {
      throw new IllegalArgumentException("no port: " + udpPort);
    }
    host = Objects.requireNonNull(name, "name");
    port = udpPort;
    address = null;
    return this;
  }

  /** The server by address. An unresolved one is looked up for each connection. */
  public QuicClientBuilder remote(InetSocketAddress server) {
    host = server.getHostString();
    port = server.getPort();
    address = server.isUnresolved() ? null : server;
    return this;
  }

  /** The name that the server's certificate must be for. Default: the host of the remote. */
  public QuicClientBuilder serverName(String name) {
    serverName = name;
    return this;
  }

  /** ALPN protocols in order of preference, at least one. */
  public QuicClientBuilder applicationProtocols(String... names) {
    protocols = List.of(names);
    return this;
  }

  /** Whom to trust, as this trust manager says. Default: whom the JDK trusts. */
  public QuicClientBuilder trust(X509TrustManager manager) {
    return certificateVerifier(new TrustManagerVerifier(manager));
  }

  /** Whom to trust. Default: whom the JDK trusts. */
  public QuicClientBuilder certificateVerifier(CertificateVerifier judge) {
    verifier = judge;
    return this;
  }

  /** Trusts every server, whoever it is: for tests. */
  public QuicClientBuilder insecure() {
    return certificateVerifier(TrustAllVerifier.INSTANCE);
  }

  /** The certificate to show to a server that asks for one. Default: none. */
  public QuicClientBuilder identity(Identity own) {
    identity = request -> own;
    return this;
  }

  /** Timeouts, windows, congestion control. Default: {@link TransportConfig#DEFAULTS}. */
  public QuicClientBuilder transport(TransportConfig config) {
    transport = Objects.requireNonNull(config);
    return this;
  }

  /**
   * Changes what a socket of the client gives to its connections: connection IDs, above all, which
   * it may do without. Default: random ones of eight bytes.
   */
  public QuicClientBuilder endpoint(UnaryOperator<EndpointConfig> settings) {
    endpoint = Objects.requireNonNull(settings);
    return this;
  }

  /** Where the connections' secrets are logged. Default: nowhere. */
  public QuicClientBuilder keyLog(KeyLog log) {
    keyLog = Objects.requireNonNull(log);
    return this;
  }

  /** Gives each connection its tracer. Default: none. */
  public QuicClientBuilder tracer(Supplier<Tracer> tracers) {
    tracer = Objects.requireNonNull(tracers);
    return this;
  }

  /** Any other setting of TLS, applied last: cipher suites, groups, a ticket to resume with. */
  public QuicClientBuilder tls(UnaryOperator<TlsClientConfig.Builder> settings) {
    tls = Objects.requireNonNull(settings);
    return this;
  }

  /**
   * A session to resume on the first connection, which {@link #onTicket} gave on an earlier one: a
   * handshake without certificates, and with {@link QuicClient#connectEarly} one that need not be
   * waited for. Default: none.
   */
  public QuicClientBuilder session(SessionTicket ticket) {
    session = ticket;
    return this;
  }

  /**
   * An address token from an earlier connection, for the first one; saves the round trip of a
   * Retry.
   */
  public QuicClientBuilder token(byte[] addressToken) {
    token = addressToken.clone();
    return this;
  }

  /** Gets the tickets for resuming sessions, on the loop's thread. Default: nobody. */
  public QuicClientBuilder onTicket(Consumer<SessionTicket> keeper) {
    onTicket = Objects.requireNonNull(keeper);
    return this;
  }

  /** Gets address tokens for later connections, on the loop's thread. Default: nobody. */
  public QuicClientBuilder onToken(Consumer<byte[]> keeper) {
    onToken = Objects.requireNonNull(keeper);
    return this;
  }

  /** The local address. Default: any. */
  public QuicClientBuilder bind(InetSocketAddress local) {
    bind = local;
    return this;
  }

  /** A loop to share, which stays open when the client is closed. Default: one of its own. */
  public QuicClientBuilder eventLoop(EventLoop shared) {
    loop = shared;
    return this;
  }

  /**
   * One UDP socket for all connections, instead of one for each: for those who open thousands. They
   * are told apart by their connection IDs. The system does not say then when nobody listens at the
   * other end, so that such an attempt takes the whole handshake timeout.
   */
  public QuicClientBuilder sharedSocket() {
    sharedSocket = true;
    return this;
  }

  /**
   * How datagrams are moved, unless the loop is a shared one. Default: {@link IoMode#preferred()}.
   */
  public QuicClientBuilder io(IoMode mode) {
    io = Objects.requireNonNull(mode);
    return this;
  }

  IoMode io() {
    return io != null ? io : IoMode.preferred();
  }

  /**
   * The client. Its thread starts; nothing is sent yet.
   *
   * @throws IllegalStateException the remote is missing
   * @throws IllegalArgumentException there are no application protocols, or the server's name is
   *     none
   */
  public QuicClient build() {
    if (host == null) {
      throw new IllegalStateException("no remote");
    }
    QuicClientBuilder settings = new QuicClientBuilder(this);
    if (settings.verifier == null) {
      settings.verifier = systemTrust();
    }
    SecureRandom random = new SecureRandom();
    settings.config(
        random, new AtomicReference<>(), null, false); // complains now rather than at every connect
    return new QuicClient(settings, random);
  }

  private static CertificateVerifier systemTrust() {
    try {
      return PkixVerifier.ofSystem();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK's trusted certificates cannot be read", e);
    }
  }

  ConnectionDriver.Keepsakes keepsakes() {
    return new ConnectionDriver.Keepsakes(onTicket, onToken);
  }

  /**
   * The configuration of one connection, whose refusal of a certificate is remembered.
   *
   * @param ticket of the session to resume, or null
   * @param early whether to send 0-RTT, for which only the session's own protocol will do
   */
  ClientConfig config(
      SecureRandom random,
      AtomicReference<CertificateException> refusal,
      SessionTicket ticket,
      boolean early) {
    boolean narrow = early && ticket != null && protocols.contains(ticket.applicationProtocol());
    TlsClientConfig.Builder builder =
        TlsClientConfig.builder()
            .serverName(serverName != null ? serverName : host)
            .applicationProtocols(narrow ? List.of(ticket.applicationProtocol()) : protocols)
            .ticket(ticket)
            .earlyData(early)
            .certificateVerifier(new NotingVerifier(verifier, refusal))
            .knownChains(knownChains)
            .identitySelector(identity)
            .keyLog(keyLog)
            .random(random)
            .clock(InstantSource.system());
    return new ClientConfig(tls.apply(builder).build(), transport, null, tracer);
  }

  /** Asks another, and notes why that one refuses. */
  private record NotingVerifier(
      CertificateVerifier verifier, AtomicReference<CertificateException> refusal)
      implements CertificateVerifier {
    @Override
    public void verify(List<X509Certificate> chain, Context context) throws CertificateException {
      try {
        verifier.verify(chain, context);
      } catch (CertificateException e) {
        refusal.set(e);
        throw e;
      }
    }

    @Override
    public CertificateVerifier lasting() {
      return verifier.lasting();
    }
  }
}
