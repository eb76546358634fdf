package dev.sluice.http3.datagram;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * Datagrams that came before the requests that they belong to (RFC 9297 §2.1), all requests
 * together. Each is at most a packet long, so that their number bounds them.
 */
final class EarlyDatagrams {
  /** One that waits, and since when, in nanoseconds. */
  record Waiting(long streamId, byte[] payload, long since) {}

  private final int limit;
  private final Deque<Waiting> waiting = new ArrayDeque<>();

  EarlyDatagrams(int limit) {
    this.limit = limit;
  }

  /** Keeps a datagram; returns how many were dropped for that. */
  int add(HttpDatagram datagram, long now) {
    waiting.addLast(new Waiting(datagram.streamId(), datagram.payload(), now));
    if (waiting.size() <= limit) {
      return 0;
    }
    waiting.removeFirst();
    return 1;
  }

  /** Those of one request, which wait no longer. */
  List<Waiting> take(long streamId) {
    if (waiting.isEmpty()) {
      return List.of();
    }
    List<Waiting> taken = new ArrayList<>();
    for (Iterator<Waiting> all = waiting.iterator(); all.hasNext(); ) {
      Waiting next = all.next();
      if (next.streamId == streamId) {
        taken.add(next);
        all.remove();
      }
    }
    return taken;
  }
}
