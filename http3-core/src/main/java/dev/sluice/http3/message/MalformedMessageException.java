package dev.sluice.http3.message;

/**
 * A request or response is malformed (RFC 9114 §4.1.2), which costs its stream with
 * H3_MESSAGE_ERROR. It never reaches an application, and carries no stack trace, since peers can
 * cause it at will.
 */
public final class MalformedMessageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message names the field and the rule it breaks, without its value
   */
  public MalformedMessageException(String message) {
    super(message, null, false, false);
  }
}
