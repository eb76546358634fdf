package dev.sluice.quic.wire;

/**
 * Bytes ended too early or cannot mean what they should. The codec that reads them catches it and
 * answers with its own protocol error; it carries no stack trace, since peers can cause it at will.
 */
public final class WireException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what is wrong with the bytes, without the bytes themselves
   */
  public WireException(String message) {
    super(message, null, false, false);
  }
}
