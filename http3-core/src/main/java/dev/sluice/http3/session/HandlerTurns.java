package dev.sluice.http3.session;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * The requests of a connection, or those for sessions on it, whose handlers are yet to begin: no
 * more run than the client may have under way. The limit on streams alone would not see to that. A
 * stream is over, and the client may open another, as soon as it has given the request up, which a
 * handler notices only when it next has to do with the client. On the loop's thread, where it says
 * no other.
 *
 * @param <T> one of them
 */
public final class HandlerTurns<T> {

  /** No longer than there are streams, if what is over is removed. */
  private final Queue<T> waiting = new ArrayDeque<>();

  private final long mostRunning;
  private final AtomicInteger running = new AtomicInteger();

  /** Whether one waits for another's return. */
  private volatile boolean held;

  /** Whether all begin, since no more will come. */
  private boolean last;

  /**
   * @param mostRunning handlers that run at once, at least 1
   */
  public HandlerTurns(long mostRunning) {
    this.mostRunning = mostRunning;
  }

  public void add(T beginning) {
    waiting.add(beginning);
  }

  /** What the client has taken back before it began: nobody will miss it. */
  public void removeIf(Predicate<T> over) {
    if (!waiting.isEmpty()) {
      waiting.removeIf(over);
    }
  }

  /** The connection has ended: what it brought is not to wait for those whom nobody hears. */
  public void onConnectionEnded() {
    last = true;
  }

  /** The next one, which counts as running from now on; null when there is none that may begin. */
  public T next() {
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
  public boolean onReturned() {
    running.decrementAndGet();
    return held;
  }
}
