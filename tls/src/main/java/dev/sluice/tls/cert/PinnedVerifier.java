package dev.sluice.tls.cert;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.CertificateRejectedException;
import dev.sluice.tls.CertificateVerifier;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.List;

/**
 * Believes certificates by their SHA-256 fingerprint and nothing else of theirs but their validity
 * period: no issuer, no name.
 */
public final class PinnedVerifier implements CertificateVerifier {
  private final List<byte[]> fingerprints;

  /**
   * @param fingerprints SHA-256 hashes of acceptable end-entity certificates, 32 bytes each
   */
  public PinnedVerifier(List<byte[]> fingerprints) {
    this.fingerprints = fingerprints.stream().map(byte[]::clone).toList();
  }

  /** Accepts just this certificate. */
  public static PinnedVerifier of(X509Certificate certificate) {
    return new PinnedVerifier(List.of(CertificateFingerprint.sha256(certificate)));
  }

  @Override
  public void verify(List<X509Certificate> chain, Context context) throws CertificateException {
    X509Certificate leaf = chain.getFirst();
    byte[] actual = CertificateFingerprint.sha256(leaf);
    if (fingerprints.stream().noneMatch(pin -> MessageDigest.isEqual(pin, actual))) {
      throw new CertificateRejectedException(
          AlertDescription.BAD_CERTIFICATE, "the certificate is not one of those pinned");
    }
    leaf.checkValidity(Date.from(context.now()));
  }

  /** What is pinned is all that counts, while the certificate is valid. */
  @Override
  public CertificateVerifier lasting() {
    return this;
  }
}
