package dev.sluice.tls;

/**
 * A handshake failure with the alert that tells the peer of it (RFC 8446 §6.2). QUIC carries it as
 * CRYPTO_ERROR, 0x0100 plus the alert's code (RFC 9001 §4.8).
 */
public final class TlsException extends Exception {
  private static final long serialVersionUID = 1L;

  private final AlertDescription alert;

  /**
   * @param message names the handshake message and what is wrong with it
   */
  public TlsException(AlertDescription alert, String message) {
    super(message);
    this.alert = alert;
  }

  /**
   * @param message names the handshake message and what is wrong with it
   * @param cause what the failure was found by, for example a {@code CertificateException}
   */
  public TlsException(AlertDescription alert, String message, Throwable cause) {
    super(message, cause);
    this.alert = alert;
  }

  /** The alert for the peer. */
  public AlertDescription alert() {
    return alert;
  }
}
