package dev.sluice.quic;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * What the loop has for whoever asks first: streams and datagrams of a connection, connections of a
 * server. Any thread. After the end it still gives what was put in before.
 */
final class HandOver<T> {
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<T> items = new ArrayDeque<>();
  private final ArrayDeque<CompletableFuture<T>> waiting = new ArrayDeque<>();
  private final Consumer<T> onTaken;
  private final ToIntFunction<T> size;

  /** The sizes of all items together. */
  private long held;

  private Supplier<? extends IOException> end;

  /**
   * @param onTaken told of each item that somebody got, on the thread that brought both together
   */
  HandOver(Consumer<T> onTaken) {
    this(onTaken, item -> 0);
  }

  /**
   * @param size of an item, for {@link #putNewest}
   */
  HandOver(Consumer<T> onTaken, ToIntFunction<T> size) {
    this.onTaken = onTaken;
    this.size = size;
  }

  /** Gives an item to the one who has waited longest, or keeps it. */
  void put(T item) {
    CompletableFuture<T> first = keepOrPoll(item);
    while (first != null && !first.complete(item)) {
      first = keepOrPoll(item); // that one has stopped waiting: the next one's turn
    }
    if (first != null) {
      onTaken.accept(item);
    }
  }

  /**
   * The same, but with bounds on what is kept: the oldest items give way to the newest.
   *
   * @param most how many items may wait, at least 1
   * @param mostHeld how large they may be together
   */
  void putNewest(T item, int most, long mostHeld) {
    put(item);
    lock.lock();
    try {
      while (items.size() > most || held > mostHeld) {
        held -= size.applyAsInt(items.poll());
      }
    } finally {
      lock.unlock();
    }
  }

  private CompletableFuture<T> keepOrPoll(T item) {
    lock.lock();
    try {
      CompletableFuture<T> first = waiting.poll();
      if (first == null) {
        items.add(item);
        held += size.applyAsInt(item);
      }
      return first;
    } finally {
      lock.unlock();
    }
  }

  /** The next item, or the end when there is none and will be none. */
  CompletableFuture<T> take() {
    T item = null;
    lock.lock();
    try {
      item = items.poll();
      if (item != null) {
        held -= size.applyAsInt(item);
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
      if (item != null) {
        onTaken.accept(item);
      }
    }
  }

  /** Nothing more is put in. Only the first call counts. */
  void end(Supplier<? extends IOException> how) {
    List<CompletableFuture<T>> left;
    lock.lock();
    try {
      if (end == null) {
        end = how;
      }
      left = new ArrayList<>(waiting);
      waiting.clear();
    } finally {
      lock.unlock();
    }
    left.forEach(later -> later.completeExceptionally(how.get()));
  }

  /** How many items nobody has asked for yet. */
  int size() {
    lock.lock();
    try {
      return items.size();
    } finally {
      lock.unlock();
    }
  }
}
