package dev.sluice.quic.io;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Keeps what a class logs off the console while a test provokes it, and counts it. */
public final class Silence implements AutoCloseable {
  private final Logger logger;
  private final AtomicInteger messages = new AtomicInteger();
  private final Handler counter =
      new Handler() {
        @Override
        public void publish(LogRecord message) {
          messages.incrementAndGet();
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private Silence(Class<?> of) {
    logger = Logger.getLogger(of.getName());
    logger.setUseParentHandlers(false);
    logger.addHandler(counter);
  }

  /** Until it is closed. */
  public static Silence of(Class<?> logging) {
    return new Silence(logging);
  }

  /** Messages that were logged since. */
  public int messages() {
    return messages.get();
  }

  @Override
  public void close() {
    logger.removeHandler(counter);
    logger.setUseParentHandlers(true);
  }
}
