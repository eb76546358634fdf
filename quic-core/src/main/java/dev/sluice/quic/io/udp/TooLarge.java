package dev.sluice.quic.io.udp;

import dev.sluice.quic.DatagramBatch;

/** Hears of datagrams that were larger than the way out of this host takes. */
@FunctionalInterface
public interface TooLarge {

  /**
   * A datagram was not sent; a smaller one may be. Called on the loop's thread, out of {@link
   * UdpSocket#send}, or out of {@link Poller#await} where the socket has taken the batch over.
   *
   * @param batch what is being sent, or a copy of it with all that is noted of its datagrams
   * @param index the datagram's number in it
   */
  void onDatagramTooLarge(DatagramBatch batch, int index);
}
