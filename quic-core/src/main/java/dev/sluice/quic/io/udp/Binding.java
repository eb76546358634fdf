package dev.sluice.quic.io.udp;

import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * What a socket is to be.
 *
 * @param local where to bind; port 0 for any, null for any address too
 * @param remote null for a socket that talks to everyone
 * @param sharing whether other sockets are bound to the same port, so that the system spreads
 *     datagrams over them (SO_REUSEPORT)
 */
public record Binding(InetSocketAddress local, InetSocketAddress remote, Sharing sharing) {

  /** Whether and how a port is shared. */
  public enum Sharing {
    /** It is not. */
    ALONE,
    /**
     * By sockets that are opened later. The port itself must be free, so that a second program does
     * not quietly take half of the datagrams of the first.
     */
    FIRST,
    /** With the first one. */
    JOINING
  }

  /** A socket with a port to itself. */
  public static Binding alone(InetSocketAddress local, InetSocketAddress remote) {
    return new Binding(local, remote, Sharing.ALONE);
  }

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
