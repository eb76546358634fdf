package dev.sluice.tls.extension;

import dev.sluice.tls.TlsException;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/**
 * certificate_authorities (RFC 8446 §4.2.4): the issuers that a peer would like to see.
 *
 * @param names distinguished names, at least one
 */
public record CertificateAuthorities(List<X500Principal> names) implements Extension {
  @Override
  public int code() {
    return ExtensionType.CERTIFICATE_AUTHORITIES.code();
  }

  @Override
  public void writeBody(TlsWriter out) {
    out.vector16(list -> names.forEach(name -> list.vector16(name.getEncoded())));
  }

  /** The extension of a CertificateRequest; no names when it is not there. */
  public static CertificateAuthorities in(Extensions extensions) throws TlsException {
    TlsReader in = extensions.reader(ExtensionType.CERTIFICATE_AUTHORITIES);
    List<X500Principal> names = new ArrayList<>();
    if (in != null) {
      TlsReader list = in.sub16("list", 3);
      in.end();
      while (list.hasRemaining()) {
        byte[] der = list.vector16(1);
        try {
          names.add(new X500Principal(der));
        } catch (IllegalArgumentException e) {
          throw list.decodeError("not a distinguished name");
        }
      }
    }
    return new CertificateAuthorities(List.copyOf(names));
  }
}
