package dev.sluice.http3.server;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The requests of a connection whose handlers are yet to begin. A handler begins when what arrived
 * together with its request's head is known, and when fewer run than the client may have requests
 * under way. The limit on streams alone would not see to that: a stream is over, and the client may
 * open another, as soon as it has given the request up, which a handler notices only when it next
 * reads or writes. On the loop's thread, where it says no other.
 */
final class Beginnings {

  /**
   * One of them.
   *
   * @param afterHandshake whether it waits for that first
   */
  record Beginning(ServerExchange exchange, boolean afterHandshake) {}

  /** No longer than there are streams: what is over leaves. */
  private final Queue<Beginning> waiting = new ArrayDeque<>();

  private final long mostRunning;
  private final AtomicInteger running = new AtomicInteger();

  /** Whether one waits for another's return. */
  private volatile boolean held;

  /** Whether all begin, since no more will come. */
  private boolean last;

  /**
   * @param mostRunning handlers that run at once, at least 1
   */
  Beginnings(long mostRunning) {
    this.mostRunning = mostRunning;
  }

  void add(ServerExchange exchange, boolean afterHandshake) {
    waiting.add(new Beginning(exchange, afterHandshake));
  }

  /** The exchange is over for the client, who will not miss it if it has not begun. */
  void remove(ServerExchange exchange) {
    if (!waiting.isEmpty()) {
      waiting.removeIf(beginning -> beginning.exchange() == exchange);
    }
  }

  /** The connection has ended: what it brought is not to wait for those whom nobody hears. */
  void onConnectionEnded() {
    last = true;
  }

  /** The next one, which counts as running from now on; null when there is none that may begin. */
  Beginning next() {
    if (waiting.isEmpty()) {
      held = false;
      return null;
    }
    if (!last && !mayBegin()) {
      return null;
    }
    running.incrementAndGet();
    return waiting.poll();
  }

  private boolean mayBegin() {
    if (running.get() < mostRunning) {
      return true;
    }
    held = true; // and then look again: whoever returns in between looks here after it has
    return running.get() < mostRunning;
  }

  /**
   * Any thread: a handler has returned.
   *
   * @return whether another has waited for that, so that the loop is to ask for it
   */
  boolean onReturned() {
    running.decrementAndGet();
    return held;
  }
}
