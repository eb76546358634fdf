package dev.sluice.quic.io.udp;

import dev.sluice.quic.DatagramBatch;

/** Hears of datagrams that were larger than the way out of this host takes. */
@FunctionalInterface
public interface TooLarge {

  /**
   * A datagram was not sent; a smaller one may be. Called on the loop's thread, out of {@link
   * UdpSocket#send}.
   *
   * @param batch what is being sent
   * @param index the datagram's number in it
   */
  void onDatagramTooLarge(DatagramBatch batch, int index);
}
