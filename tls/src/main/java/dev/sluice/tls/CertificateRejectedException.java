package dev.sluice.tls;

import java.security.cert.CertificateException;

/** A certificate chain is refused, with the alert that says why (RFC 8446 §6.2). */
public final class CertificateRejectedException extends CertificateException {
  private static final long serialVersionUID = 1L;

  private final AlertDescription alert;

  /**
   * @param alert what to tell the peer
   * @param message what is wrong, for people
   */
  public CertificateRejectedException(AlertDescription alert, String message) {
    super(message);
    this.alert = alert;
  }

  /** The same with what it was found by. */
  public CertificateRejectedException(AlertDescription alert, String message, Throwable cause) {
    super(message, cause);
    this.alert = alert;
  }

  /** What to tell the peer. */
  public AlertDescription alert() {
    return alert;
  }
}
