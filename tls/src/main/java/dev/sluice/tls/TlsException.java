package dev.sluice.tls;

/**
 * A handshake failure with the alert that tells the peer of it (RFC 8446 §6.2). QUIC carries it as
 * CRYPTO_ERROR, 0x0100 plus the alert's code (RFC 9001 §4.8).
 */
public final class TlsException extends Exception {
  private static final long serialVersionUID = 1L;

  /** RFC 9000 §20.1: PROTOCOL_VIOLATION. */
  private static final long PROTOCOL_VIOLATION = 0x0a;

  /** RFC 9001 §4.8: the first of the codes that carry a TLS alert. */
  private static final long CRYPTO_ERROR = 0x0100;

  private final AlertDescription alert;
  private final boolean protocolViolation;

  /**
   * @param message names the handshake message and what is wrong with it
   */
  public TlsException(AlertDescription alert, String message) {
    super(message);
    this.alert = alert;
    this.protocolViolation = false;
  }

  /**
   * @param message names the handshake message and what is wrong with it
   * @param cause what the failure was found by, for example a {@code CertificateException}
   */
  public TlsException(AlertDescription alert, String message, Throwable cause) {
    super(message, cause);
    this.alert = alert;
    this.protocolViolation = false;
  }

  private TlsException(String message) {
    super(message);
    this.alert = AlertDescription.UNEXPECTED_MESSAGE;
    this.protocolViolation = true;
  }

  /**
   * A breach of a rule that RFC 9001 adds to TLS, for which it demands a connection error of type
   * PROTOCOL_VIOLATION in place of an alert, for example in §4.6.1 and §8.4.
   */
  public static TlsException protocolViolation(String message) {
    return new TlsException(message);
  }

  /** The error code for CONNECTION_CLOSE: CRYPTO_ERROR with the alert, or PROTOCOL_VIOLATION. */
  public long transportErrorCode() {
    return protocolViolation ? PROTOCOL_VIOLATION : CRYPTO_ERROR + alert.code();
  }

  /** The alert for the peer; QUIC sends {@link #transportErrorCode}. */
  public AlertDescription alert() {
    return alert;
  }
}
