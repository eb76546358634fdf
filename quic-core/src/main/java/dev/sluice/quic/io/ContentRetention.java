package dev.sluice.quic.io;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Bounds how long content of connections that have ended waits for readers: what nobody has read
 * from for a time is dropped. A reader that goes on, however slowly, keeps the rest. Content that
 * nobody can read any more is not held here, and freed by the garbage collector at once.
 */
public final class ContentRetention {
  /** Long enough for whoever was interrupted, and still does not keep bytes for ever. */
  public static final Duration USUAL = Duration.ofMinutes(10);

  /** For ever: a century, which fits into the nanoseconds of a long. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  /** How often one looks for progress in the time: it is at most a quarter too long. */
  private static final int CHECKS = 4;

  /** Runs a task later on the loop's thread, as {@link EventLoop#schedule} does. */
  @FunctionalInterface
  public interface Timer {
    /** Runs a task after a delay in nanoseconds, unless the loop ends before. */
    void schedule(Runnable task, long delayNanos);
  }

  private final Timer timer;
  private final Duration limit;

  /**
   * @param limit how long nobody has to read; not negative
   */
  public ContentRetention(Timer timer, Duration limit) {
    if (limit.isNegative()) {
      throw new IllegalArgumentException("a negative time: " + limit);
    }
    this.timer = timer;
    this.limit = limit.compareTo(LONGEST) < 0 ? limit : LONGEST;
  }

  /** How long content waits for a reader. */
  public Duration limit() {
    return limit;
  }

  /**
   * Loop: watches content whose connection has ended.
   *
   * @param why what its reader is told when it was dropped
   */
  public void hold(HeldContent content, Supplier<? extends IOException> why) {
    if (!content.isOver()) {
      check(new WeakReference<>(content), why, content.consumed(), 0);
    }
  }

  private void check(
      WeakReference<HeldContent> held, Supplier<? extends IOException> why, long seen, int idle) {
    timer.schedule(
        () -> {
          HeldContent content = held.get();
          if (content == null || content.isOver()) {
            return;
          }
          long consumed = content.consumed();
          int still = consumed == seen ? idle + 1 : 0;
          if (still >= CHECKS) {
            content.drop(why);
          }
          if (!content.isOver()) {
            check(held, why, consumed, still);
          }
        },
        Math.max(1, limit.dividedBy(CHECKS).toNanos()));
  }
}
