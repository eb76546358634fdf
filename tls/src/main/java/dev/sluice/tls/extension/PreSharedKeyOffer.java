package dev.sluice.tls.extension;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.TlsException;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * pre_shared_key of a ClientHello (RFC 8446 §4.2.11).
 *
 * @param identities tickets, in order of preference
 * @param binders one for each identity
 */
public record PreSharedKeyOffer(List<Identity> identities, List<byte[]> binders)
    implements Extension {
  /**
   * One ticket.
   *
   * @param ticket the opaque identity
   * @param obfuscatedAge its age in milliseconds plus ticket_age_add, modulo 2^32
   */
  public record Identity(byte[] ticket, long obfuscatedAge) {}

  @Override
  public int code() {
    return ExtensionType.PRE_SHARED_KEY.code();
  }

  @Override
  public void writeBody(TlsWriter out) {
    out.vector16(
        list -> {
          for (Identity identity : identities) {
            list.vector16(identity.ticket).u32(identity.obfuscatedAge);
          }
        });
    out.vector16(macs -> binders.forEach(macs::vector8));
  }

  /**
   * How many bytes the binders list takes at the end of the ClientHello: what Truncate() cuts off
   * (RFC 8446 §4.2.11.2).
   */
  public int bindersLength() {
    int length = 2;
    for (byte[] binder : binders) {
      length += 1 + binder.length;
    }
    return length;
  }

  /** The extension of a ClientHello, or null. */
  public static PreSharedKeyOffer in(Extensions extensions) throws TlsException {
    TlsReader in = extensions.reader(ExtensionType.PRE_SHARED_KEY);
    if (in == null) {
      return null;
    }
    TlsReader list = in.sub16("identities", 7);
    List<Identity> identities = new ArrayList<>();
    while (list.hasRemaining()) {
      identities.add(new Identity(list.vector16(1), list.u32()));
    }
    TlsReader macs = in.sub16("binders", 33);
    List<byte[]> binders = new ArrayList<>();
    while (macs.hasRemaining()) {
      binders.add(macs.vector8(32));
    }
    in.end();
    if (identities.size() != binders.size()) {
      throw new TlsException(
          AlertDescription.ILLEGAL_PARAMETER,
          "ClientHello, pre_shared_key: "
              + identities.size()
              + " identities but "
              + binders.size()
              + " binders");
    }
    return new PreSharedKeyOffer(List.copyOf(identities), List.copyOf(binders));
  }
}
