package dev.sluice.tls.extension;

import dev.sluice.tls.TlsException;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * key_share of a ClientHello (RFC 8446 §4.2.8).
 *
 * @param entries in the order of supported_groups, groups known or not
 */
public record KeyShareOffer(List<KeyShareEntry> entries) implements Extension {
  @Override
  public int code() {
    return ExtensionType.KEY_SHARE.code();
  }

  @Override
  public void writeBody(TlsWriter out) {
    out.vector16(list -> entries.forEach(entry -> entry.write(list)));
  }

  /** The share of a group, or null. */
  public byte[] share(int group) {
    for (KeyShareEntry entry : entries) {
      if (entry.group() == group) {
        return entry.keyExchange();
      }
    }
    return null;
  }

  /** The extension of a ClientHello, or null. */
  public static KeyShareOffer in(Extensions extensions) throws TlsException {
    TlsReader in = extensions.reader(ExtensionType.KEY_SHARE);
    if (in == null) {
      return null;
    }
    TlsReader list = in.sub16("client_shares", 0);
    in.end();
    List<KeyShareEntry> entries = new ArrayList<>();
    while (list.hasRemaining()) {
      entries.add(KeyShareEntry.read(list));
    }
    return new KeyShareOffer(List.copyOf(entries));
  }
}
