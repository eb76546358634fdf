package dev.sluice.http3.structured;

/**
 * A field value is not of the structure that it should have. The field is then to be ignored (RFC
 * 9651 §4.2). Without a stack trace, since peers can cause it at will.
 */
public final class StructuredFieldException extends Exception {
  private static final long serialVersionUID = 1L;

  StructuredFieldException(String message) {
    super(message, null, false, false);
  }
}
