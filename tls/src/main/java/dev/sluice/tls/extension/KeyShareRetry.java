package dev.sluice.tls.extension;

import dev.sluice.tls.TlsException;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;

/**
 * key_share of a HelloRetryRequest (RFC 8446 §4.2.8).
 *
 * @param group the code point of the group for which the server wants a share
 */
public record KeyShareRetry(int group) implements Extension {
  @Override
  public int code() {
    return ExtensionType.KEY_SHARE.code();
  }

  @Override
  public void writeBody(TlsWriter out) {
    out.u16(group);
  }

  /** The extension of a HelloRetryRequest, or null. */
  public static KeyShareRetry in(Extensions extensions) throws TlsException {
    TlsReader in = extensions.reader(ExtensionType.KEY_SHARE);
    if (in == null) {
      return null;
    }
    KeyShareRetry found = new KeyShareRetry(in.u16());
    in.end();
    return found;
  }
}
