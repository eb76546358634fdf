package dev.sluice.http3.client;

import java.net.URI;
import java.util.Locale;

/**
 * Where a connection leads: requests of one origin share it (RFC 9110 §4.3.1). The scheme is always
 * "https", since HTTP/3 knows no other.
 *
 * @param host lower case, an IPv6 literal without its brackets
 * @param port 1 to 65535
 */
record Origin(String host, int port) {

  static final int DEFAULT_PORT = 443;

  /** The origin of an absolute "https" URI with a host. */
  static Origin of(URI uri) {
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    if (host.startsWith("[")) {
      host = host.substring(1, host.length() - 1);
    }
    return new Origin(host, uri.getPort() == -1 ? DEFAULT_PORT : uri.getPort());
  }

  /**
   * The value of ":authority": no userinfo, and no port when it is the default (RFC 9114 §4.3.1).
   * The zone of an IPv6 address means something here alone and stays here (RFC 6874 §4).
   */
  String authority() {
    int zone = host.indexOf('%');
    String shared = zone < 0 ? host : host.substring(0, zone);
    String name = host.indexOf(':') >= 0 ? "[" + shared + "]" : host;
    return port == DEFAULT_PORT ? name : name + ":" + port;
  }

  @Override
  public String toString() {
    return authority();
  }
}
