package dev.sluice.quic.endpoint;

import java.util.PriorityQueue;

/**
 * The deadlines of many connections. A connection's deadline moves with nearly every packet, and
 * mostly to later; such moves cost nothing here, since an entry that comes up too early is simply
 * put back.
 */
final class DeadlineQueue {

  /** A route's turn; without one when the route has another entry by now, or is forgotten. */
  static final class Entry implements Comparable<Entry> {
    private final long deadline;
    private Route route;

    private Entry(long deadline, Route route) {
      this.deadline = deadline;
      this.route = route;
    }

    @Override
    public int compareTo(Entry other) {
      return Long.compare(deadline, other.deadline);
    }
  }

  private final PriorityQueue<Entry> entries = new PriorityQueue<>();

  /** Makes sure that the route comes up at its connection's present deadline, or before. */
  void update(Route route) {
    long deadline = route.connection().nextDeadline();
    Entry before = route.scheduled();
    if (deadline < (before == null ? Long.MAX_VALUE : before.deadline)) {
      forget(route);
      Entry entry = new Entry(deadline, route);
      route.scheduled(entry);
      entries.add(entry);
    }
  }

  /** The route does not come up any more, and nothing here keeps it in memory. */
  void forget(Route route) {
    if (route.scheduled() != null) {
      route.scheduled().route = null;
      route.scheduled(null);
    }
  }

  /** The earliest entry; {@link Long#MAX_VALUE} when there is none. */
  long next() {
    while (!entries.isEmpty() && entries.peek().route == null) {
      entries.poll();
    }
    Entry first = entries.peek();
    return first == null ? Long.MAX_VALUE : first.deadline;
  }

  /** A route whose entry is due, or null. The caller updates it again when it is done with it. */
  Route poll(long now) {
    while (!entries.isEmpty() && entries.peek().deadline <= now) {
      Route due = entries.poll().route;
      if (due != null) {
        due.scheduled(null);
        return due;
      }
    }
    return null;
  }
}
