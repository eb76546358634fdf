package dev.sluice.tls.message;

import dev.sluice.tls.TlsException;
import dev.sluice.tls.extension.Extensions;
import dev.sluice.tls.extension.Place;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * Certificate (RFC 8446 §4.4.2).
 *
 * @param context empty during a handshake
 * @param entries the chain, end-entity first; empty for a client that has none
 */
public record Certificate(byte[] context, List<Entry> entries) implements HandshakeMessage {
  /** Chains are two to four long; a path that needs more than sixteen has never been seen. */
  private static final int MAX_ENTRIES = 16;

  /**
   * One certificate.
   *
   * @param der its encoding
   */
  public record Entry(byte[] der, Extensions extensions) {}

  /** A message with this chain and no extensions. */
  public static Certificate of(List<X509Certificate> chain) {
    List<Entry> entries = new ArrayList<>();
    for (X509Certificate certificate : chain) {
      try {
        entries.add(
            new Entry(certificate.getEncoded(), Extensions.of(Place.CERTIFICATE, List.of())));
      } catch (CertificateEncodingException e) {
        throw new IllegalArgumentException("a certificate that cannot be encoded", e);
      }
    }
    return new Certificate(new byte[0], List.copyOf(entries));
  }

  @Override
  public HandshakeType type() {
    return HandshakeType.CERTIFICATE;
  }

  @Override
  public void writeBody(TlsWriter out) {
    out.vector8(context)
        .vector24(
            list -> {
              for (Entry entry : entries) {
                list.vector24(entry.der);
                entry.extensions.write(list);
              }
            });
  }

  /** Reads a body. */
  public static Certificate read(TlsReader in) throws TlsException {
    byte[] context = in.vector8(0);
    TlsReader list = in.sub24("certificate_list", 0);
    in.end();
    List<Entry> entries = new ArrayList<>();
    while (list.hasRemaining()) {
      if (entries.size() == MAX_ENTRIES) {
        throw list.decodeError("more than " + MAX_ENTRIES + " certificates");
      }
      entries.add(new Entry(list.vector24(1), Extensions.read(Place.CERTIFICATE, list)));
    }
    return new Certificate(context, List.copyOf(entries));
  }
}
