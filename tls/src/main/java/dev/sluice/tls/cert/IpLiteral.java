package dev.sluice.tls.cert;

import java.net.InetAddress;
import java.util.regex.Pattern;

/** Tells IP literals, which name no host in DNS, from host names. */
public final class IpLiteral {
  private static final Pattern DOTTED_QUAD = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

  private IpLiteral() {}

  /**
   * The octets of an IPv4 or IPv6 literal, 4 or 16; null for anything else. Brackets as in a URI
   * are allowed, a zone identifier is cut off. Asks no name service.
   */
  public static byte[] parse(String text) {
    String literal = text;
    if (literal.startsWith("[") && literal.endsWith("]")) {
      literal = literal.substring(1, literal.length() - 1);
    }
    int zone = literal.indexOf('%');
    if (zone >= 0) {
      literal = literal.substring(0, zone);
    }
    if (!DOTTED_QUAD.matcher(literal).matches() && literal.indexOf(':') < 0) {
      return null;
    }
    try {
      return InetAddress.ofLiteral(literal).getAddress();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
