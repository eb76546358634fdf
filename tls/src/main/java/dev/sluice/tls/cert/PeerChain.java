package dev.sluice.tls.cert;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.CertificateVerifier;
import dev.sluice.tls.SignatureScheme;
import dev.sluice.tls.SignatureScheme.KeyType;
import dev.sluice.tls.TlsException;
import dev.sluice.tls.keys.VerifyingKey;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The certificates that a peer has shown, parsed, and the key of the first. Immutable. */
public final class PeerChain {
  private final List<byte[]> encoded;
  private final List<X509Certificate> certificates;
  private final VerifyingKey key;
  private final Verdict verdict;

  /**
   * A verifier once believed the chain.
   *
   * @param verifier who
   * @param server whether as a server's
   * @param serverName for which name, or null
   * @param at when
   */
  record Verdict(CertificateVerifier verifier, boolean server, String serverName, Instant at) {}

  private PeerChain(
      List<byte[]> encoded, List<X509Certificate> certificates, VerifyingKey key, Verdict verdict) {
    this.encoded = encoded;
    this.certificates = certificates;
    this.key = key;
    this.verdict = verdict;
  }

  /**
   * Parses a chain.
   *
   * @param encoded as it came, end-entity first, at least one; kept
   * @throws TlsException bad_certificate when one of them is none
   */
  public static PeerChain parse(List<byte[]> encoded) throws TlsException {
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      List<X509Certificate> parsed = new ArrayList<>();
      for (byte[] der : encoded) {
        X509Certificate certificate =
            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
        // The factory also takes PEM, and does not ask what follows.
        if (!Arrays.equals(certificate.getEncoded(), der)) {
          throw new TlsException(
              AlertDescription.BAD_CERTIFICATE,
              "Certificate: an entry is more than a DER encoding");
        }
        parsed.add(certificate);
      }
      return new PeerChain(
          List.copyOf(encoded),
          List.copyOf(parsed),
          VerifyingKey.of(parsed.getFirst().getPublicKey()),
          null);
    } catch (CertificateException | RuntimeException e) {
      // The JDK's parser does not check every length: a key of no bytes makes it read behind them.
      throw new TlsException(
          AlertDescription.BAD_CERTIFICATE, "Certificate: a certificate cannot be parsed", e);
    }
  }

  /** The certificates, end-entity first, at least one. */
  public List<X509Certificate> certificates() {
    return certificates;
  }

  /** The kind of the first one's key, or null when no scheme is for it. */
  public KeyType keyType() {
    return key.type();
  }

  /** Whether a signature of the first one's key is right. */
  public boolean verify(SignatureScheme scheme, byte[] content, byte[] signature) {
    return key.verify(scheme, content, signature);
  }

  /** What was found of the chain before, or null. */
  Verdict verdict() {
    return verdict;
  }

  /** The first certificate as it came. */
  byte[] leaf() {
    return encoded.getFirst();
  }

  PeerChain with(Verdict found) {
    return new PeerChain(encoded, certificates, key, found);
  }

  /** Bytes of all certificates. */
  int length() {
    return encoded.stream().mapToInt(der -> der.length).sum();
  }

  /** Whether these are the certificates, byte for byte. */
  boolean consistsOf(List<byte[]> others) {
    if (encoded.size() != others.size()) {
      return false;
    }
    for (int i = 0; i < encoded.size(); i++) {
      if (!Arrays.equals(encoded.get(i), others.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Whether every certificate is valid at this time. */
  boolean isValidAt(Instant now) {
    for (X509Certificate certificate : certificates) {
      if (now.isBefore(certificate.getNotBefore().toInstant())
          || now.isAfter(certificate.getNotAfter().toInstant())) {
        return false;
      }
    }
    return true;
  }
}
