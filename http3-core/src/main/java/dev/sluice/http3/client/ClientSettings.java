package dev.sluice.http3.client;

import dev.sluice.http3.webtransport.WebTransportConfig;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.io.IoMode;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.tls.CertificateVerifier;
import dev.sluice.tls.KeyLog;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.http.HttpClient.Redirect;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;

/**
 * What a client was built with; the methods of {@link Http3Client.Builder} say what each is. Null
 * where nothing was set and that means something.
 */
record ClientSettings(
    CookieHandler cookieHandler,
    Duration connectTimeout,
    SSLContext sslContext,
    SSLParameters sslParametersSet,
    Executor executor,
    Redirect redirect,
    ProxySelector proxy,
    Authenticator authenticator,
    InetAddress localAddress,
    X509TrustManager trustManager,
    X509ExtendedKeyManager keyManager,
    CertificateVerifier verifier,
    Map<Origin, List<InetAddress>> resolved,
    KeyLog keyLog,
    TransportConfig transport,
    UnaryOperator<EndpointConfig> endpoint,
    boolean sharedSocket,
    Supplier<Tracer> tracer,
    int maxFieldSectionSize,
    boolean retryIdempotent,
    EarlyData earlyData,
    SessionStore sessions,
    WebTransportConfig webTransport,
    IoMode io,
    Duration contentRetention) {

  SSLContext sslContextOrDefault() {
    if (sslContext != null) {
      return sslContext;
    }
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has no default SSL context", e);
    }
  }

  /** A copy of what was set, else of what is used. */
  SSLParameters sslParameters() {
    SSLParameters copy = new SSLParameters();
    copy.setProtocols(new String[] {"TLSv1.3"});
    copy.setApplicationProtocols(new String[] {"h3"});
    copy.setEndpointIdentificationAlgorithm("HTTPS");
    if (sslParametersSet != null) {
      copyChoices(sslParametersSet, copy);
    }
    return copy;
  }

  /** What a client takes from parameters. */
  static void copyChoices(SSLParameters from, SSLParameters to) {
    to.setCipherSuites(from.getCipherSuites());
    to.setNamedGroups(from.getNamedGroups());
    to.setSignatureSchemes(from.getSignatureSchemes());
    to.setServerNames(from.getServerNames());
    to.setAlgorithmConstraints(from.getAlgorithmConstraints());
  }
}
