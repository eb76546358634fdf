package dev.sluice.peers;

import dev.sluice.tls.Identity;
import dev.sluice.tls.cert.SelfSignedIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * The files that peers on one test's machine share: a certificate for localhost with its key.
 *
 * @param identity as our own side takes it
 * @param certificate PEM
 * @param key PEM, PKCS #8
 */
public record PeerFiles(Identity identity, Path certificate, Path key) {
  private static final Duration VALIDITY = Duration.ofDays(10);

  /** Makes a certificate in a folder. */
  public static PeerFiles create(Path folder) throws IOException {
    Identity identity =
        SelfSignedIdentity.create(
            List.of("localhost", "127.0.0.1", "::1"),
            VALIDITY,
            new SecureRandom(),
            InstantSource.system());
    return create(folder, identity);
  }

  /** Writes a certificate of another's making, and those above it, to a folder. */
  public static PeerFiles create(Path folder, Identity identity) throws IOException {
    return new PeerFiles(
        identity,
        Files.writeString(folder.resolve("cert.pem"), pem(identity.certificateChain())),
        Files.writeString(
            folder.resolve("key.pem"), pem("PRIVATE KEY", keyWithPublicHalf(identity))));
  }

  /** Certificates as text (RFC 7468). */
  public static String pem(List<X509Certificate> certificates) throws IOException {
    StringBuilder text = new StringBuilder();
    try {
      for (X509Certificate certificate : certificates) {
        text.append(pem("CERTIFICATE", certificate.getEncoded()));
      }
    } catch (CertificateEncodingException e) {
      throw new IOException(e);
    }
    return text.toString();
  }

  /** Trusts the certificate and no other. */
  public X509TrustManager trustManager() {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      KeyStore anchors = KeyStore.getInstance("PKCS12");
      anchors.load(null, null);
      anchors.setCertificateEntry("peer", identity.certificateChain().getFirst());
      factory.init(anchors);
      return (X509TrustManager) factory.getTrustManagers()[0];
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Holds the certificate with its key under the alias "peer". */
  public KeyStore keyStore(char[] password) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "peer",
          identity.privateKey(),
          password,
          identity.certificateChain().toArray(X509Certificate[]::new));
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The key with its public half inside: GnuTLS does not read one without (RFC 5915 §3). */
  private static byte[] keyWithPublicHalf(Identity identity) throws IOException {
    ECPrivateKey key = (ECPrivateKey) identity.privateKey();
    PublicKey shared = identity.certificateChain().getFirst().getPublicKey();
    SubjectPublicKeyInfo info = SubjectPublicKeyInfo.getInstance(shared.getEncoded());
    return new PrivateKeyInfo(
            info.getAlgorithm(),
            new org.bouncycastle.asn1.sec.ECPrivateKey(
                key.getParams().getOrder().bitLength(), key.getS(), info.getPublicKeyData(), null))
        .getEncoded();
  }

  private static String pem(String label, byte[] der) {
    Base64.Encoder encoder = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, encoder.encodeToString(der), label);
  }
}
