package dev.sluice.http3.client;

import dev.sluice.http3.connection.Http3Config;
import dev.sluice.http3.webtransport.WebTransportConfig;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.io.ContentRetention;
import dev.sluice.quic.io.IoMode;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.tls.CertificateVerifier;
import dev.sluice.tls.KeyLog;
import dev.sluice.tls.cert.CertificateHashVerifier;
import dev.sluice.tls.cert.TrustAllVerifier;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;

/** Collects {@link ClientSettings}. */
final class Http3ClientBuilder implements Http3Client.Builder {

  private CookieHandler cookieHandler;
  private Duration connectTimeout;
  private SSLContext sslContext;
  private SSLParameters sslParameters;
  private Executor executor;
  private Redirect redirect = Redirect.NEVER;
  private ProxySelector proxy;
  private Authenticator authenticator;
  private InetAddress localAddress;
  private X509TrustManager trustManager;
  private X509ExtendedKeyManager keyManager;
  private CertificateVerifier verifier;
  private final Map<Origin, List<InetAddress>> resolved = new HashMap<>();
  private KeyLog keyLog = KeyLog.NONE;
  private TransportConfig transport = TransportConfig.DEFAULTS;
  private Supplier<Tracer> tracer = () -> Tracer.NONE;
  private UnaryOperator<EndpointConfig> endpoint = UnaryOperator.identity();
  private boolean sharedSocket;
  private Duration idleTimeout;
  private int maxFieldSectionSize = Http3Config.DEFAULT.maxFieldSectionSize();
  private boolean retryIdempotent;
  private Duration contentRetention = ContentRetention.USUAL;
  private EarlyData earlyData = EarlyData.NEVER;
  private SessionStore sessions;
  private IoMode io;
  private WebTransportConfig webTransport;

  @Override
  public Http3Client.Builder cookieHandler(CookieHandler value) {
    cookieHandler = Objects.requireNonNull(value, "cookieHandler");
    return this;
  }

  @Override
  public Http3Client.Builder connectTimeout(Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException("a connect timeout is positive: " + value);
    }
    connectTimeout = value;
    return this;
  }

  @Override
  public Http3Client.Builder sslContext(SSLContext value) {
    sslContext = Objects.requireNonNull(value, "sslContext");
    return this;
  }

  @Override
  public Http3Client.Builder sslParameters(SSLParameters value) {
    SSLParameters copy = new SSLParameters();
    ClientSettings.copyChoices(value, copy);
    ClientTls.requireInCommon(copy);
    sslParameters = copy;
    return this;
  }

  @Override
  public Http3Client.Builder executor(Executor value) {
    executor = Objects.requireNonNull(value, "executor");
    return this;
  }

  @Override
  public Http3Client.Builder followRedirects(Redirect value) {
    redirect = Objects.requireNonNull(value, "policy");
    return this;
  }

  @Override
  public Http3Client.Builder version(HttpClient.Version value) {
    Objects.requireNonNull(value, "version");
    return this;
  }

  @Override
  public Http3Client.Builder priority(int value) {
    if (value < 1 || value > 256) {
      throw new IllegalArgumentException("a priority is 1 to 256: " + value);
    }
    return this;
  }

  @Override
  public Http3Client.Builder proxy(ProxySelector value) {
    proxy = Objects.requireNonNull(value, "proxySelector");
    return this;
  }

  @Override
  public Http3Client.Builder authenticator(Authenticator value) {
    authenticator = Objects.requireNonNull(value, "authenticator");
    return this;
  }

  @Override
  public Http3Client.Builder localAddress(InetAddress value) {
    localAddress = value;
    return this;
  }

  @Override
  public Http3Client.Builder trustManager(X509TrustManager value) {
    trustManager = Objects.requireNonNull(value, "trustManager");
    return this;
  }

  @Override
  public Http3Client.Builder keyManager(X509ExtendedKeyManager value) {
    keyManager = Objects.requireNonNull(value, "keyManager");
    return this;
  }

  @Override
  public Http3Client.Builder io(IoMode mode) {
    io = Objects.requireNonNull(mode, "mode");
    return this;
  }

  @Override
  public Http3Client.Builder insecurelyTrustEveryone() {
    verifier = TrustAllVerifier.INSTANCE;
    return this;
  }

  @Override
  public Http3Client.Builder serverCertificateHashes(List<byte[]> sha256) {
    verifier = new CertificateHashVerifier(sha256);
    return this;
  }

  @Override
  public Http3Client.Builder resolve(String host, int port, List<InetAddress> addresses) {
    if (port < 1 || port > 65535 || addresses.isEmpty()) {
      throw new IllegalArgumentException("a port is 1 to 65535, and there is an address");
    }
    resolved.put(new Origin(host.toLowerCase(Locale.ROOT), port), List.copyOf(addresses));
    return this;
  }

  @Override
  public Http3Client.Builder keyLog(KeyLog value) {
    keyLog = Objects.requireNonNull(value, "keyLog");
    return this;
  }

  @Override
  public Http3Client.Builder idleTimeout(Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException("an idle timeout is not negative: " + value);
    }
    idleTimeout = value;
    return this;
  }

  @Override
  public Http3Client.Builder quic(TransportConfig value) {
    transport = Http3Config.requireFit(value);
    return this;
  }

  @Override
  public Http3Client.Builder endpoint(UnaryOperator<EndpointConfig> settings) {
    endpoint = Objects.requireNonNull(settings, "settings");
    return this;
  }

  @Override
  public Http3Client.Builder sharedSocket() {
    sharedSocket = true;
    return this;
  }

  @Override
  public Http3Client.Builder tracer(Supplier<Tracer> value) {
    tracer = Objects.requireNonNull(value, "tracer");
    return this;
  }

  @Override
  public Http3Client.Builder maxFieldSectionSize(int bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size is not negative: " + bytes);
    }
    maxFieldSectionSize = bytes;
    return this;
  }

  @Override
  public Http3Client.Builder contentRetention(Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException("a negative time: " + value);
    }
    contentRetention = value;
    return this;
  }

  @Override
  public Http3Client.Builder retryIdempotent(boolean value) {
    retryIdempotent = value;
    return this;
  }

  @Override
  public Http3Client.Builder earlyData(EarlyData value) {
    earlyData = Objects.requireNonNull(value, "which");
    return this;
  }

  @Override
  public Http3Client.Builder sessions(SessionStore value) {
    sessions = Objects.requireNonNull(value, "store");
    return this;
  }

  @Override
  public Http3Client.Builder webTransport(WebTransportConfig value) {
    webTransport = Objects.requireNonNull(value, "webTransport");
    return this;
  }

  @Override
  public Http3Client build() {
    return new Http3Client(
        new ClientSettings(
            cookieHandler,
            connectTimeout,
            sslContext,
            sslParameters,
            executor,
            redirect,
            proxy,
            authenticator,
            localAddress,
            trustManager,
            keyManager,
            verifier,
            Map.copyOf(resolved),
            keyLog,
            idleTimeout == null ? transport : transport.withIdleTimeout(idleTimeout),
            endpoint,
            sharedSocket,
            tracer,
            maxFieldSectionSize,
            retryIdempotent,
            earlyData,
            sessions,
            webTransport,
            io != null ? io : IoMode.preferred(),
            contentRetention));
  }
}
