package dev.sluice.tls.cert;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.CertificateRejectedException;
import dev.sluice.tls.CertificateVerifier;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathBuilderResult;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Validates chains by the JDK's PKIX path builder (RFC 5280 §6) at the time that the handshake
 * gives, and names by RFC 9525. Revocation is not looked up. Safe for use by any thread.
 */
public final class PkixVerifier implements CertificateVerifier {
  private final Set<X509Certificate> trusted;

  private PkixVerifier(Collection<X509Certificate> trusted) {
    this.trusted = Set.copyOf(trusted);
    if (this.trusted.isEmpty()) {
      throw new IllegalArgumentException("no trusted certificates");
    }
  }

  /** Trusts these issuers, and these certificates when a server shows one of them itself. */
  public static PkixVerifier of(Collection<X509Certificate> trusted) {
    return new PkixVerifier(trusted);
  }

  /** Trusts the certificate entries of a key store. */
  public static PkixVerifier of(KeyStore store) throws GeneralSecurityException {
    Set<X509Certificate> trusted = new LinkedHashSet<>();
    for (String alias : Collections.list(store.aliases())) {
      if (store.isCertificateEntry(alias)
          && store.getCertificate(alias) instanceof X509Certificate certificate) {
        trusted.add(certificate);
      }
    }
    return new PkixVerifier(trusted);
  }

  /** Trusts what the JDK trusts: its {@code cacerts}, or the javax.net.ssl.trustStore property. */
  public static PkixVerifier ofSystem() throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager x509) {
        return new PkixVerifier(List.of(x509.getAcceptedIssuers()));
      }
    }
    throw new GeneralSecurityException("the JDK has no X.509 trust manager");
  }

  @Override
  public void verify(List<X509Certificate> chain, Context context) throws CertificateException {
    X509Certificate leaf = chain.getFirst();
    Date now = Date.from(context.now());
    leaf.checkValidity(now);
    if (!trusted.contains(leaf)) {
      for (Certificate certificate : buildPath(chain, now)) {
        refuseWeakHash((X509Certificate) certificate);
      }
    }
    CertificateUsage.check(leaf, context);
  }

  /** The trusted certificates never change. */
  @Override
  public CertificateVerifier lasting() {
    return this;
  }

  /** The path from the leaf up to, and without, a trust anchor. */
  private List<? extends Certificate> buildPath(List<X509Certificate> chain, Date now)
      throws CertificateException {
    try {
      X509CertSelector target = new X509CertSelector();
      target.setCertificate(chain.getFirst());
      Set<TrustAnchor> anchors =
          trusted.stream().map(c -> new TrustAnchor(c, null)).collect(Collectors.toSet());
      PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, target);
      parameters.setDate(now);
      parameters.setRevocationEnabled(false);
      // The rest of the chain in any order, with strangers among it (RFC 8446 §4.4.2).
      parameters.addCertStore(
          CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
      PKIXCertPathBuilderResult result =
          (PKIXCertPathBuilderResult) CertPathBuilder.getInstance("PKIX").build(parameters);
      return result.getCertPath().getCertificates();
    } catch (CertPathBuilderException e) {
      throw explain(chain, now, e);
    } catch (GeneralSecurityException e) {
      throw new CertificateException("the chain cannot be validated", e);
    }
  }

  /**
   * The path builder only says that it found no way. Looks for the reason among the certificates
   * themselves, so that the peer gets the alert that fits.
   */
  private static CertificateException explain(
      List<X509Certificate> chain, Date now, CertPathBuilderException failure)
      throws CertificateException {
    for (X509Certificate certificate : chain) {
      certificate.checkValidity(now);
      refuseWeakHash(certificate);
    }
    return new CertificateException(
        "no path from the certificate to a trusted issuer: " + failure.getMessage(), failure);
  }

  /** RFC 8446 §4.4.2.4: MD5 must, SHA-1 should be refused. Nobody checks a root's signature. */
  private static void refuseWeakHash(X509Certificate certificate)
      throws CertificateRejectedException {
    String algorithm = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
    boolean weak = algorithm.startsWith("MD") || algorithm.startsWith("SHA1");
    boolean root =
        certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    if (weak && !root) {
      throw new CertificateRejectedException(
          AlertDescription.BAD_CERTIFICATE, "a certificate is signed with " + algorithm);
    }
  }
}
