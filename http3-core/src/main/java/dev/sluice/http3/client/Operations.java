package dev.sluice.http3.client;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The calls under way in a client, and the order of its shutdown. Any thread. */
final class Operations {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Set<Call<?>> calls = new HashSet<>();
  private final Runnable onQuiet;
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
      return !shutDown && calls.add(call);
    } finally {
      lock.unlock();
    }
  }

  /** A call has nothing left to do. */
  void end(Call<?> call) {
    boolean nowQuiet;
    lock.lock();
    try {
      calls.remove(call);
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
      shutDown = true;
      nowQuiet = becomesQuiet();
    } finally {
      lock.unlock();
    }
    if (nowQuiet) {
      onQuiet.run();
    }
  }

  private boolean becomesQuiet() {
    if (shutDown && calls.isEmpty() && !quiet) {
      quiet = true;
      return true;
    }
    return false;
  }

  /** The calls under way now. */
  List<Call<?>> underWay() {
    lock.lock();
    try {
      return List.copyOf(calls);
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
