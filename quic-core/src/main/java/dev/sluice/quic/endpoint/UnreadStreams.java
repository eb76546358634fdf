package dev.sluice.quic.endpoint;

import dev.sluice.quic.stream.Streams;
import dev.sluice.quic.trace.Footprint;
import java.lang.ref.WeakReference;
import java.util.PriorityQueue;

/**
 * Streams of connections that are over, with bytes in them that nobody has read yet. They can be
 * read for a while; what is left then is dropped, so that a reader who never comes costs memory for
 * a limited time.
 *
 * <p>The references are weak: once the application has let go of all streams of a connection there
 * is nothing to drop, and waiting here must not keep it in memory. Any one of them that it still
 * holds leads to all of them.
 */
final class UnreadStreams {

  /**
   * A thousand connections a second that end with something unread are remembered for a minute; an
   * entry takes some 100 bytes.
   */
  private static final int MAX_KEPT = 65_536;

  private record Kept(long until, WeakReference<Streams> streams) implements Comparable<Kept> {
    @Override
    public int compareTo(Kept other) {
      return Long.compare(until, other.until);
    }
  }

  private final PriorityQueue<Kept> kept = new PriorityQueue<>();

  /** Drops what of these streams is unread at some time; the earliest give way to more of them. */
  void keep(Streams streams, long until) {
    if (kept.size() == MAX_KEPT) {
      drop(kept.poll());
    }
    kept.add(new Kept(until, new WeakReference<>(streams)));
  }

  void measure(Footprint out) {
    out.holds("ended connections with unread bytes", kept.size(), MAX_KEPT);
  }

  /** When {@link #onDeadline} has to be called; {@link Long#MAX_VALUE} for never. */
  long deadline() {
    Kept first = kept.peek();
    return first == null ? Long.MAX_VALUE : first.until;
  }

  /** Time has passed. */
  void onDeadline(long now) {
    while (deadline() <= now) {
      drop(kept.poll());
    }
  }

  private static void drop(Kept one) {
    Streams streams = one.streams.get();
    if (streams != null) {
      streams.discardUnread();
    }
  }
}
