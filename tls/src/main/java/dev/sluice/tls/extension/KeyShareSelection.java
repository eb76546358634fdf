package dev.sluice.tls.extension;

import dev.sluice.tls.TlsException;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;

/** key_share of a ServerHello (RFC 8446 §4.2.8). */
public record KeyShareSelection(KeyShareEntry entry) implements Extension {
  @Override
  public int code() {
    return ExtensionType.KEY_SHARE.code();
  }

  @Override
  public void writeBody(TlsWriter out) {
    entry.write(out);
  }

  /** The extension of a ServerHello, or null. */
  public static KeyShareSelection in(Extensions extensions) throws TlsException {
    TlsReader in = extensions.reader(ExtensionType.KEY_SHARE);
    if (in == null) {
      return null;
    }
    KeyShareSelection found = new KeyShareSelection(KeyShareEntry.read(in));
    in.end();
    return found;
  }
}
