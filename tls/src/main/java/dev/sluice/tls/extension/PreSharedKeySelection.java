package dev.sluice.tls.extension;

import dev.sluice.tls.TlsException;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;

/**
 * pre_shared_key of a ServerHello (RFC 8446 §4.2.11).
 *
 * @param selectedIdentity index into the client's list
 */
public record PreSharedKeySelection(int selectedIdentity) implements Extension {
  @Override
  public int code() {
    return ExtensionType.PRE_SHARED_KEY.code();
  }

  @Override
  public void writeBody(TlsWriter out) {
    out.u16(selectedIdentity);
  }

  /** The extension of a ServerHello, or null. */
  public static PreSharedKeySelection in(Extensions extensions) throws TlsException {
    TlsReader in = extensions.reader(ExtensionType.PRE_SHARED_KEY);
    if (in == null) {
      return null;
    }
    PreSharedKeySelection selection = new PreSharedKeySelection(in.u16());
    in.end();
    return selection;
  }
}
