package dev.sluice.tls.extension;

import dev.sluice.tls.TlsException;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;

/**
 * supported_versions of a ServerHello or HelloRetryRequest (RFC 8446 §4.2.1).
 *
 * @param version 0x0304 for TLS 1.3
 */
public record SelectedVersion(int version) implements Extension {
  /** TLS 1.3. */
  public static final int TLS_1_3 = 0x0304;

  @Override
  public int code() {
    return ExtensionType.SUPPORTED_VERSIONS.code();
  }

  @Override
  public void writeBody(TlsWriter out) {
    out.u16(version);
  }

  /** The extension, or null. */
  public static SelectedVersion in(Extensions extensions) throws TlsException {
    TlsReader in = extensions.reader(ExtensionType.SUPPORTED_VERSIONS);
    if (in == null) {
      return null;
    }
    SelectedVersion found = new SelectedVersion(in.u16());
    in.end();
    return found;
  }
}
