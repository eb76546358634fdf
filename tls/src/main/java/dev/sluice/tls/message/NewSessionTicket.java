package dev.sluice.tls.message;

import dev.sluice.tls.TlsException;
import dev.sluice.tls.extension.Extensions;
import dev.sluice.tls.extension.Place;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;

/**
 * NewSessionTicket (RFC 8446 §4.6.1).
 *
 * @param lifetimeSeconds at most 604800
 * @param ageAdd obfuscates the ticket's age, 0 to 2^32-1
 * @param nonce makes the PSK of each ticket its own
 * @param ticket the opaque identity
 */
public record NewSessionTicket(
    long lifetimeSeconds, long ageAdd, byte[] nonce, byte[] ticket, Extensions extensions)
    implements HandshakeMessage {
  @Override
  public HandshakeType type() {
    return HandshakeType.NEW_SESSION_TICKET;
  }

  @Override
  public void writeBody(TlsWriter out) {
    out.u32(lifetimeSeconds).u32(ageAdd).vector8(nonce).vector16(ticket);
    extensions.write(out);
  }

  /** Reads a body. */
  public static NewSessionTicket read(TlsReader in) throws TlsException {
    long lifetime = in.u32();
    long ageAdd = in.u32();
    byte[] nonce = in.vector8(0);
    byte[] ticket = in.vector16(1);
    Extensions extensions = Extensions.read(Place.NEW_SESSION_TICKET, in);
    in.end();
    return new NewSessionTicket(lifetime, ageAdd, nonce, ticket, extensions);
  }
}
