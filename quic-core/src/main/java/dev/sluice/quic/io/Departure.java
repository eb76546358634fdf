package dev.sluice.quic.io;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.endpoint.Endpoint;

/** What an endpoint sends, on its way to the system. On the loop's thread. */
final class Departure {
  /**
   * How long one of several sockets that has no room keeps the others waiting, in nanoseconds: a
   * full buffer is sent in less, and from a network that stalls a connection may have to move
   * before the validation of the other path is given up (RFC 9000 §8.2.4).
   */
  private static final long PATIENCE = 500_000_000;

  private final EventLoop loop;
  private final Endpoint endpoint;
  private final SocketSet socket;

  /** What the system had no room for, or null. */
  private DatagramBatch unsent;

  private int unsentFrom;

  private long patientUntil = Long.MAX_VALUE;

  Departure(EventLoop loop, Endpoint endpoint, SocketSet socket) {
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
    if (!isRoom(now)) {
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

  private boolean isRoom(long now) {
    if (!socket.isWritable() && now < patientUntil) {
      if (socket.isSeveral() && patientUntil == Long.MAX_VALUE) {
        patientUntil = now + PATIENCE;
      }
      return false;
    }
    if (now >= patientUntil) {
      socket.passOver();
    }
    patientUntil = Long.MAX_VALUE;
    return socket.isWritable();
  }

  /** When {@link #send} is to be called, room or not; {@link Long#MAX_VALUE} for never. */
  long deadline() {
    return patientUntil;
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
