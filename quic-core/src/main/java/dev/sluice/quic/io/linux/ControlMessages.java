package dev.sluice.quic.io.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;

/**
 * What travels beside a datagram between the kernel and us (cmsg(3)): its ECN mark, its address at
 * this host, and the size of the segments when it is many datagrams in one. Written for what is
 * sent, read for what was received; one instance serves one thread.
 *
 * <pre>
 * cmsghdr  length of all(8) level(4) type(4) data …, padded to 8 bytes
 * </pre>
 */
final class ControlMessages {
  static final int SOL_IP = 0;
  static final int SOL_IPV6 = 41;
  static final int SOL_UDP = 17;
  static final int IP_TOS = 1;
  static final int IP_PKTINFO = 8;
  static final int IPV6_PKTINFO = 50;
  static final int IPV6_TCLASS = 67;
  static final int UDP_SEGMENT = 103;
  static final int UDP_GRO = 104;

  /** More than all that can come or go with one message: 24 + 40 + 32 + 24 + 24 bytes. */
  static final int ROOM = 192;

  private static final int LEVEL = 8;
  private static final int TYPE = 12;
  private static final int DATA = 16;

  /** Of the traffic class (RFC 3168 §5). */
  private static final int ECN_BITS = 3;

  private final SocketAddresses addresses;
  private int segmentSize;
  private int ecn;
  private InetSocketAddress local;

  ControlMessages(SocketAddresses addresses) {
    this.addresses = addresses;
  }

  // ---- reading ----

  /**
   * Reads what came with a message.
   *
   * @param port of the socket, for the local address
   */
  void read(MemorySegment memory, long at, long length, int port) {
    segmentSize = 0;
    ecn = 0;
    local = null;
    long end = at + length;
    while (at + DATA <= end) {
      long size = memory.get(JAVA_LONG_UNALIGNED, at);
      if (size < DATA || size > end - at) {
        return; // not what the kernel writes
      }
      readOne(memory, at, size - DATA, port);
      at += (size + 7) & -8;
    }
  }

  private void readOne(MemorySegment memory, long at, long length, int port) {
    int type = memory.get(JAVA_INT_UNALIGNED, at + TYPE);
    long data = at + DATA;
    switch (memory.get(JAVA_INT_UNALIGNED, at + LEVEL)) {
      case SOL_UDP -> {
        if (type == UDP_GRO && length >= 4) {
          segmentSize = memory.get(JAVA_INT_UNALIGNED, data);
        }
      }
      case SOL_IP -> {
        if (type == IP_TOS && length >= 1) {
          ecn = memory.get(JAVA_BYTE, data) & ECN_BITS;
        } else if (type == IP_PKTINFO && length >= 12) {
          local = addresses.readIpv4(memory, data + 8, port); // behind the interface and the route
        }
      }
      case SOL_IPV6 -> {
        if (type == IPV6_TCLASS && length >= 4) {
          ecn = memory.get(JAVA_INT_UNALIGNED, data) & ECN_BITS;
        } else if (type == IPV6_PKTINFO && length >= 20) {
          local = addresses.readIpv6(memory, data, port);
        }
      }
      default -> {
        // Not asked for.
      }
    }
  }

  /** The size of each datagram but the last of the message just read; 0 when it is only one. */
  int segmentSize() {
    return segmentSize;
  }

  /** The ECN bits of the message just read. */
  int ecn() {
    return ecn;
  }

  /** The address that the message just read was sent to, or null when the kernel did not say. */
  InetSocketAddress local() {
    return local;
  }

  // ---- writing; each gives the number of bytes that it took ----

  /** The data is several datagrams of this size, the last of which may be shorter. */
  static int writeSegmentSize(MemorySegment memory, long at, int size) {
    memory.set(JAVA_SHORT_UNALIGNED, at + DATA, (short) size);
    return header(memory, at, SOL_UDP, UDP_SEGMENT, 2);
  }

  /** The ECN bits to send with. */
  static int writeEcn(MemorySegment memory, long at, int mark, boolean ipv4) {
    memory.set(JAVA_INT_UNALIGNED, at + DATA, mark);
    return ipv4
        ? header(memory, at, SOL_IP, IP_TOS, 4)
        : header(memory, at, SOL_IPV6, IPV6_TCLASS, 4);
  }

  /** The address to send from. */
  static int writeLocal(MemorySegment memory, long at, InetSocketAddress from) {
    byte[] address = from.getAddress().getAddress();
    memory.asSlice(at + DATA, 24).fill((byte) 0); // any interface
    if (address.length == 4) {
      MemorySegment.copy(address, 0, memory, JAVA_BYTE, at + DATA + 4, 4);
      return header(memory, at, SOL_IP, IP_PKTINFO, 12);
    }
    MemorySegment.copy(address, 0, memory, JAVA_BYTE, at + DATA, 16);
    return header(memory, at, SOL_IPV6, IPV6_PKTINFO, 20);
  }

  private static int header(MemorySegment memory, long at, int level, int type, int length) {
    memory.set(JAVA_LONG_UNALIGNED, at, DATA + length);
    memory.set(JAVA_INT_UNALIGNED, at + LEVEL, level);
    memory.set(JAVA_INT_UNALIGNED, at + TYPE, type);
    return DATA + (length + 7 & -8);
  }
}
