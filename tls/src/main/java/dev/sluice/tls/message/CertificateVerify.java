package dev.sluice.tls.message;

import dev.sluice.tls.TlsException;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;

/**
 * CertificateVerify (RFC 8446 §4.4.3).
 *
 * @param algorithm the signature scheme's code point, known or not
 * @param signature over the transcript so far
 */
public record CertificateVerify(int algorithm, byte[] signature) implements HandshakeMessage {
  @Override
  public HandshakeType type() {
    return HandshakeType.CERTIFICATE_VERIFY;
  }

  @Override
  public void writeBody(TlsWriter out) {
    out.u16(algorithm).vector16(signature);
  }

  /** Reads a body. */
  public static CertificateVerify read(TlsReader in) throws TlsException {
    CertificateVerify message = new CertificateVerify(in.u16(), in.vector16(0));
    in.end();
    return message;
  }
}
