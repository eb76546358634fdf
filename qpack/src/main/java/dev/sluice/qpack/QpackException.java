package dev.sluice.qpack;

/**
 * The peer broke QPACK. HTTP/3 closes the connection with {@link #code()} (RFC 9204 §6); the
 * encoder or decoder that threw it must not be used any more.
 */
public final class QpackException extends Exception {
  /** An encoded field section could not be understood. */
  public static final long QPACK_DECOMPRESSION_FAILED = 0x0200;

  /** An instruction on the peer's encoder stream could not be understood. */
  public static final long QPACK_ENCODER_STREAM_ERROR = 0x0201;

  /** An instruction on the peer's decoder stream could not be understood. */
  public static final long QPACK_DECODER_STREAM_ERROR = 0x0202;

  private static final long serialVersionUID = 1L;

  private final long code;

  /**
   * @param code one of the three codes above
   * @param message names the instruction or representation and what is wrong with it
   */
  public QpackException(long code, String message) {
    super(message);
    this.code = code;
  }

  /** The HTTP/3 error code that tells the peer of it. */
  public long code() {
    return code;
  }
}
