package dev.sluice.tls.cert;

import dev.sluice.tls.CertificateVerifier;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Asks a trust manager of the JDK. An {@link X509ExtendedTrustManager} is shown the handshake and
 * has the whole say, the server's name included; after a plain {@link X509TrustManager}, which
 * cannot know the name, the name is checked here (RFC 9525). Trust managers go by the system's
 * clock.
 */
public final class TrustManagerVerifier implements CertificateVerifier {
  /** What the JDK itself says in TLS 1.3, where the suite no longer tells the key exchange. */
  private static final String SERVER_AUTH_TYPE = "UNKNOWN";

  private final X509TrustManager manager;

  /** A verifier that asks this manager. */
  public TrustManagerVerifier(X509TrustManager manager) {
    this.manager = manager;
  }

  @Override
  public void verify(List<X509Certificate> chain, Context context) throws CertificateException {
    X509Certificate[] certificates = chain.toArray(X509Certificate[]::new);
    String clientAuthType = chain.getFirst().getPublicKey().getAlgorithm();
    if (manager instanceof X509ExtendedTrustManager extended) {
      SSLEngine engine =
          new PeerEngine(
              new PeerSession(host(context), null, chain, context.cipherSuite()), context.server());
      if (context.server()) {
        extended.checkServerTrusted(certificates, SERVER_AUTH_TYPE, engine);
      } else {
        extended.checkClientTrusted(certificates, clientAuthType, engine);
      }
    } else if (context.server()) {
      manager.checkServerTrusted(certificates, SERVER_AUTH_TYPE);
      CertificateUsage.checkName(chain.getFirst(), context);
    } else {
      manager.checkClientTrusted(certificates, clientAuthType);
    }
  }

  /** The host without the brackets that a URI puts around an IPv6 address. */
  private static String host(Context context) {
    String host = context.serverName();
    boolean bracketed = host != null && host.startsWith("[") && host.endsWith("]");
    return bracketed ? host.substring(1, host.length() - 1) : host;
  }
}
