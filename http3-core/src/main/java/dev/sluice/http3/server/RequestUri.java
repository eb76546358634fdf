package dev.sluice.http3.server;

import dev.sluice.http3.message.RequestHead;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;

/** The URI that a request's control data stand for (RFC 9110 §7.1). */
final class RequestUri {

  /** Beyond letters and digits: what RFC 3986 lets stand in a path or a query. */
  private static final String ALLOWED = "-._~!$&'()*+,;=:@/?";

  private RequestUri() {}

  /**
   * @param local stands in for an authority that the request does not have
   */
  static URI of(RequestHead request, InetSocketAddress local) {
    String authority = request.authority();
    if (authority == null) {
      authority = request.fields().first("host");
    }
    if (authority == null) {
      String host = local.getAddress().getHostAddress();
      authority = (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + local.getPort();
    }
    String path = request.path() == null || request.path().equals("*") ? "" : request.path();
    String scheme = request.scheme() == null ? "https" : request.scheme();
    try {
      return new URI(scheme + "://" + authority + path);
    } catch (URISyntaxException e) {
      return URI.create(scheme + "://" + authority + encode(path));
    }
  }

  private static String encode(String path) {
    StringBuilder encoded = new StringBuilder(path.length() + 16);
    byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i < bytes.length; i++) {
      char c = (char) (bytes[i] & 0xff);
      boolean plain =
          c < 0x80 && (Character.isLetterOrDigit(c) || ALLOWED.indexOf(c) >= 0)
              || c == '%' && isHex(bytes, i + 1) && isHex(bytes, i + 2);
      if (plain) {
        encoded.append(c);
      } else {
        encoded.append(String.format("%%%02X", (int) c));
      }
    }
    return encoded.toString();
  }

  private static boolean isHex(byte[] bytes, int at) {
    return at < bytes.length && Character.digit(bytes[at], 16) >= 0;
  }
}
