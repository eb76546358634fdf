package dev.sluice.quic.io.linux;

import java.util.ArrayList;
import java.util.List;

/**
 * What a socket's kernel can do. Each was asked for when the socket was opened; what was refused is
 * done without.
 *
 * @param segments cuts what is sent into datagrams (UDP_SEGMENT)
 * @param coalescing puts received datagrams together (UDP_GRO)
 * @param ecn tells the ECN marks of what arrives, and sets those of what leaves
 * @param localAddress tells to which of the host's addresses a datagram was sent
 * @param dontFragment sends no fragments, and none but us decides about sizes
 */
record Features(
    boolean segments, boolean coalescing, boolean ecn, boolean localAddress, boolean dontFragment) {

  Features withoutSegments() {
    return new Features(false, coalescing, ecn, localAddress, dontFragment);
  }

  Features withoutEcn() {
    return new Features(segments, coalescing, false, localAddress, dontFragment);
  }

  /** For people. */
  String describe() {
    List<String> used = new ArrayList<>();
    used.add("Linux: epoll");
    used.add(segments ? "sendmmsg with UDP_SEGMENT" : "sendmmsg");
    used.add(coalescing ? "recvmmsg with UDP_GRO" : "recvmmsg");
    if (ecn) {
      used.add("ECN");
    }
    if (localAddress) {
      used.add("packet info");
    }
    if (dontFragment) {
      used.add("don't fragment");
    }
    return String.join(", ", used);
  }
}
