package dev.sluice.tls.extension;

import dev.sluice.tls.TlsException;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * psk_key_exchange_modes (RFC 8446 §4.2.9).
 *
 * @param modes known or not
 */
public record PskKeyExchangeModes(List<Integer> modes) implements Extension {
  /** Resumption with a fresh key exchange, the only mode used here: it keeps forward secrecy. */
  public static final int PSK_DHE_KE = 1;

  @Override
  public int code() {
    return ExtensionType.PSK_KEY_EXCHANGE_MODES.code();
  }

  @Override
  public void writeBody(TlsWriter out) {
    out.vector8(list -> modes.forEach(list::u8));
  }

  /** The extension of a ClientHello, or null. */
  public static PskKeyExchangeModes in(Extensions extensions) throws TlsException {
    TlsReader in = extensions.reader(ExtensionType.PSK_KEY_EXCHANGE_MODES);
    if (in == null) {
      return null;
    }
    List<Integer> modes = new ArrayList<>();
    for (byte mode : in.vector8(1)) {
      modes.add(mode & 0xff);
    }
    in.end();
    return new PskKeyExchangeModes(List.copyOf(modes));
  }
}
