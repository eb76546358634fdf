package dev.sluice.tls.cert;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.CertificateRejectedException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.CertificateRevokedException;
import java.security.cert.PKIXReason;

/** Finds the alert that tells a peer what was wrong with its certificate (RFC 8446 §6.2). */
public final class CertificateAlerts {
  /** Deeper than any chain of causes that the JDK makes; guards against one that loops. */
  private static final int MAX_CAUSES = 16;

  private CertificateAlerts() {}

  /** The most telling alert that an exception and its causes give. */
  public static AlertDescription of(CertificateException failure) {
    AlertDescription best = AlertDescription.CERTIFICATE_UNKNOWN;
    Throwable at = failure;
    for (int i = 0; at != null && i < MAX_CAUSES; i++, at = at.getCause()) {
      AlertDescription found = ofOne(at);
      if (found != null) {
        best = found;
      }
    }
    return best;
  }

  private static AlertDescription ofOne(Throwable cause) {
    return switch (cause) {
      case CertificateRejectedException rejected -> rejected.alert();
      case CertificateExpiredException _, CertificateNotYetValidException _ ->
          AlertDescription.CERTIFICATE_EXPIRED;
      case CertificateRevokedException _ -> AlertDescription.CERTIFICATE_REVOKED;
      case CertificateParsingException _ -> AlertDescription.BAD_CERTIFICATE;
      case CertPathBuilderException _ -> AlertDescription.UNKNOWN_CA;
      case CertPathValidatorException path -> ofReason(path.getReason());
      default -> null;
    };
  }

  private static AlertDescription ofReason(CertPathValidatorException.Reason reason) {
    return switch (reason) {
      case BasicReason.EXPIRED, BasicReason.NOT_YET_VALID -> AlertDescription.CERTIFICATE_EXPIRED;
      case BasicReason.REVOKED -> AlertDescription.CERTIFICATE_REVOKED;
      case BasicReason.INVALID_SIGNATURE, BasicReason.ALGORITHM_CONSTRAINED ->
          AlertDescription.BAD_CERTIFICATE;
      case PKIXReason.NO_TRUST_ANCHOR -> AlertDescription.UNKNOWN_CA;
      default -> null;
    };
  }
}
