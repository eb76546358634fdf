package dev.sluice.tools.perf;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts what workers get done: not before {@link #begin}, and until there was enough of it or time
 * is up. Any thread.
 */
final class Meter {
  private final long limit;
  private final AtomicLong counted = new AtomicLong();
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile boolean counting;

  /** What was counted before the beginning: it is counted then too, or counting would be new. */
  private volatile long before;

  private volatile boolean running = true;
  private volatile long began;
  private volatile long ended;

  /**
   * @param limit at which the measurement is over; 0 for none
   */
  Meter(long limit) {
    this.limit = limit;
  }

  /** What was done until now was warming up. */
  void begin() {
    began = System.nanoTime();
    before = counted.get();
    counting = true;
  }

  /**
   * Something was done.
   *
   * @return whether to go on
   */
  boolean add(long amount) {
    if (running && isEnough(count(amount))) {
      end();
    }
    return running;
  }

  /** Adds what still counts: others may have reached the limit since it was asked for. */
  private long count(long amount) {
    long sum = counted.get();
    while (!isEnough(sum) && !counted.compareAndSet(sum, sum + amount)) {
      sum = counted.get();
    }
    return counted.get();
  }

  private boolean isEnough(long sum) {
    return limit > 0 && counting && sum - before >= limit;
  }

  /** Whether it counts: after the beginning, and before the end. */
  boolean counting() {
    return counting && running;
  }

  /** Whether to go on. */
  boolean running() {
    return running;
  }

  /** How much may be begun, of an amount that is wanted: at most what the limit leaves. */
  long allow(long amount) {
    if (!running) {
      return 0;
    }
    return limit > 0 && counting ? Math.min(amount, Math.max(0, limit - counted())) : amount;
  }

  /** It is over; only the first time counts. */
  synchronized void end() {
    if (running) {
      ended = System.nanoTime();
      running = false;
      over.countDown();
    }
  }

  /** The measured time lasts until now: what was begun in it has taken until now. */
  void extend() {
    ended = System.nanoTime();
  }

  /** Waits for the end. */
  boolean await(long nanos) throws InterruptedException {
    return over.await(nanos, TimeUnit.NANOSECONDS);
  }

  /** What was counted since the beginning. */
  long counted() {
    return counted.get() - before;
  }

  /** From begin to end. */
  double seconds() {
    return (ended - began) / 1e9;
  }
}
