package dev.sluice.network;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;

/** Which addresses others see nodes under. A node that was never rebound is seen under its own. */
final class Nat {
  private static final int FIRST_PORT = 11_000;
  private static final int PORTS = 50_000;

  private final Map<InetSocketAddress, InetSocketAddress> outside = new HashMap<>();
  private final Map<InetSocketAddress, InetSocketAddress> inside = new HashMap<>();
  private int rebindings;

  /** How others see a node that sends from {@code address}. */
  InetSocketAddress outsideOf(InetSocketAddress address) {
    return outside.getOrDefault(address, address);
  }

  /** Whom datagrams to an address reach; null when it is a node's own that nobody can reach. */
  InetSocketAddress insideOf(InetSocketAddress address) {
    return inside.getOrDefault(address, outside.containsKey(address) ? null : address);
  }

  /** Gives an attached address a new port outside, and a new IP address if so wanted. */
  InetSocketAddress rebind(InetSocketAddress address, boolean newIp) {
    int number = rebindings++;
    InetSocketAddress old = outsideOf(address);
    InetAddress ip = newIp ? Simulation.host(100 + number % 100) : old.getAddress();
    InetSocketAddress fresh = new InetSocketAddress(ip, FIRST_PORT + number % PORTS);
    inside.remove(old);
    inside.put(fresh, address);
    outside.put(address, fresh);
    return fresh;
  }
}
