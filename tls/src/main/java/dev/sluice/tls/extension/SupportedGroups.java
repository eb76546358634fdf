package dev.sluice.tls.extension;

import dev.sluice.tls.TlsException;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;
import java.util.List;

/**
 * supported_groups (RFC 8446 §4.2.7).
 *
 * @param codes code points in order of preference, known or not
 */
public record SupportedGroups(List<Integer> codes) implements Extension {
  @Override
  public int code() {
    return ExtensionType.SUPPORTED_GROUPS.code();
  }

  @Override
  public void writeBody(TlsWriter out) {
    CodeList.write16(out, codes);
  }

  /** The extension of a ClientHello, or null. */
  public static SupportedGroups in(Extensions extensions) throws TlsException {
    TlsReader in = extensions.reader(ExtensionType.SUPPORTED_GROUPS);
    return in == null ? null : new SupportedGroups(CodeList.read16(in));
  }
}
