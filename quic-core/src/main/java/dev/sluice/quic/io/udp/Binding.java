package dev.sluice.quic.io.udp;

import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * What a socket is to be.
 *
 * @param local where to bind; port 0 for any, null for any address too
 * @param remote null for a socket that talks to everyone
 * @param shared whether other sockets may be bound to the same port, so that the system spreads
 *     datagrams over them (SO_REUSEPORT)
 */
public record Binding(InetSocketAddress local, InetSocketAddress remote, boolean shared) {

  /** Refuses names that nobody has looked up. */
  public void requireResolved() throws UnknownHostException {
    requireResolved(local);
    requireResolved(remote);
  }

  private static void requireResolved(InetSocketAddress address) throws UnknownHostException {
    if (address != null && address.isUnresolved()) {
      throw new UnknownHostException(address.getHostString());
    }
  }
}
