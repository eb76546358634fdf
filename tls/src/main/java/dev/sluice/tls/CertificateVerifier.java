package dev.sluice.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * Decides whether a peer's certificate chain is to be believed. Implementations are in {@code
 * dev.sluice.tls.cert}: {@code PkixVerifier}, {@code TrustManagerVerifier}, {@code PinnedVerifier},
 * {@code SslContextVerifier}, {@code TrustAllVerifier}.
 *
 * <p>Called on the endpoint's thread, before the peer's CertificateVerify. A server also asks when
 * a client brings a ticket of a session in which it showed a certificate.
 */
@FunctionalInterface
public interface CertificateVerifier {
  /**
   * Returns when the chain is trusted.
   *
   * @param chain the peer's certificates, end-entity first, at least one, the rest in any order
   * @throws CertificateRejectedException the chain is refused with the alert that it names
   * @throws CertificateException the chain is refused; the alert is found from the exception and
   *     its causes
   */
  void verify(List<X509Certificate> chain, Context context) throws CertificateException;

  /**
   * Under whom verdicts are remembered ({@code dev.sluice.tls.cert.KnownChains}): this verifier, or
   * the one that it asks, when the verdict about a chain in one role and under one name stays the
   * same, whatever the suite, as long as all of the certificates are valid. Null, as by default,
   * when whom it trusts may change, or depends on more than it is given.
   */
  default CertificateVerifier lasting() {
    return null;
  }

  /**
   * What the chain is to be good for.
   *
   * @param server whether the chain is a server's (a client is asking)
   * @param serverName the DNS name or IP literal that a server's certificate must be valid for;
   *     null for a client's chain
   * @param now the time at which it must be valid
   * @param cipherSuite the suite of the handshake
   */
  record Context(boolean server, String serverName, Instant now, CipherSuite cipherSuite) {}
}
