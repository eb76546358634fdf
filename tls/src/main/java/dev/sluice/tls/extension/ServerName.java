package dev.sluice.tls.extension;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.TlsException;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * server_name of a ClientHello (RFC 6066 §3).
 *
 * @param name an ASCII DNS name in lower case, without a dot at its end
 */
public record ServerName(String name) implements Extension {
  private static final int HOST_NAME = 0;

  /** DNS allows no longer name (RFC 1035 §2.3.4). */
  private static final int MAX_NAME = 255;

  @Override
  public int code() {
    return ExtensionType.SERVER_NAME.code();
  }

  @Override
  public void writeBody(TlsWriter out) {
    byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
    out.vector16(list -> list.u8(HOST_NAME).vector16(ascii));
  }

  /** The extension of a ClientHello, or null. */
  public static ServerName in(Extensions extensions) throws TlsException {
    TlsReader in = extensions.reader(ExtensionType.SERVER_NAME);
    if (in == null) {
      return null;
    }
    TlsReader list = in.sub16("list", 1);
    in.end();
    ServerName found = null;
    while (list.hasRemaining()) {
      int type = list.u8();
      byte[] name = list.vector16(1);
      // RFC 6066 §3: no more than one name of a type. Other types have never been defined.
      if (type != HOST_NAME || found != null) {
        throw illegal("holds something other than one host_name");
      }
      found = new ServerName(checked(name));
    }
    return found;
  }

  private static String checked(byte[] name) throws TlsException {
    if (name.length > MAX_NAME) {
      throw illegal("a name of " + name.length + " bytes");
    }
    for (byte b : name) {
      if (b <= 0x20 || b == 0x7f) {
        throw illegal("a name with characters that no DNS name has");
      }
    }
    String text = new String(name, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  private static TlsException illegal(String reason) {
    return new TlsException(
        AlertDescription.ILLEGAL_PARAMETER, "ClientHello, server_name: " + reason);
  }
}
