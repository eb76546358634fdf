package dev.sluice.tls.extension;

import dev.sluice.tls.TlsException;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;

/** early_data of a ClientHello and of EncryptedExtensions: empty (RFC 8446 §4.2.10). */
public record EarlyData() implements Extension {
  @Override
  public int code() {
    return ExtensionType.EARLY_DATA.code();
  }

  @Override
  public void writeBody(TlsWriter out) {
    // Its presence says it all.
  }

  /** Whether the extension is there. */
  public static boolean in(Extensions extensions) throws TlsException {
    TlsReader in = extensions.reader(ExtensionType.EARLY_DATA);
    if (in == null) {
      return false;
    }
    in.end();
    return true;
  }
}
