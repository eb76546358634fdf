package dev.sluice.tools.serve;

import dev.sluice.tls.cert.CertificateFingerprint;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** How to make a browser talk to a server whose certificate nobody vouches for. */
final class BrowserHints {
  private BrowserHints() {}

  /** Lines for people: the certificate's hashes and a command line of Chromium. */
  static List<String> lines(X509Certificate certificate, String authority) {
    String spki = CertificateFingerprint.spkiSha256Base64(certificate);
    return List.of(
        "certificate SHA-256: "
            + HexFormat.ofDelimiter(":")
                .withUpperCase()
                .formatHex(CertificateFingerprint.sha256(certificate)),
        "certificate SPKI:    " + spki,
        "a browser for it:    " + chromium(authority, spki));
  }

  /**
   * JavaScript that opens a session from a page. Browsers accept a certificate by its hash when its
   * key is on P-256 and it is valid for two weeks at most, as the one that serve makes is.
   */
  static String webTransport(X509Certificate certificate, String url) {
    String hash = Base64.getEncoder().encodeToString(CertificateFingerprint.sha256(certificate));
    return "new WebTransport(\""
        + url
        + "\", {serverCertificateHashes: [{algorithm: \"sha-256\", value: Uint8Array.from(atob(\""
        + hash
        + "\"), c => c.charCodeAt(0))}]})";
  }

  /** A command that opens the server's root page in a fresh profile over HTTP/3. */
  static String chromium(String authority, String spki) {
    return "chromium --user-data-dir=\"$(mktemp -d)\" --no-first-run"
        + " --origin-to-force-quic-on="
        + authority
        + " --ignore-certificate-errors-spki-list="
        + spki
        + " https://"
        + authority
        + "/";
  }
}
