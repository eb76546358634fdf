package dev.sluice.quic.endpoint;

import java.util.PriorityQueue;

/**
 * The deadlines of many connections. A connection's deadline moves with nearly every packet, and
 * mostly to later; such moves cost nothing here, since an entry that comes up too early is simply put
 * back.
 */
final class DeadlineQueue {

  private record Entry(long deadline, Route route) implements Comparable<Entry> {
    @Override
    public int compareTo(Entry other) {
      return Long.compare(deadline, other.deadline);
    }
  }

  private final PriorityQueue<Entry> entries = new PriorityQueue<>();

  /** Makes sure that the route comes up at its connection's present deadline, or before. */
  void update(Route route) {
    long deadline = route.connection().nextDeadline();
    if (deadline < route.scheduled()) {
      route.scheduled(deadline);
      entries.add(new Entry(deadline, route));
    }
  }

  /** The earliest entry; {@link Long#MAX_VALUE} when there is none. */
  long next() {
    Entry first = entries.peek();
    return first == null ? Long.MAX_VALUE : first.deadline();
  }

  /** A route whose entry is due, or null. The caller updates it again when it is done with it. */
  Route poll(long now) {
    while (!entries.isEmpty() && entries.peek().deadline() <= now) {
      Entry due = entries.poll();
      if (due.deadline() == due.route().scheduled()) {
        due.route().scheduled(Long.MAX_VALUE);
        return due.route();
      }
    }
    return null;
  }
}
