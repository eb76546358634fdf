package dev.sluice.http3.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * The thread that waits in {@code send}. While it does, it runs what there is to do for its call,
 * which then needs no other thread; an executor has what is left when it waits no more.
 */
final class WaitingCaller implements Executor {
  private static final Runnable GONE = () -> {};

  private final Thread thread = Thread.currentThread();
  private final Executor otherwise;

  /** What it is to run next; null for nothing, GONE when it runs nothing any more. */
  private final AtomicReference<Runnable> next = new AtomicReference<>();

  /**
   * For the current thread.
   *
   * @param otherwise runs what comes when there is something to be run already, or too late
   */
  WaitingCaller(Executor otherwise) {
    this.otherwise = otherwise;
  }

  @Override
  public void execute(Runnable task) {
    if (next.compareAndSet(null, task)) {
      wake();
    } else {
      otherwise.execute(task);
    }
  }

  private void wake() {
    if (Thread.currentThread() != thread) {
      LockSupport.unpark(thread);
    }
  }

  /**
   * Waits for a result, on the thread that this was made on. Tasks must not throw. Who is
   * interrupted still gets a result that is there: nobody else would close what it holds.
   *
   * @throws ExecutionException with what the future has failed with
   */
  <T> T await(CompletableFuture<T> result) throws InterruptedException, ExecutionException {
    result.whenComplete((value, failure) -> wake());
    try {
      while (!result.isDone()) {
        Runnable task = next.getAndSet(null);
        if (task != null) {
          task.run();
        } else {
          LockSupport.park(this);
        }
        if (!result.isDone() && Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
    } finally {
      Runnable left = next.getAndSet(GONE);
      if (left != null) {
        otherwise.execute(left);
      }
    }
    return result.get();
  }
}
