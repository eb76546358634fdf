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
    if (add(task)) {
      start();
    }
  }

  /**
   * The same, but possibly without beginning yet, so that what else is about to be executed costs
   * no thread of its own.
   *
   * @return whether {@link #start} has to be called, soon
   */
  boolean add(Runnable task) {
    tasks.add(task);
    return waiting.getAndIncrement() == 0;
  }

  /**
   * Begins with what was added.
   *
   * @throws RejectedExecutionException when the executor takes no more; nothing of it will run
   */
  void start() {
    try {
      executor.execute(this::runAll);
    } catch (RejectedExecutionException e) {
      tasks.clear();
      waiting.set(0);
      throw e;
    }
  }

  private void runAll() {
    do {
      try {
        tasks.remove().run();
      } catch (Throwable e) {
        Thread current = Thread.currentThread();
        current.getUncaughtExceptionHandler().uncaughtException(current, e);
      }
    } while (waiting.decrementAndGet() > 0);
  }
}
