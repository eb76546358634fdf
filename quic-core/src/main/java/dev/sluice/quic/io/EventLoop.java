package dev.sluice.quic.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The thread that owns sockets and their connections. Each turn it runs what other threads asked
 * for, takes in datagrams, lets listeners act, sends, and then waits for the next datagram, task or
 * deadline. Time is read once a turn.
 */
public final class EventLoop implements Executor, AutoCloseable {
  private static final Logger LOG = System.getLogger(EventLoop.class.getName());

  private record Scheduled(long at, long order, Runnable task) implements Comparable<Scheduled> {
    @Override
    public int compareTo(Scheduled other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final Thread thread;
  private final Poller poller;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final PriorityQueue<Scheduled> scheduled = new PriorityQueue<>();
  private final List<QuicSocket> sockets = new ArrayList<>();
  private long order;
  private long now = System.nanoTime();
  private volatile boolean closing;

  private EventLoop(String name, boolean daemon, Poller poller) {
    this.poller = poller;
    this.thread = Thread.ofPlatform().name(name).daemon(daemon).unstarted(this::run);
  }

  /** Starts a loop whose thread does not keep the JVM alive. */
  public static EventLoop start(String name) {
    return start(name, true);
  }

  /**
   * Starts a loop.
   *
   * @param daemon false to keep the JVM alive until the loop is closed
   */
  public static EventLoop start(String name, boolean daemon) {
    try {
      EventLoop loop = new EventLoop(name, daemon, new SelectorPoller());
      loop.thread.start();
      return loop;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs a task on the loop's thread, in the order of the calls. Any thread. Dropped when the loop
   * has ended.
   */
  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (!inLoop() && woken.compareAndSet(false, true)) {
      poller.wakeUp();
    }
  }

  /** Runs a task on the loop's thread after a delay. Any thread. */
  public void schedule(Runnable task, long delayNanos) {
    if (inLoop()) {
      scheduled.add(new Scheduled(now + delayNanos, order++, task));
    } else {
      execute(() -> schedule(task, delayNanos));
    }
  }

  /** Whether the caller is on the loop's thread. */
  public boolean inLoop() {
    return Thread.currentThread() == thread;
  }

  /** The time of this turn, as of {@link System#nanoTime}. Only on the loop's thread. */
  public long now() {
    return now;
  }

  /** Closes all sockets after what they have to send, and ends the thread. Any thread. */
  @Override
  public void close() {
    execute(
        () -> {
          closing = true;
          sockets.forEach(QuicSocket::close);
        });
  }

  /**
   * Waits until the thread has ended.
   *
   * @param millis how long at the most
   * @return whether it has
   */
  public boolean awaitEnd(long millis) throws InterruptedException {
    return thread.join(Duration.ofMillis(millis));
  }

  Poller poller() {
    return poller;
  }

  void add(QuicSocket socket) {
    execute(() -> sockets.add(socket));
  }

  private void run() {
    try {
      while (!closing || !sockets.isEmpty()) {
        turn();
      }
      poller.close();
    } catch (IOException e) {
      LOG.log(Level.ERROR, "the event loop ends", e);
    }
  }

  private void turn() throws IOException {
    now = System.nanoTime();
    runTasks();
    boolean busy = false;
    for (QuicSocket socket : List.copyOf(sockets)) {
      busy |= socket.turn(now);
    }
    sockets.removeIf(QuicSocket::isClosed);
    poller.await(busy ? 0 : waitNanos());
    // Tasks that came since the flag was set have been seen by nobody: look for them next turn.
    woken.set(false);
  }

  private void runTasks() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      runSafely(task);
    }
    while (!scheduled.isEmpty() && scheduled.peek().at() <= now) {
      runSafely(scheduled.poll().task());
    }
  }

  private static void runSafely(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a task on the event loop failed", e);
    }
  }

  private long waitNanos() {
    if (!tasks.isEmpty() || closing) {
      return 0;
    }
    long deadline = scheduled.isEmpty() ? Long.MAX_VALUE : scheduled.peek().at();
    for (QuicSocket socket : sockets) {
      deadline = Math.min(deadline, socket.nextDeadline());
    }
    return deadline == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(0, deadline - System.nanoTime());
  }
}
