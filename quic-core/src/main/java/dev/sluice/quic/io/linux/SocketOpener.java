package dev.sluice.quic.io.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.sluice.quic.io.udp.Binding;
import dev.sluice.quic.io.udp.Binding.Sharing;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Opens a socket and asks for each feature by itself. For one socket; then it is used up. */
final class SocketOpener {
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_NONBLOCK = 0x800;
  private static final int SOCK_CLOEXEC = 0x80000;
  static final int SOL_SOCKET = 1;
  static final int SO_SNDBUF = 7;
  static final int SO_RCVBUF = 8;
  static final int SO_REUSEPORT = 15;
  static final int IP_MTU_DISCOVER = 10;
  static final int IP_RECVTOS = 13;
  static final int IPV6_MTU_DISCOVER = 23;
  static final int IPV6_V6ONLY = 26;
  static final int IPV6_RECVPKTINFO = 49;
  static final int IPV6_RECVTCLASS = 66;

  /**
   * Sets DF, and does not let the kernel's own path MTU hold a probe back (RFC 8899 §3, item 2).
   * The same number for both families.
   */
  private static final int PMTUDISC_PROBE = 3;

  /**
   * What the kernel may hold for us while the loop is busy: at a gigabyte a second this is four
   * milliseconds. It gives less where net.core.rmem_max is lower.
   */
  private static final int BUFFER = 4 << 20;

  /**
   * The same for a socket with one peer. What lies longer than the processor's cache remembers is
   * fetched from memory again, so that a queue that a sender can fill is better short.
   */
  private static final int BUFFER_FOR_ONE = 1 << 20;

  /** What was opened. */
  record Opened(int fd, int family, InetSocketAddress local, Features features) {}

  private final LibC libc;
  private final MemorySegment number;
  private final MemorySegment address;
  private int fd = -1;

  SocketOpener(LibC libc, Arena arena) {
    this.libc = libc;
    this.number = arena.allocate(JAVA_INT);
    this.address = arena.allocate(SocketAddresses.SIZE, 8);
  }

  Opened open(Binding binding) throws IOException {
    binding.requireResolved();
    int family = openSocket(binding);
    try {
      set(SOL_SOCKET, SO_RCVBUF, binding.remote() == null ? BUFFER : BUFFER_FOR_ONE);
      set(SOL_SOCKET, SO_SNDBUF, BUFFER);
      Features features = ask(family);
      if (binding.sharing() == Sharing.JOINING) {
        sharePort();
      }
      bind(binding, family);
      if (binding.sharing() == Sharing.FIRST) {
        sharePort();
      }
      return new Opened(fd, family, localAddress(), features);
    } catch (IOException | RuntimeException e) {
      libc.close(fd);
      throw e;
    }
  }

  /**
   * A wildcard, of either family, means both where the host has both, as everywhere in the JDK; any
   * other IPv4 address gets a socket of its own family.
   */
  private int openSocket(Binding binding) throws IOException {
    InetSocketAddress telling = binding.remote() != null ? binding.remote() : binding.local();
    boolean any = telling == null || telling.getAddress().isAnyLocalAddress();
    boolean ipv4 =
        any ? Boolean.getBoolean("java.net.preferIPv4Stack") : SocketAddresses.isIpv4(telling);
    fd = ipv4 ? -Errno.EAFNOSUPPORT : create(SocketAddresses.AF_INET6);
    if (fd >= 0 && set(ControlMessages.SOL_IPV6, IPV6_V6ONLY, 0)) {
      return SocketAddresses.AF_INET6;
    }
    if (fd >= 0) {
      libc.close(fd); // a host that keeps the families apart
    }
    if (!ipv4 && !any) {
      Errno.check(fd, "opening a socket");
    }
    fd = Errno.check(create(SocketAddresses.AF_INET), "opening a socket");
    return SocketAddresses.AF_INET;
  }

  private int create(int family) {
    return libc.socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  }

  private void bind(Binding binding, int family) throws IOException {
    InetSocketAddress local =
        binding.local() != null ? binding.local() : new InetSocketAddress((InetAddress) null, 0);
    int length = SocketAddresses.write(address, 0, local, family);
    Errno.check(libc.bind(fd, address, length), "binding to " + local);
    if (binding.remote() != null) {
      length = SocketAddresses.write(address, 0, binding.remote(), family);
      Errno.check(libc.connect(fd, address, length), "connecting to " + binding.remote());
    }
  }

  private InetSocketAddress localAddress() throws IOException {
    number.set(JAVA_INT, 0, SocketAddresses.SIZE);
    Errno.check(libc.getsockname(fd, address, number), "asking for the local address");
    return new SocketAddresses().read(address, 0);
  }

  private Features ask(int family) {
    boolean ipv6 = family == SocketAddresses.AF_INET6;
    int level = ipv6 ? ControlMessages.SOL_IPV6 : ControlMessages.SOL_IP;
    boolean ecn = set(level, ipv6 ? IPV6_RECVTCLASS : IP_RECVTOS, 1);
    boolean localAddress = set(level, ipv6 ? IPV6_RECVPKTINFO : ControlMessages.IP_PKTINFO, 1);
    boolean dontFragment = set(level, ipv6 ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER, PMTUDISC_PROBE);
    if (ipv6) { // what travels as IPv4 has options of its own
      ecn &= set(ControlMessages.SOL_IP, IP_RECVTOS, 1);
      dontFragment &= set(ControlMessages.SOL_IP, IP_MTU_DISCOVER, PMTUDISC_PROBE);
    }
    boolean coalescing = set(ControlMessages.SOL_UDP, ControlMessages.UDP_GRO, 1);
    // Zero means what it was, no cutting; a kernel that does not know the option says so.
    boolean segments = set(ControlMessages.SOL_UDP, ControlMessages.UDP_SEGMENT, 0);
    return new Features(segments, coalescing, ecn, localAddress, dontFragment);
  }

  private boolean set(int level, int option, int value) {
    number.set(JAVA_INT, 0, value);
    return libc.setsockopt(fd, level, option, number) >= 0;
  }

  private void sharePort() throws IOException {
    if (!set(SOL_SOCKET, SO_REUSEPORT, 1)) {
      throw new IOException("this system does not share a port among sockets");
    }
  }
}
