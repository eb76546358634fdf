package dev.sluice.tls.extension;

import dev.sluice.tls.TlsException;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;

/**
 * quic_transport_parameters (RFC 9001 §8.2). What is inside is QUIC's own affair.
 *
 * @param encoded the parameters as QUIC encodes them
 */
public record QuicTransportParameters(byte[] encoded) implements Extension {
  @Override
  public int code() {
    return ExtensionType.QUIC_TRANSPORT_PARAMETERS.code();
  }

  @Override
  public void writeBody(TlsWriter out) {
    out.bytes(encoded);
  }

  /**
   * The extension of a ClientHello or EncryptedExtensions.
   *
   * @throws TlsException missing_extension when it is not there
   */
  public static QuicTransportParameters in(Extensions extensions) throws TlsException {
    TlsReader in = extensions.reader(ExtensionType.QUIC_TRANSPORT_PARAMETERS);
    if (in == null) {
      throw extensions.missing(ExtensionType.QUIC_TRANSPORT_PARAMETERS);
    }
    return new QuicTransportParameters(in.rest());
  }
}
