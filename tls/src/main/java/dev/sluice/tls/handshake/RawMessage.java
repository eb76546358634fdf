package dev.sluice.tls.handshake;

import dev.sluice.tls.message.HandshakeType;
import dev.sluice.tls.wire.TlsReader;

/**
 * A handshake message as it came.
 *
 * @param encoded with type and length, as the transcript takes it
 */
record RawMessage(HandshakeType type, byte[] encoded) {
  /** Type and length (RFC 8446 §4). */
  static final int HEADER_LENGTH = 4;

  /** A reader over the body. */
  TlsReader body() {
    return new TlsReader(type.rfcName(), encoded, HEADER_LENGTH, encoded.length - HEADER_LENGTH);
  }
}
