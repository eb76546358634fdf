package dev.sluice.tls.extension;

import dev.sluice.tls.TlsException;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;

/**
 * cookie (RFC 8446 §4.2.2): what a server gives out in its HelloRetryRequest and wants back.
 *
 * @param value not empty
 */
public record Cookie(byte[] value) implements Extension {
  @Override
  public int code() {
    return ExtensionType.COOKIE.code();
  }

  @Override
  public void writeBody(TlsWriter out) {
    out.vector16(value);
  }

  /** The extension, or null. */
  public static Cookie in(Extensions extensions) throws TlsException {
    TlsReader in = extensions.reader(ExtensionType.COOKIE);
    if (in == null) {
      return null;
    }
    Cookie found = new Cookie(in.vector16(1));
    in.end();
    return found;
  }
}
