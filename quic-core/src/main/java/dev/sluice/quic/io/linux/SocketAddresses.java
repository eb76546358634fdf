package dev.sluice.quic.io.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;

/**
 * {@code struct sockaddr_in} and {@code struct sockaddr_in6}, to and from Java's addresses. What is
 * read is looked up in a table, so that a datagram from a known peer makes no object; the table
 * does not grow, and an address that falls onto another's place takes it.
 *
 * <pre>
 * sockaddr_in   family(2) port(2) address(4) zero(8)                          16 bytes
 * sockaddr_in6  family(2) port(2) flow(4) address(16) scope(4)                28 bytes
 * </pre>
 */
final class SocketAddresses {
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;

  /** Room for either. */
  static final int SIZE = 28;

  private static final int IPV4_SIZE = 16;
  private static final int PORT = 2;
  private static final int IPV4_ADDRESS = 4;
  private static final int IPV6_ADDRESS = 8;
  private static final int IPV6_SCOPE = 24;

  /** ::ffff:0:0/96, an IPv4 address on an IPv6 socket (RFC 4291 §2.5.5.2). */
  private static final int MAPPED = 0xffff;

  private static final ValueLayout.OfShort NET_SHORT =
      JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt NET_INT =
      JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong NET_LONG =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  /** Peers that are remembered: enough for those that a loop hears of in a short while. */
  private static final int TABLE = 1024;

  /** An address as numbers beside its object; IPv4 is kept in its mapped form. */
  private record Known(long high, long low, int port, int scope, InetSocketAddress address) {}

  private final Known[] known = new Known[TABLE];

  /** The address in a {@code sockaddr} of either family. */
  InetSocketAddress read(MemorySegment memory, long at) {
    int port = memory.get(NET_SHORT, at + PORT) & 0xffff;
    if (memory.get(JAVA_SHORT_UNALIGNED, at) == AF_INET) {
      return ofIpv4(memory.get(NET_INT, at + IPV4_ADDRESS), port);
    }
    return of(
        memory.get(NET_LONG, at + IPV6_ADDRESS),
        memory.get(NET_LONG, at + IPV6_ADDRESS + 8),
        port,
        memory.get(JAVA_INT_UNALIGNED, at + IPV6_SCOPE));
  }

  /** The address of {@code struct in_addr} with a port. */
  InetSocketAddress readIpv4(MemorySegment memory, long at, int port) {
    return ofIpv4(memory.get(NET_INT, at), port);
  }

  /** The address of {@code struct in6_addr} with a port. */
  InetSocketAddress readIpv6(MemorySegment memory, long at, int port) {
    return of(memory.get(NET_LONG, at), memory.get(NET_LONG, at + 8), port, 0);
  }

  private InetSocketAddress ofIpv4(int address, int port) {
    return of(0, (long) MAPPED << 32 | address & 0xffffffffL, port, 0);
  }

  private InetSocketAddress of(long high, long low, int port, int scope) {
    long mixed = (high ^ low * 0x9e3779b97f4a7c15L ^ port) * 0x9e3779b97f4a7c15L;
    int place = (int) (mixed >>> 54); // its highest ten bits
    Known found = known[place];
    if (found == null
        || found.low != low
        || found.port != port
        || found.high != high
        || found.scope != scope) {
      found = new Known(high, low, port, scope, make(high, low, port, scope));
      known[place] = found;
    }
    return found.address;
  }

  private static InetSocketAddress make(long high, long low, int port, int scope) {
    try {
      if (high == 0 && low >>> 32 == MAPPED) {
        byte[] ipv4 = {(byte) (low >>> 24), (byte) (low >>> 16), (byte) (low >>> 8), (byte) low};
        return new InetSocketAddress(InetAddress.getByAddress(ipv4), port);
      }
      byte[] ipv6 = new byte[16];
      MemorySegment bytes = MemorySegment.ofArray(ipv6);
      bytes.set(NET_LONG, 0, high);
      bytes.set(NET_LONG, 8, low);
      InetAddress address =
          scope == 0
              ? InetAddress.getByAddress(ipv6)
              : Inet6Address.getByAddress(null, ipv6, scope);
      return new InetSocketAddress(address, port);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 and 16 bytes are addresses", e);
    }
  }

  /**
   * Writes an address for a socket.
   *
   * @param family the socket's; one of IPv6 takes IPv4 addresses in their mapped form, and one of
   *     IPv4 is given IPv6 addresses as they are, for the kernel to refuse; a wildcard is of both
   * @return its length in bytes
   */
  static int write(MemorySegment memory, long at, InetSocketAddress address, int family) {
    byte[] bytes = address.getAddress().getAddress();
    boolean asIpv4 =
        family == AF_INET && (bytes.length == 4 || address.getAddress().isAnyLocalAddress());
    memory.set(JAVA_SHORT_UNALIGNED, at, (short) (asIpv4 ? AF_INET : AF_INET6));
    memory.set(NET_SHORT, at + PORT, (short) address.getPort());
    if (asIpv4) {
      MemorySegment.copy(bytes, 0, memory, JAVA_BYTE, at + IPV4_ADDRESS, 4);
      memory.set(JAVA_LONG_UNALIGNED, at + 8, 0);
      return IPV4_SIZE;
    }
    memory.set(JAVA_INT_UNALIGNED, at + 4, 0);
    memory.set(JAVA_INT_UNALIGNED, at + IPV6_SCOPE, scope(address.getAddress()));
    writeIpv6(memory, at + IPV6_ADDRESS, bytes);
    return SIZE;
  }

  /** Writes {@code struct in6_addr}; 4 bytes in their mapped form, or any for any. */
  private static void writeIpv6(MemorySegment memory, long at, byte[] address) {
    if (address.length == 16) {
      MemorySegment.copy(address, 0, memory, JAVA_BYTE, at, 16);
      return;
    }
    boolean any = address[0] == 0 && address[1] == 0 && address[2] == 0 && address[3] == 0;
    memory.set(JAVA_LONG_UNALIGNED, at, 0);
    memory.set(NET_INT, at + 8, any ? 0 : MAPPED);
    MemorySegment.copy(address, 0, memory, JAVA_BYTE, at + 12, 4);
  }

  private static int scope(InetAddress address) {
    return address instanceof Inet6Address ipv6 ? ipv6.getScopeId() : 0;
  }

  /** Whether a datagram to this address travels as IPv4, whatever the socket's family. */
  static boolean isIpv4(InetSocketAddress address) {
    return address.getAddress() instanceof Inet4Address;
  }
}
