package dev.sluice.tls.extension;

import dev.sluice.tls.TlsException;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;

/**
 * One key share (RFC 8446 §4.2.8).
 *
 * @param group the group's code point, known or not
 * @param keyExchange the public value in the group's own encoding, not empty
 */
public record KeyShareEntry(int group, byte[] keyExchange) {

  void write(TlsWriter out) {
    out.u16(group).vector16(keyExchange);
  }

  static KeyShareEntry read(TlsReader in) throws TlsException {
    return new KeyShareEntry(in.u16(), in.vector16(1));
  }
}
