package dev.sluice.http3;

import java.io.IOException;

/**
 * Something went wrong in an exchange over HTTP/3. Where it was an ending of the request or of the
 * connection, it is one of the subclasses, which carry that ending as a value.
 */
public class Http3Exception extends IOException {
  private static final long serialVersionUID = 1L;

  /** With a message for people. */
  public Http3Exception(String message) {
    super(message);
  }

  /** With a message for people and what led to it. */
  public Http3Exception(String message, Throwable cause) {
    super(message, cause);
  }
}
