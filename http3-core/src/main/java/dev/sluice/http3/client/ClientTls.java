package dev.sluice.http3.client;

import dev.sluice.tls.CertificateVerifier;
import dev.sluice.tls.CipherSuite;
import dev.sluice.tls.IdentitySelector;
import dev.sluice.tls.NamedGroup;
import dev.sluice.tls.SignatureScheme;
import dev.sluice.tls.TlsClientConfig;
import dev.sluice.tls.cert.KeyManagerSelector;
import dev.sluice.tls.cert.SslContextVerifier;
import dev.sluice.tls.cert.TrustManagerVerifier;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLParameters;

/** A client's settings about trust and secrets, in the terms of {@link TlsClientConfig}. */
final class ClientTls {

  private ClientTls() {}

  /** The ALPN name of HTTP/3 (RFC 9114 §3.1). */
  static final String ALPN = "h3";

  static CertificateVerifier verifier(ClientSettings settings, RandomGenerator random) {
    if (settings.verifier() != null) {
      return settings.verifier();
    }
    if (settings.trustManager() != null) {
      return new TrustManagerVerifier(settings.trustManager());
    }
    return new SslContextVerifier(settings.sslContextOrDefault(), random);
  }

  /**
   * The configuration for connections to a server.
   *
   * @param verifier judges the server's chain
   */
  static TlsClientConfig config(
      ClientSettings settings,
      String serverName,
      CertificateVerifier verifier,
      RandomGenerator random) {
    TlsClientConfig.Builder tls =
        TlsClientConfig.builder()
            .serverName(serverName)
            .applicationProtocols(ALPN)
            .certificateVerifier(verifier)
            .identitySelector(
                settings.keyManager() == null
                    ? IdentitySelector.NONE
                    : new KeyManagerSelector(settings.keyManager()))
            .keyLog(settings.keyLog())
            .random(random)
            .clock(InstantSource.system());
    SSLParameters chosen = settings.sslParametersSet();
    if (chosen != null) {
      tls.cipherSuites(suites(chosen).toArray(CipherSuite[]::new))
          .groups(groups(chosen).toArray(NamedGroup[]::new))
          .signatureSchemes(schemes(chosen).toArray(SignatureScheme[]::new));
    }
    return tls.build();
  }

  /**
   * Whoever allows some and no others must not get others.
   *
   * @throws IllegalArgumentException when none of what is allowed is there
   */
  static void requireInCommon(SSLParameters chosen) {
    requireSome("cipher suites", suites(chosen), chosen.getCipherSuites());
    requireSome("named groups", groups(chosen), chosen.getNamedGroups());
    requireSome("signature schemes", schemes(chosen), chosen.getSignatureSchemes());
  }

  private static void requireSome(String what, List<?> common, String[] wanted) {
    if (common.isEmpty()) {
      throw new IllegalArgumentException(
          "none of these " + what + " is there: " + Arrays.toString(wanted));
    }
  }

  private static List<CipherSuite> suites(SSLParameters chosen) {
    return among(CipherSuite.values(), chosen.getCipherSuites(), CipherSuite::name);
  }

  private static List<NamedGroup> groups(SSLParameters chosen) {
    return among(NamedGroup.values(), chosen.getNamedGroups(), NamedGroup::name);
  }

  private static List<SignatureScheme> schemes(SSLParameters chosen) {
    return among(SignatureScheme.values(), chosen.getSignatureSchemes(), SignatureScheme::name);
  }

  /** Ours in the order of the names wanted; all of ours when nothing was said. */
  private static <T> List<T> among(T[] ours, String[] wanted, Function<T, String> name) {
    if (wanted == null) {
      return List.of(ours);
    }
    return Arrays.stream(wanted)
        .flatMap(w -> Arrays.stream(ours).filter(o -> name.apply(o).equalsIgnoreCase(w)))
        .toList();
  }
}
