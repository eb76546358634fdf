package dev.sluice.http3.message;

import java.util.Objects;

/**
 * A request's control data and header fields (RFC 9114 §4.3.1). Not checked when made: what is
 * malformed is found when it is sent, or was found when it was received.
 *
 * @param method the method, case as it is
 * @param scheme null only for CONNECT without a protocol (§4.4)
 * @param authority host and optional port; null when the request has none
 * @param path path and query, or "*"; null only for CONNECT without a protocol
 * @param protocol the :protocol of an extended CONNECT (RFC 9220), else null
 * @param fields the header fields
 */
public record RequestHead(
    String method, String scheme, String authority, String path, String protocol, Fields fields) {

  public RequestHead {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(fields, "fields");
  }

  /** An ordinary request. */
  public static RequestHead of(
      String method, String scheme, String authority, String path, Fields fields) {
    return new RequestHead(method, scheme, authority, path, null, fields);
  }

  /** A tunnel to a host and port (RFC 9114 §4.4). */
  public static RequestHead connect(String authority, Fields fields) {
    return new RequestHead("CONNECT", null, authority, null, null, fields);
  }

  /** A tunnel for another protocol to a resource (RFC 9220 §3, RFC 8441 §4). */
  public static RequestHead extendedConnect(
      String protocol, String scheme, String authority, String path, Fields fields) {
    return new RequestHead("CONNECT", scheme, authority, path, protocol, fields);
  }

  /** Whether the method is CONNECT, with or without a protocol. */
  public boolean isConnect() {
    return method.equals("CONNECT");
  }
}
