package dev.sluice.http3.client;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * The order in which the addresses of a host are tried (RFC 8305 §4): that of the resolver, which
 * has sorted them (RFC 6724), with the two families taking turns, so that a family which does not
 * work costs one attempt and not all of them.
 */
final class AddressOrder {

  private AddressOrder() {}

  /** The same addresses, the first's family first, then in turns while both have some. */
  static List<InetAddress> interleave(List<InetAddress> resolved) {
    if (resolved.isEmpty()) {
      return resolved;
    }
    Queue<InetAddress> own = new ArrayDeque<>();
    Queue<InetAddress> other = new ArrayDeque<>();
    boolean first = resolved.getFirst() instanceof Inet6Address;
    for (InetAddress address : resolved) {
      (address instanceof Inet6Address == first ? own : other).add(address);
    }
    List<InetAddress> ordered = new ArrayList<>(resolved.size());
    while (!own.isEmpty() || !other.isEmpty()) {
      if (!own.isEmpty()) {
        ordered.add(own.remove());
      }
      if (!other.isEmpty()) {
        ordered.add(other.remove());
      }
    }
    return ordered;
  }
}
