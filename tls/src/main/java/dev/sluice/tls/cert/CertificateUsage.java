package dev.sluice.tls.cert;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.CertificateRejectedException;
import dev.sluice.tls.CertificateVerifier;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;

/** Checks on an end-entity certificate that path validation leaves to TLS. */
final class CertificateUsage {
  /** RFC 5280 §4.2.1.12. */
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
  private static final String ANY_USAGE = "2.5.29.37.0";

  private CertificateUsage() {}

  /** Name, key usage and extended key usage (RFC 8446 §4.4.2.2, RFC 9525 §6). */
  static void check(X509Certificate certificate, CertificateVerifier.Context context)
      throws CertificateRejectedException, CertificateParsingException {
    boolean[] usage = certificate.getKeyUsage();
    if (usage != null && !usage[0]) {
      throw new CertificateRejectedException(
          AlertDescription.UNSUPPORTED_CERTIFICATE, "key usage does not allow digitalSignature");
    }
    List<String> extended = certificate.getExtendedKeyUsage();
    String wanted = context.server() ? SERVER_AUTH : CLIENT_AUTH;
    if (extended != null && !extended.contains(wanted) && !extended.contains(ANY_USAGE)) {
      throw new CertificateRejectedException(
          AlertDescription.UNSUPPORTED_CERTIFICATE,
          "extended key usage does not allow " + (context.server() ? "serverAuth" : "clientAuth"));
    }
    checkName(certificate, context);
  }

  /** The name alone. */
  static void checkName(X509Certificate certificate, CertificateVerifier.Context context)
      throws CertificateRejectedException {
    if (context.server() && !ServiceIdentity.matches(certificate, context.serverName())) {
      throw new CertificateRejectedException(
          AlertDescription.BAD_CERTIFICATE, "the certificate is not for " + context.serverName());
    }
  }
}
