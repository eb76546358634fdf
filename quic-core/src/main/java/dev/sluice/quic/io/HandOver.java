package dev.sluice.quic.io;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What the loop has for whoever asks first: streams and datagrams of a connection or a session,
 * connections of a server. After the end it still gives what was put in before. Any thread.
 */
public final class HandOver<T> implements HeldContent {
  private final ReentrantLock lock = new ReentrantLock();
  private final Shelf<T> items;
  private final Waiters<T> waiting = new Waiters<>();
  private final Consumer<T> onTaken;
  private Supplier<? extends IOException> end;
  private long taken;

  /** What nobody has asked for yet. It may let things go. Under the lock of its hand-over. */
  public interface Shelf<T> {
    /** One more. */
    void add(T item);

    /** The oldest; null when there is none. */
    T poll();

    /** How many there are. */
    int size();

    /** Lets everything go. */
    void clear();
  }

  private record Everything<T>(Queue<T> queue) implements Shelf<T> {
    @Override
    public void add(T item) {
      queue.add(item);
    }

    @Override
    public T poll() {
      return queue.poll();
    }

    @Override
    public int size() {
      return queue.size();
    }

    @Override
    public void clear() {
      queue.clear();
    }
  }

  /**
   * One that keeps everything.
   *
   * @param onTaken told of each item that somebody got, on the thread that brought both together
   */
  public HandOver(Consumer<T> onTaken) {
    this(new Everything<>(new ArrayDeque<>()), onTaken);
  }

  /**
   * One that keeps what its shelf does.
   *
   * @param items belongs to the hand-over from now on
   * @param onTaken as above
   */
  public HandOver(Shelf<T> items, Consumer<T> onTaken) {
    this.items = items;
    this.onTaken = onTaken;
  }

  /** Gives an item to the one who has waited longest, or keeps it. */
  public void put(T item) {
    CompletableFuture<T> first = keepOrPoll(item);
    while (first != null && !first.complete(item)) {
      first = keepOrPoll(item); // that one has stopped waiting: the next one's turn
    }
    if (first != null) {
      onTaken.accept(item);
    }
  }

  private CompletableFuture<T> keepOrPoll(T item) {
    lock.lock();
    try {
      CompletableFuture<T> first = waiting.poll();
      if (first == null) {
        items.add(item);
      } else {
        taken++;
      }
      return first;
    } finally {
      lock.unlock();
    }
  }

  /** The next item, or the end when there is none and will be none. */
  public CompletableFuture<T> take() {
    T item;
    lock.lock();
    try {
      item = items.poll();
      if (item == null) {
        return end == null ? later() : CompletableFuture.failedFuture(end.get());
      }
      taken++;
    } finally {
      lock.unlock();
    }
    onTaken.accept(item);
    return CompletableFuture.completedFuture(item);
  }

  private CompletableFuture<T> later() {
    CompletableFuture<T> later = new CompletableFuture<>();
    waiting.add(later);
    return later;
  }

  /** Nothing more is put in. Only the first call counts. */
  public void end(Supplier<? extends IOException> how) {
    List<CompletableFuture<T>> left;
    lock.lock();
    try {
      end = end == null ? how : end;
      left = waiting.takeAll();
    } finally {
      lock.unlock();
    }
    left.forEach(later -> later.completeExceptionally(how.get()));
  }

  /** How many items nobody has asked for yet. */
  public int size() {
    lock.lock();
    try {
      return items.size();
    } finally {
      lock.unlock();
    }
  }

  // ---- what nobody asks for after the end ----

  @Override
  public long consumed() {
    lock.lock();
    try {
      return taken;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isOver() {
    return size() == 0;
  }

  @Override
  public void drop(Supplier<? extends IOException> why) {
    lock.lock();
    try {
      if (items.size() > 0) {
        items.clear();
        end = why;
      }
    } finally {
      lock.unlock();
    }
  }
}
