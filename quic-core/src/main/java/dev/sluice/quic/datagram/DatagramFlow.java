package dev.sluice.quic.datagram;

/**
 * One of several users of a connection's datagrams. What it sends waits in a queue of its own, and
 * all queues that hold something take turns, so that one that sends more than the network carries
 * drops datagrams of nobody else. Used on the connection's thread. It needs no closing unless what
 * it carries must not leave after something else: then {@link #finish} or {@link #discard()}.
 */
public interface DatagramFlow {
  /**
   * Sends a datagram (RFC 9221): as soon as the congestion controller lets it and its turn comes,
   * once, and not again if it is lost. When too many of this flow wait the oldest are dropped.
   *
   * @param source is copied
   * @return false, with nothing done, when it is longer than the connection's longest datagram, the
   *     peer takes none, the connection has ended, or this flow has
   */
  boolean send(byte[] source, int offset, int length);

  /**
   * Takes no more. What waits is still sent, or dropped for its age. Only the first call counts.
   *
   * @param whenGone called once nothing waits any more: now, or between two packets' frames, so
   *     that what it writes leaves behind the last datagram. Not after {@link #discard()} or the
   *     end of the connection
   */
  void finish(Runnable whenGone);

  /** Takes no more, and drops what waits. */
  void discard();

  /** How many were put into packets; the network may have lost them. */
  long sent();

  /** How many were dropped before that, for newer ones, for their age or for their size. */
  long dropped();
}
