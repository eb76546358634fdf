package dev.sluice.http3.client;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The calls under way in a client, and the order of its shutdown. Any thread.
 *
 * <p>A call is under way until its response's subscriber was told the end. Once everything that the
 * subscriber will be told has been received, only the subscriber keeps the call, and with it the
 * bytes, in memory: letting go of an unread {@code InputStream} ends its call and frees them.
 */
final class Operations {

  private static final Cleaner CLEANER = Cleaner.create();

  /** The place of one call; it leads to the call only while the network has a part in it. */
  private static final class Place extends WeakReference<Call<?>> {
    private final long number;
    private Call<?> strong;

    Place(Call<?> call, ReferenceQueue<Call<?>> collected) {
      super(call, collected);
      this.number = call.number();
      this.strong = call;
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<Long, Place> places = new HashMap<>();

  /** Places of calls whose readers let go of them before their end. */
  private final ReferenceQueue<Call<?>> collected = new ReferenceQueue<>();

  private final Runnable onQuiet;
  private long begun;
  private boolean shutDown;
  private boolean quiet;
  private boolean terminated;

  /**
   * @param onQuiet runs once, when the client was shut down and no call is under way; leads to
   *     {@link #terminated()}
   */
  Operations(Runnable onQuiet) {
    this.onQuiet = onQuiet;
  }

  /** A call begins; false after shutdown. */
  boolean begin(Call<?> call) {
    lock.lock();
    try {
      if (shutDown) {
        return false;
      }
      forgetCollected();
      long number = ++begun;
      call.numbered(number);
      places.put(number, new Place(call, collected));
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void forgetCollected() {
    for (Reference<?> one = collected.poll(); one != null; one = collected.poll()) {
      places.remove(((Place) one).number);
    }
  }

  /** The network has done its part of a call: from now on it is the reader's to keep. */
  void release(Call<?> call) {
    lock.lock();
    try {
      Place place = places.get(call.number());
      if (place == null || place.strong == null) {
        return;
      }
      place.strong = null;
      if (shutDown) {
        endWhenCollected(call);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Somebody waits for the last call. Before that it is enough to look now and then. */
  private void endWhenCollected(Call<?> call) {
    long number = call.number();
    CLEANER.register(call, () -> end(number));
  }

  /** A call has nothing left to do. */
  void end(Call<?> call) {
    end(call.number());
  }

  private void end(long number) {
    boolean nowQuiet;
    lock.lock();
    try {
      places.remove(number);
      nowQuiet = becomesQuiet();
    } finally {
      lock.unlock();
    }
    if (nowQuiet) {
      onQuiet.run();
    }
  }

  /** No call begins from now on. */
  void shutdown() {
    boolean nowQuiet;
    lock.lock();
    try {
      if (!shutDown) {
        shutDown = true;
        forgetReleased();
      }
      nowQuiet = becomesQuiet();
    } finally {
      lock.unlock();
    }
    if (nowQuiet) {
      onQuiet.run();
    }
  }

  private void forgetReleased() {
    for (Place place : List.copyOf(places.values())) {
      Call<?> call = place.get();
      if (call == null) {
        places.remove(place.number);
      } else if (place.strong == null) {
        endWhenCollected(call);
      }
    }
  }

  private boolean becomesQuiet() {
    if (shutDown && places.isEmpty() && !quiet) {
      quiet = true;
      return true;
    }
    return false;
  }

  /** The calls under way now. */
  List<Call<?>> underWay() {
    lock.lock();
    try {
      return places.values().stream().<Call<?>>map(Place::get).filter(Objects::nonNull).toList();
    } finally {
      lock.unlock();
    }
  }

  /** Everything is closed. */
  void terminated() {
    lock.lock();
    try {
      terminated = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isTerminated() {
    lock.lock();
    try {
      return terminated;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for {@link #terminated()}; false when the time is over before. */
  boolean await(Duration limit) throws InterruptedException {
    long nanos = TimeUnit.NANOSECONDS.convert(limit); // saturates
    lock.lockInterruptibly();
    try {
      while (!terminated && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      return terminated;
    } finally {
      lock.unlock();
    }
  }
}
