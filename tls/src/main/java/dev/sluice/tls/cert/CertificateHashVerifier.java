package dev.sluice.tls.cert;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.CertificateRejectedException;
import dev.sluice.tls.CertificateVerifier;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.time.Duration;
import java.util.Date;
import java.util.List;

/**
 * Believes certificates by their hash on the terms of browsers for {@code serverCertificateHashes}
 * (W3C WebTransport, "custom certificate requirements"): a version 3 certificate for an ECDSA key
 * on P-256, valid now and for two weeks at most in all. So a hash that gets about is of use to a
 * thief of the key for no longer than that. Issuer and names do not matter.
 */
public final class CertificateHashVerifier implements CertificateVerifier {
  private static final Duration LONGEST_VALIDITY = Duration.ofDays(14);
  private static final int HASH_LENGTH = 32;
  private static final ECParameterSpec P256 = p256();

  private final List<byte[]> hashes;

  /**
   * @param hashes SHA-256 of acceptable certificates as they are encoded, 32 bytes each
   */
  public CertificateHashVerifier(List<byte[]> hashes) {
    this.hashes = hashes.stream().map(byte[]::clone).toList();
    if (hashes.isEmpty() || hashes.stream().anyMatch(hash -> hash.length != HASH_LENGTH)) {
      throw new IllegalArgumentException("a SHA-256 hash has 32 bytes, and there is at least one");
    }
  }

  private static ECParameterSpec p256() {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec("secp256r1"));
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("P-256 is missing from this JDK", e);
    }
  }

  @Override
  public void verify(List<X509Certificate> chain, Context context) throws CertificateException {
    X509Certificate leaf = chain.getFirst();
    byte[] actual = CertificateFingerprint.sha256(leaf);
    if (hashes.stream().noneMatch(hash -> MessageDigest.isEqual(hash, actual))) {
      throw rejected("the certificate has none of the hashes given");
    }
    if (leaf.getVersion() != 3) {
      throw rejected("a certificate that is believed by its hash has version 3");
    }
    if (!isOnP256(leaf.getPublicKey())) {
      throw rejected("a certificate that is believed by its hash has an ECDSA key on P-256");
    }
    Duration validity =
        Duration.between(leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant());
    if (validity.compareTo(LONGEST_VALIDITY) > 0) {
      throw rejected("a certificate that is believed by its hash is valid for two weeks at most");
    }
    leaf.checkValidity(Date.from(context.now()));
  }

  private static boolean isOnP256(PublicKey key) {
    return key instanceof ECPublicKey ec
        && ec.getParams().getCurve().equals(P256.getCurve())
        && ec.getParams().getGenerator().equals(P256.getGenerator())
        && ec.getParams().getOrder().equals(P256.getOrder());
  }

  private static CertificateRejectedException rejected(String why) {
    return new CertificateRejectedException(AlertDescription.BAD_CERTIFICATE, why);
  }
}
