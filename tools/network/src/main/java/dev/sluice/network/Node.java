package dev.sluice.network;

import java.net.InetSocketAddress;

/**
 * Something with a network address: an endpoint, a connection, or a fake of one. Times are
 * nanoseconds of the node's own clock, which may be ahead of others' ({@link Simulation#leap}).
 */
public interface Node {

  /** Takes the datagrams that a node sends. */
  interface Outbox {
    /**
     * Sends a datagram. The bytes are copied.
     *
     * @param local the address that it leaves from; null for the one with which the node was
     *     attached first
     * @param remote where it goes
     * @param ecn its two ECN bits
     */
    void send(
        byte[] buffer,
        int offset,
        int length,
        InetSocketAddress local,
        InetSocketAddress remote,
        int ecn);
  }

  /**
   * A datagram arrived. The bytes may be overwritten as soon as this returns, and by the node.
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
   * Hands over all that is to be sent now. Called after everything that happened to any node, until
   * it adds nothing.
   */
  void send(long now, Outbox out);

  /** When {@link #onDeadline} is to be called; {@link Long#MAX_VALUE} if not at all. */
  long nextDeadline();

  /** The deadline has come, or passed. */
  void onDeadline(long now);
}
