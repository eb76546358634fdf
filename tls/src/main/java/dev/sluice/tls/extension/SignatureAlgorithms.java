package dev.sluice.tls.extension;

import dev.sluice.tls.SignatureScheme;
import dev.sluice.tls.TlsException;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * signature_algorithms (RFC 8446 §4.2.3).
 *
 * @param codes code points in order of preference, known or not
 */
public record SignatureAlgorithms(List<Integer> codes) implements Extension {
  @Override
  public int code() {
    return ExtensionType.SIGNATURE_ALGORITHMS.code();
  }

  @Override
  public void writeBody(TlsWriter out) {
    CodeList.write16(out, codes);
  }

  /** The schemes that are known here, in the sender's order. */
  public List<SignatureScheme> known() {
    List<SignatureScheme> known = new ArrayList<>();
    for (int code : codes) {
      SignatureScheme scheme = SignatureScheme.of(code);
      if (scheme != null && !known.contains(scheme)) {
        known.add(scheme);
      }
    }
    return known;
  }

  /** The extension of a ClientHello or CertificateRequest, or null. */
  public static SignatureAlgorithms in(Extensions extensions) throws TlsException {
    return read(extensions, ExtensionType.SIGNATURE_ALGORITHMS);
  }

  /**
   * What the sender takes in certificates: its signature_algorithms_cert, and where it has none the
   * extension itself; null where there is neither.
   */
  public static SignatureAlgorithms inCertificates(Extensions extensions) throws TlsException {
    SignatureAlgorithms own = read(extensions, ExtensionType.SIGNATURE_ALGORITHMS_CERT);
    return own == null ? in(extensions) : own;
  }

  private static SignatureAlgorithms read(Extensions extensions, ExtensionType type)
      throws TlsException {
    TlsReader in = extensions.reader(type);
    return in == null ? null : new SignatureAlgorithms(CodeList.read16(in));
  }
}
