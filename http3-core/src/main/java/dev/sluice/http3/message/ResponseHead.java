package dev.sluice.http3.message;

import java.util.Objects;

/**
 * A response's status and header fields (RFC 9114 §4.3.2).
 *
 * @param status three digits from 100, never 101 (§4.5); above 599 a client takes it for a 5xx (RFC
 *     9110 §15)
 * @param fields the header fields
 */
public record ResponseHead(int status, Fields fields) {

  public ResponseHead {
    Objects.requireNonNull(fields, "fields");
  }

  /** Whether this is an interim response, 1xx, with a final one to follow (RFC 9110 §15.2). */
  public boolean isInformational() {
    return status >= 100 && status < 200;
  }
}
