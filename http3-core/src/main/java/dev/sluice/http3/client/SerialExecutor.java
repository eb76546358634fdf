package dev.sluice.http3.client;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs tasks one after another on an executor that may have many threads: what {@link
 * java.util.concurrent.Flow} asks of signals to one subscriber. A task that throws does not keep
 * the next from running.
 */
final class SerialExecutor implements Executor {

  private final Executor executor;
  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();

  SerialExecutor(Executor executor) {
    this.executor = executor;
  }

  /**
   * @throws RejectedExecutionException when the executor takes no more; the task will not run
   */
  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (waiting.getAndIncrement() == 0) {
      try {
        executor.execute(this::runAll);
      } catch (RejectedExecutionException e) {
        tasks.clear();
        waiting.set(0);
        throw e;
      }
    }
  }

  private void runAll() {
    do {
      try {
        tasks.remove().run();
      } catch (RuntimeException | Error e) {
        Thread current = Thread.currentThread();
        current.getUncaughtExceptionHandler().uncaughtException(current, e);
      }
    } while (waiting.decrementAndGet() > 0);
  }
}
