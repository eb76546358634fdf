package dev.sluice.quic.ending;

/**
 * A peer broke the transport's rules. Codecs and components throw it; the connection catches it at
 * the one place where datagrams come in, and answers with CONNECTION_CLOSE (RFC 9000 §11.1). It
 * never reaches an application.
 */
public final class TransportException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long code;
  private final long frameType;

  /**
   * @param frameType the type of the offending frame, 0 when none is to blame
   * @param reason names the frame and what is wrong; sent to the peer, so it holds no secrets
   */
  public TransportException(TransportError error, long frameType, String reason) {
    this(error.code(), frameType, reason);
  }

  /**
   * @param code a code beyond the enum, such as CRYPTO_ERROR with an alert
   */
  public TransportException(long code, long frameType, String reason) {
    super(reason, null, false, false);
    this.code = code;
    this.frameType = frameType;
  }

  /** The code for the CONNECTION_CLOSE frame. */
  public long code() {
    return code;
  }

  /** The frame type for the CONNECTION_CLOSE frame. */
  public long frameType() {
    return frameType;
  }
}
