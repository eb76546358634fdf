package dev.sluice.quic.connection;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Whether and where connections move (RFC 9000 §9). NAT rebinding and moves of the peer are always
 * followed.
 *
 * @param disableActive whether the peer is asked not to move on its own account while it talks to
 *     the address of the handshake (disable_active_migration, §18.2): for a server behind a load
 *     balancer that routes by addresses
 * @param preferredIpv4 server only: the IPv4 address that clients shall move to (§9.6), or null. A
 *     server listens there as well, and therefore on one address beside it; whoever drives
 *     connections without one has to see to it
 * @param preferredIpv6 server only: the same for IPv6
 * @param arrivals server only: where it listens for clients that have moved, when something before
 *     it translates addresses; empty when that is at the preferred addresses themselves
 * @param followPreferred client only: whether it moves to the address that a server prefers, once
 *     it has seen that it works
 */
public record MigrationConfig(
    boolean disableActive,
    InetSocketAddress preferredIpv4,
    InetSocketAddress preferredIpv6,
    List<InetSocketAddress> arrivals,
    boolean followPreferred) {

  /** The peer may move, this server stays where it is, this client follows its server. */
  public static final MigrationConfig DEFAULTS =
      new MigrationConfig(false, null, null, List.of(), true);

  /**
   * @throws IllegalArgumentException when a preferred address is of the other family or a wildcard,
   *     or any address is unresolved or has no port
   */
  public MigrationConfig {
    check(preferredIpv4, Inet4Address.class);
    check(preferredIpv6, Inet6Address.class);
    arrivals = List.copyOf(arrivals);
    for (InetSocketAddress each : arrivals) {
      if (each.isUnresolved() || each.getPort() == 0) {
        throw new IllegalArgumentException(each + " is no address to listen at");
      }
    }
  }

  private static void check(InetSocketAddress address, Class<?> family) {
    if (address != null
        && (!family.isInstance(address.getAddress())
            || address.getAddress().isAnyLocalAddress()
            || address.getPort() == 0)) {
      throw new IllegalArgumentException(address + " is no preferred address of its family");
    }
  }

  /** The same with active migration of the peer disabled or not. */
  public MigrationConfig withDisableActive(boolean other) {
    return new MigrationConfig(other, preferredIpv4, preferredIpv6, arrivals, followPreferred);
  }

  /** The same with a preferred address, IPv4 or IPv6; the other family's stays. */
  public MigrationConfig withPreferred(InetSocketAddress other) {
    return other.getAddress() instanceof Inet4Address
        ? new MigrationConfig(disableActive, other, preferredIpv6, arrivals, followPreferred)
        : new MigrationConfig(disableActive, preferredIpv4, other, arrivals, followPreferred);
  }

  /** The same for a server that clients which have moved reach by way of a translation. */
  public MigrationConfig withArrivals(InetSocketAddress... at) {
    return new MigrationConfig(
        disableActive, preferredIpv4, preferredIpv6, List.of(at), followPreferred);
  }

  /** The same for a client that does or does not follow its server. */
  public MigrationConfig withFollowPreferred(boolean other) {
    return new MigrationConfig(disableActive, preferredIpv4, preferredIpv6, arrivals, other);
  }

  /** The addresses that this server prefers; empty for none. */
  public List<InetSocketAddress> preferred() {
    return Stream.of(preferredIpv4, preferredIpv6).filter(Objects::nonNull).toList();
  }

  /** Where a server listens for clients that have moved; empty for nowhere. */
  public List<InetSocketAddress> listening() {
    return arrivals.isEmpty() ? preferred() : arrivals;
  }
}
