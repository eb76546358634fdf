package dev.sluice.quic.sim;

import dev.sluice.quic.DatagramBatch;
import java.net.InetSocketAddress;

/** Something with a network address: an endpoint, a connection, or a fake of one. */
public interface Node {

  /**
   * A datagram arrived. The bytes may be overwritten as soon as this returns.
   *
   * @param local the address that it arrived at
   * @param remote the address that it came from, as seen from here
   * @param ecn its two ECN bits
   */
  void receive(
      byte[] buffer,
      int offset,
      int length,
      InetSocketAddress local,
      InetSocketAddress remote,
      int ecn,
      long now);

  /**
   * Adds what is to be sent now, as far as there is room. Called again until it adds nothing; a
   * local address of null means the address with which the node was attached first.
   */
  void send(long now, DatagramBatch out);

  /** When {@link #onDeadline} is to be called; {@link Long#MAX_VALUE} if not at all. */
  long nextDeadline();

  /** The deadline has come, or passed. */
  void onDeadline(long now);
}
