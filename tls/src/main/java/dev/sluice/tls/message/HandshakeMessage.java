package dev.sluice.tls.message;

import dev.sluice.tls.wire.TlsWriter;

/** One handshake message that can be written (RFC 8446 §4). Each record reads itself back. */
public sealed interface HandshakeMessage
    permits ClientHello,
        ServerHello,
        EncryptedExtensions,
        CertificateRequest,
        Certificate,
        CertificateVerify,
        Finished,
        NewSessionTicket {

  /** Its type. */
  HandshakeType type();

  /** Writes the body, without type and length. */
  void writeBody(TlsWriter out);

  /** The whole message: type, length, body. */
  default byte[] encode() {
    return new TlsWriter().u8(type().code()).vector24(this::writeBody).toBytes();
  }
}
