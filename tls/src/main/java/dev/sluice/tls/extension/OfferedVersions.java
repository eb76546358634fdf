package dev.sluice.tls.extension;

import dev.sluice.tls.TlsException;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;
import java.util.List;

/**
 * supported_versions of a ClientHello (RFC 8446 §4.2.1).
 *
 * @param versions in order of preference, known or not
 */
public record OfferedVersions(List<Integer> versions) implements Extension {
  @Override
  public int code() {
    return ExtensionType.SUPPORTED_VERSIONS.code();
  }

  @Override
  public void writeBody(TlsWriter out) {
    CodeList.write8(out, versions);
  }

  /** The extension of a ClientHello, or null. */
  public static OfferedVersions in(Extensions extensions) throws TlsException {
    TlsReader in = extensions.reader(ExtensionType.SUPPORTED_VERSIONS);
    return in == null ? null : new OfferedVersions(CodeList.read8(in));
  }
}
