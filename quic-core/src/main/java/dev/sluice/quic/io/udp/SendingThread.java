package dev.sluice.quic.io.udp;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A thread beside a loop's own, that sends whole batches while the loop makes the next: where each
 * datagram is a system call, these calls are most of the work. It starts with the first whole batch
 * and ends when there has been none for a second. Used on the loop's thread, where it says no
 * other.
 */
final class SendingThread {

  /** One is being sent and one waits, so that this thread never has to wait for the loop. */
  private static final int FLIGHTS = 2;

  private static final long IDLE_SECONDS = 1;

  /** More than what is on its way can take, unless the machine is out of breath. */
  private static final long LAST_SECONDS = 1;

  private static final int LARGEST = 65_536;

  private final Deque<Flight> free = new ArrayDeque<>();
  private final Queue<Flight> back = new ConcurrentLinkedQueue<>();
  private final Runnable wakeUp;
  private final ThreadPoolExecutor executor;

  /** On the way between arrays and the system; used on the thread itself. */
  private ByteBuffer transfer;

  /**
   * @param wakeUp has the loop call {@link #deliver} soon; called on the thread itself
   */
  SendingThread(Runnable wakeUp) {
    this(wakeUp, SendingThread::thread);
  }

  /**
   * @param wakeUp as above
   * @param threads makes the thread
   */
  SendingThread(Runnable wakeUp, ThreadFactory threads) {
    this.wakeUp = wakeUp;
    this.executor =
        new ThreadPoolExecutor(
            1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
    executor.allowCoreThreadTimeOut(true);
    for (int i = 0; i < FLIGHTS; i++) {
      free.add(new Flight());
    }
  }

  private static Thread thread(Runnable task) {
    String loop = Thread.currentThread().getName();
    return Thread.ofPlatform().daemon().name(loop + "-sending").unstarted(task);
  }

  /** One to be loaded and sent; null when all are on their way. */
  Flight take() {
    if (transfer == null) {
      transfer = ByteBuffer.allocateDirect(LARGEST);
    }
    return free.poll();
  }

  /** It is over, and may be loaded again. */
  void give(Flight flight) {
    flight.unload();
    free.push(flight);
  }

  /** Has a flight sent, as far as the system takes it, after all that were sent before. */
  void send(Flight flight) {
    run(
        () -> {
          flight.send(transfer);
          back.add(flight);
          wakeUp.run();
        });
  }

  /** Runs something, on the thread itself, after all that was sent before. */
  void afterwards(Runnable task) {
    run(
        () -> {
          task.run();
          wakeUp.run();
        });
  }

  /** On the loop's thread where there is no other: nothing is on its way then. */
  private void run(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      task.run(); // closed, or the system gives no more threads
    }
  }

  /** Tells the senders of flights that came back since. */
  void deliver() {
    for (Flight flight = back.poll(); flight != null; flight = back.poll()) {
      flight.sender().onBack(flight);
    }
  }

  /** Ends the thread after what is on its way. */
  void close() {
    executor.shutdown();
    try {
      executor.awaitTermination(LAST_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
