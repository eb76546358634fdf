package dev.sluice.http3.session;

import dev.sluice.quic.io.HeldContent;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * What the loop has for whoever asks first: streams, datagrams. After the end it still gives what
 * was put in before. Any thread.
 */
final class Intake<T> implements HeldContent {
  private final ReentrantLock lock = new ReentrantLock();
  private final Shelf<T> items;
  private final Queue<CompletableFuture<T>> waiting = new ArrayDeque<>();
  private Supplier<? extends IOException> end;
  private long taken;

  /** What nobody has asked for yet. It may let things go. */
  interface Shelf<T> {
    /** One more. */
    void add(T item);

    /** The oldest; null when there is none. */
    T poll();

    /** Whether there is none. */
    boolean isEmpty();

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
    public boolean isEmpty() {
      return queue.isEmpty();
    }

    @Override
    public void clear() {
      queue.clear();
    }
  }

  Intake() {
    this(new Everything<>(new ArrayDeque<>()));
  }

  /**
   * @param items is the intake's own from now on
   */
  Intake(Shelf<T> items) {
    this.items = items;
  }

  /** Gives an item to the one who has waited longest, or keeps it. */
  void put(T item) {
    while (true) {
      CompletableFuture<T> first;
      lock.lock();
      try {
        first = waiting.poll();
        if (first == null) {
          items.add(item);
          return;
        }
        taken++;
      } finally {
        lock.unlock();
      }
      if (first.complete(item)) {
        return;
      }
    }
  }

  /** The next item, or the end when there is none and will be none. */
  CompletableFuture<T> take() {
    lock.lock();
    try {
      T item = items.poll();
      if (item != null) {
        taken++;
        return CompletableFuture.completedFuture(item);
      }
      if (end != null) {
        return CompletableFuture.failedFuture(end.get());
      }
      CompletableFuture<T> later = new CompletableFuture<>();
      waiting.removeIf(CompletableFuture::isDone); // those who gave up
      waiting.add(later);
      return later;
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more is put in. Only the first call counts. */
  void end(Supplier<IOException> how) {
    Queue<CompletableFuture<T>> left;
    lock.lock();
    try {
      end = end == null ? how : end;
      left = new ArrayDeque<>(waiting);
      waiting.clear();
    } finally {
      lock.unlock();
    }
    left.forEach(later -> later.completeExceptionally(how.get()));
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
    lock.lock();
    try {
      return items.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void drop(Supplier<? extends IOException> why) {
    lock.lock();
    try {
      if (!items.isEmpty()) {
        items.clear();
        end = why;
      }
    } finally {
      lock.unlock();
    }
  }
}
