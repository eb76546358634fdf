package dev.sluice.tls.extension;

import dev.sluice.tls.TlsException;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;

/**
 * early_data of a NewSessionTicket (RFC 8446 §4.6.1); in QUIC its size is 0xffffffff (RFC 9001
 * §4.6.1).
 *
 * @param size max_early_data_size
 */
public record MaxEarlyData(long size) implements Extension {
  @Override
  public int code() {
    return ExtensionType.EARLY_DATA.code();
  }

  @Override
  public void writeBody(TlsWriter out) {
    out.u32(size);
  }

  /** The extension of a NewSessionTicket, or null. */
  public static MaxEarlyData in(Extensions extensions) throws TlsException {
    TlsReader in = extensions.reader(ExtensionType.EARLY_DATA);
    if (in == null) {
      return null;
    }
    MaxEarlyData found = new MaxEarlyData(in.u32());
    in.end();
    return found;
  }
}
