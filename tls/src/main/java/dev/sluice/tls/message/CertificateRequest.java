package dev.sluice.tls.message;

import dev.sluice.tls.TlsException;
import dev.sluice.tls.extension.Extensions;
import dev.sluice.tls.extension.Place;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;

/**
 * CertificateRequest (RFC 8446 §4.3.2).
 *
 * @param context empty during a handshake
 */
public record CertificateRequest(byte[] context, Extensions extensions)
    implements HandshakeMessage {
  @Override
  public HandshakeType type() {
    return HandshakeType.CERTIFICATE_REQUEST;
  }

  @Override
  public void writeBody(TlsWriter out) {
    out.vector8(context);
    extensions.write(out);
  }

  /** Reads a body. */
  public static CertificateRequest read(TlsReader in) throws TlsException {
    byte[] context = in.vector8(0);
    Extensions extensions = Extensions.read(Place.CERTIFICATE_REQUEST, in);
    in.end();
    return new CertificateRequest(context, extensions);
  }
}
