package dev.sluice.tls.message;

import dev.sluice.tls.TlsException;
import dev.sluice.tls.extension.Extensions;
import dev.sluice.tls.extension.Place;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;

/** EncryptedExtensions (RFC 8446 §4.3.1): the server's answers that need no key to be agreed on. */
public record EncryptedExtensions(Extensions extensions) implements HandshakeMessage {
  @Override
  public HandshakeType type() {
    return HandshakeType.ENCRYPTED_EXTENSIONS;
  }

  @Override
  public void writeBody(TlsWriter out) {
    extensions.write(out);
  }

  /** Reads a body. */
  public static EncryptedExtensions read(TlsReader in) throws TlsException {
    Extensions extensions = Extensions.read(Place.ENCRYPTED_EXTENSIONS, in);
    in.end();
    return new EncryptedExtensions(extensions);
  }
}
