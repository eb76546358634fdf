package dev.sluice.quic.io;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.endpoint.Endpoint;
import dev.sluice.quic.io.udp.UdpSocket;

/** What an endpoint sends, on its way to the system. On the loop's thread. */
final class Departure {
  private final EventLoop loop;
  private final Endpoint endpoint;
  private final UdpSocket socket;

  /** What the system had no room for, or null. */
  private DatagramBatch unsent;

  private int unsentFrom;

  Departure(EventLoop loop, Endpoint endpoint, UdpSocket socket) {
    this.loop = loop;
    this.endpoint = endpoint;
    this.socket = socket;
  }

  /**
   * Sends, but no more than one batch a turn: what comes in, acknowledgments above all, is not to
   * wait for a long flight.
   *
   * @return whether there is more, and room for it
   */
  boolean send(long now) {
    if (!socket.isWritable()) {
      return false;
    }
    boolean more = true;
    if (unsent == null) {
      unsent = loop.takeBatch();
      unsentFrom = 0;
      more = endpoint.send(now, unsent);
    }
    unsentFrom = socket.send(unsent, unsentFrom);
    if (unsentFrom < unsent.count()) {
      return false;
    }
    loop.giveBatch(unsent);
    unsent = null;
    return more;
  }

  /** Whether the system has not taken something yet. */
  boolean isBlocked() {
    return unsent != null || !socket.isDrained();
  }

  /** Nothing is sent any more. */
  void abandon() {
    unsent = null;
  }

  /**
   * The system did not take a datagram for its size: what is too large for this host needs no probe
   * to find out (RFC 8899 §3, item 5).
   *
   * @return whether somebody was told, and may have something to send again
   */
  boolean onTooLarge(DatagramBatch batch, int index) {
    if (batch.sender(index) instanceof Connection connection) {
      connection.onDatagramTooLarge(batch.remote(index), batch.length(index), loop.now());
      endpoint.touch(connection);
      return true;
    }
    return false;
  }
}
