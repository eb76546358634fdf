package dev.sluice.quic.io.udp;

import java.net.Inet4Address;
import java.net.InetAddress;
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

  /**
   * Where a peer is reached. Nobody has the wildcard address; to connect to it is to connect to
   * this machine, as TCP does.
   *
   * @throws UnknownHostException nobody has looked its name up
   */
  public static InetSocketAddress reachable(InetSocketAddress peer) throws UnknownHostException {
    requireResolved(peer);
    InetAddress address = peer.getAddress();
    if (!address.isAnyLocalAddress()) {
      return peer;
    }
    String self = address instanceof Inet4Address ? "127.0.0.1" : "::1";
    return new InetSocketAddress(InetAddress.ofLiteral(self), peer.getPort());
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
