package dev.sluice.tls.extension;

import dev.sluice.tls.wire.TlsWriter;

/**
 * An extension as it stands on the wire: one that is not recognised, a GREASE value (RFC 8701 §3),
 * or any before it is read.
 *
 * @param code the two-byte code point
 * @param data the extension_data, not to be changed
 */
public record UnknownExtension(int code, byte[] data) implements Extension {
  @Override
  public void writeBody(TlsWriter out) {
    out.bytes(data);
  }
}
