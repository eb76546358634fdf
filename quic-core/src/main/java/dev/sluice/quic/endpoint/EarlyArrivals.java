package dev.sluice.quic.endpoint;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.trace.Footprint;
import dev.sluice.quic.wire.ConnectionId;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * 0-RTT packets that came before the Initial that opens their connection, as they do when the
 * network reorders (RFC 9000 §5.2.2). They wait for it, a short while and not many: nothing says
 * that they are what they look like.
 */
final class EarlyArrivals {

  /** Datagrams of all clients together: a few initial windows, at most 100 kB. */
  private static final int MAX_DATAGRAMS = 64;

  /** Of one client: what the connection would hold itself. */
  private static final int MAX_OF_ONE = 16;

  /** What is reordered follows at once; what is lost is sent again within a second at first. */
  private static final long MAX_AGE = 3_000_000_000L;

  /** One datagram, copied. */
  record Arrival(
      ConnectionId destination,
      byte[] datagram,
      InetSocketAddress local,
      InetSocketAddress remote,
      int ecn,
      long at) {

    /** The connection that it is for has been opened. */
    void reach(Connection connection, long now) {
      connection.receive(datagram, 0, datagram.length, local, remote, ecn, now);
    }
  }

  private final Deque<Arrival> waiting = new ArrayDeque<>();

  /** Keeps a datagram; the oldest give way. False when there are enough of that client. */
  boolean keep(ConnectionId destination, DatagramBatch batch, int index, long now) {
    dropOld(now);
    int ofSame = 0;
    for (Arrival other : waiting) {
      ofSame += other.destination.equals(destination) ? 1 : 0;
    }
    if (ofSame == MAX_OF_ONE) {
      return false;
    }
    if (waiting.size() == MAX_DATAGRAMS) {
      waiting.pollFirst();
    }
    int offset = batch.offset(index);
    waiting.addLast(
        new Arrival(
            destination,
            Arrays.copyOfRange(batch.buffer(), offset, offset + batch.length(index)),
            batch.local(index),
            batch.remote(index),
            batch.ecn(index),
            now));
    return true;
  }

  /** Those for the connection that begins with an Initial to this ID, in order. */
  List<Arrival> take(ConnectionId destination, long now) {
    if (waiting.isEmpty()) {
      return List.of();
    }
    dropOld(now);
    List<Arrival> taken = new ArrayList<>();
    for (Iterator<Arrival> all = waiting.iterator(); all.hasNext(); ) {
      Arrival arrival = all.next();
      if (arrival.destination.equals(destination)) {
        taken.add(arrival);
        all.remove();
      }
    }
    return taken;
  }

  void measure(Footprint out) {
    out.holds("datagrams before their Initial", waiting.size(), MAX_DATAGRAMS);
  }

  private void dropOld(long now) {
    while (!waiting.isEmpty() && now - waiting.peekFirst().at > MAX_AGE) {
      waiting.pollFirst();
    }
  }
}
