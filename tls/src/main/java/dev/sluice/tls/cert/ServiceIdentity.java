package dev.sluice.tls.cert;

import java.net.IDN;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Whether a certificate is for a given host (RFC 9525 §6). Only subjectAltName counts, never the
 * common name (RFC 9525 §2).
 */
public final class ServiceIdentity {
  /** Tags of GeneralName (RFC 5280 §4.2.1.6). */
  private static final int DNS_NAME = 2;

  private static final int IP_ADDRESS = 7;

  private ServiceIdentity() {}

  /**
   * Whether the certificate names the host.
   *
   * @param host a DNS name, with or without a dot at its end, or an IP literal
   */
  public static boolean matches(X509Certificate certificate, String host) {
    byte[] address = IpLiteral.parse(host);
    Collection<List<?>> names;
    try {
      names = certificate.getSubjectAlternativeNames();
    } catch (CertificateParsingException e) {
      return false;
    }
    if (names == null) {
      return false;
    }
    for (List<?> name : names) {
      int tag = (Integer) name.get(0);
      if (address == null && tag == DNS_NAME && matchesDns((String) name.get(1), host)) {
        return true;
      }
      if (address != null && tag == IP_ADDRESS && matchesIp((String) name.get(1), address)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a dNSName matches a host (RFC 9525 §6.3): label by label without regard to case, where
   * a left-most label that is just {@code *} stands for any one label.
   */
  static boolean matchesDns(String presented, String host) {
    String reference = ascii(host);
    String pattern = presented.toLowerCase(Locale.ROOT);
    if (reference == null || pattern.isEmpty()) {
      return false;
    }
    if (!pattern.startsWith("*.")) {
      return pattern.indexOf('*') < 0 && pattern.equals(reference);
    }
    String parent = pattern.substring(2);
    int dot = reference.indexOf('.');
    return parent.indexOf('*') < 0 && dot > 0 && reference.substring(dot + 1).equals(parent);
  }

  private static boolean matchesIp(String presented, byte[] address) {
    return Arrays.equals(IpLiteral.parse(presented), address);
  }

  /** The host in A-labels and lower case, or null when it is no DNS name (RFC 9525 §6.3). */
  private static String ascii(String host) {
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    if (name.isEmpty()) {
      return null;
    }
    try {
      return IDN.toASCII(name).toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
