package dev.sluice.tls.cert;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;

/** The hashes by which people and browsers name a certificate. */
public final class CertificateFingerprint {
  private CertificateFingerprint() {}

  /** SHA-256 of the encoded certificate, as browsers take it for serverCertificateHashes. */
  public static byte[] sha256(X509Certificate certificate) {
    try {
      return hash(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("a certificate that cannot be encoded", e);
    }
  }

  /** SHA-256 of the SubjectPublicKeyInfo in base64, as Chromium takes it in its SPKI lists. */
  public static String spkiSha256Base64(X509Certificate certificate) {
    return Base64.getEncoder().encodeToString(hash(certificate.getPublicKey().getEncoded()));
  }

  private static byte[] hash(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is missing from this JDK", e);
    }
  }
}
