package dev.sluice.quic.io.udp;

import java.net.InetSocketAddress;

/** Hears of datagrams that were larger than the way out of this host takes. */
@FunctionalInterface
public interface TooLarge {

  /**
   * A datagram was not sent. Called on the loop's thread, out of {@link UdpSocket#send}.
   *
   * @param length of the datagram in bytes; smaller ones may pass
   */
  void onDatagramTooLarge(InetSocketAddress remote, int length);
}
