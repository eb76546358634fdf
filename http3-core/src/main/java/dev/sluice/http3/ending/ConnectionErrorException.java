package dev.sluice.http3.ending;

/**
 * The peer broke a rule of HTTP/3 that costs the connection (RFC 9114 §8, "connection error").
 * Codecs and components throw it; {@code Http3Connection} catches it wherever bytes of the peer
 * come in and closes the connection with its code. It never reaches an application, and carries no
 * stack trace, since peers can cause it at will.
 */
public final class ConnectionErrorException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Http3Error error;

  /**
   * @param reason names the frame or stream and what is wrong; sent to the peer
   */
  public ConnectionErrorException(Http3Error error, String reason) {
    super(reason, null, false, false);
    this.error = error;
  }

  /** The code for CONNECTION_CLOSE. */
  public Http3Error error() {
    return error;
  }
}
