package dev.sluice.tls.extension;

import dev.sluice.tls.TlsException;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * application_layer_protocol_negotiation (RFC 7301 §3.1).
 *
 * @param names the client's in order of preference; one alone in the server's answer. Octets are
 *     kept one to a character, so that any name survives
 */
public record ApplicationProtocols(List<String> names) implements Extension {
  @Override
  public int code() {
    return ExtensionType.APPLICATION_LAYER_PROTOCOL_NEGOTIATION.code();
  }

  @Override
  public void writeBody(TlsWriter out) {
    out.vector16(
        list -> {
          for (String name : names) {
            list.vector8(name.getBytes(StandardCharsets.ISO_8859_1));
          }
        });
  }

  /** The extension, or null. */
  public static ApplicationProtocols in(Extensions extensions) throws TlsException {
    TlsReader in = extensions.reader(ExtensionType.APPLICATION_LAYER_PROTOCOL_NEGOTIATION);
    if (in == null) {
      return null;
    }
    TlsReader list = in.sub16("list", 2);
    in.end();
    List<String> names = new ArrayList<>();
    while (list.hasRemaining()) {
      names.add(new String(list.vector8(1), StandardCharsets.ISO_8859_1));
    }
    return new ApplicationProtocols(List.copyOf(names));
  }
}
