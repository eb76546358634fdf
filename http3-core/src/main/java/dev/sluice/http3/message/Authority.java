package dev.sluice.http3.message;

import java.net.URI;
import java.net.URISyntaxException;

/** The authority component of a target (RFC 3986 §3.2, RFC 9114 §4.3.1). */
final class Authority {
  private static final String SUB_DELIMS_AND_MORE = "!$&'()*+,;=-._~%";

  private Authority() {}

  /**
   * Checks a host with an optional port, without userinfo, as :authority and Host carry it.
   *
   * @throws MalformedMessageException when it is something else
   */
  static void check(String authority) {
    if (authority.isEmpty()) {
      throw new MalformedMessageException("empty authority");
    }
    int colon = colonBeforePort(authority);
    String host = colon < 0 ? authority : authority.substring(0, colon);
    if (host.isEmpty()) {
      throw new MalformedMessageException("authority without a host");
    }
    boolean literal = host.startsWith("[") && host.endsWith("]") && host.length() > 2;
    checkHost(literal ? host.substring(1, host.length() - 1) : host, literal);
    if (colon >= 0) {
      checkPort(authority, colon + 1);
    }
    if (literal || host.indexOf('%') >= 0) {
      checkSyntax(authority);
    }
  }

  /** What has more to it than its characters: whoever makes a URI of it must be able to. */
  private static void checkSyntax(String authority) {
    try {
      new URI("https://" + authority);
    } catch (URISyntaxException e) {
      throw new MalformedMessageException("the authority is none of a URI");
    }
  }

  /**
   * Checks the host and port of CONNECT's authority-form (RFC 9110 §7.1, RFC 9112 §3.2.3), where
   * the port is not optional.
   */
  static void checkWithPort(String authority) {
    check(authority);
    int colon = colonBeforePort(authority);
    if (colon < 0 || colon == authority.length() - 1) {
      throw new MalformedMessageException("the authority of CONNECT needs a port");
    }
  }

  private static int colonBeforePort(String authority) {
    int colon = authority.lastIndexOf(':');
    return colon > authority.lastIndexOf(']') ? colon : -1;
  }

  private static void checkHost(String host, boolean literal) {
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      boolean letterOrDigit = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
      if (!letterOrDigit && !(literal && c == ':') && SUB_DELIMS_AND_MORE.indexOf(c) < 0) {
        throw new MalformedMessageException(
            "character 0x" + Integer.toHexString(c) + " in the authority");
      }
    }
  }

  private static void checkPort(String authority, int from) {
    int port = 0;
    for (int i = from; i < authority.length(); i++) {
      char c = authority.charAt(i);
      if (c < '0' || c > '9') {
        throw new MalformedMessageException("the port of the authority is not a number");
      }
      port = port * 10 + (c - '0');
      if (port > 65535) {
        throw new MalformedMessageException("the port of the authority is above 65535");
      }
    }
  }
}
