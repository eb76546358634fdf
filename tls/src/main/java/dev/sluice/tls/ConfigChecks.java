package dev.sluice.tls;

import dev.sluice.tls.cert.IpLiteral;
import java.net.IDN;
import java.util.List;

/** Checks on what the configurations hold. */
final class ConfigChecks {
  private ConfigChecks() {}

  /** A DNS name that fits server_name, or an IP literal. */
  static void requireHost(String name) {
    if (IpLiteral.parse(name) == null) {
      // Throws for labels that are empty or too long.
      String ascii = IDN.toASCII(name);
      if (ascii.isEmpty() || ascii.length() > 254) {
        throw new IllegalArgumentException("not a host name: " + name);
      }
    }
  }

  /** ALPN names: at least one, each 1 to 255 bytes (RFC 7301 §3.1), a byte to a character. */
  static List<String> protocols(List<String> protocols) {
    for (String protocol : nonEmpty("applicationProtocols", protocols)) {
      boolean octets = protocol.chars().allMatch(c -> c <= 0xff);
      if (!octets || protocol.isEmpty() || protocol.length() > 255) {
        throw new IllegalArgumentException(
            "an ALPN name has 1 to 255 bytes, each given as a character up to U+00FF");
      }
    }
    return List.copyOf(protocols);
  }

  static <T> List<T> nonEmpty(String what, List<T> list) {
    if (list.isEmpty()) {
      throw new IllegalArgumentException(what + " must not be empty");
    }
    return List.copyOf(list);
  }
}
