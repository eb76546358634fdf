package dev.sluice.quic.io;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.SharedParts;
import dev.sluice.quic.endpoint.TimerWheel;
import dev.sluice.quic.io.udp.Poller;
import dev.sluice.quic.stream.ReturnedChunks;
import dev.sluice.tls.KeyShareStock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * The thread that owns sockets and their connections. Each turn it takes in datagrams, lets
 * listeners act, runs what they or other threads asked for, sends what all of that led to, and then
 * waits for the next datagram, task or deadline. Time is read once a turn.
 */
public final class EventLoop implements Executor, AutoCloseable {
  private static final Logger LOG = System.getLogger(EventLoop.class.getName());

  /** Where this program's time begins, so that it never overflows; one for all loops. */
  private static final long START = System.nanoTime();

  /**
   * Tasks run in one turn. What they lead to is sent then, so that the peer works on the first of
   * many requests while the next are written: all of them at once, and each end would wait while
   * the other works. A turn costs what a few tasks do.
   */
  private static final int TASKS_PER_TURN = 32;

  /** Datagrams sent in one go: two messages of 64 KiB, as full as UDP_SEGMENT lets them be. */
  private static final int BATCH = 88;

  /**
   * 8 MiB of stream memory may wait to be used again behind readers: so much comes back at once
   * from those who had to wait for a processor.
   */
  private static final int READER_CHUNKS = 1024;

  /** And 8 MiB behind writers: what is acknowledged at once on a network next door. */
  private static final int WRITER_CHUNKS = 128;

  /**
   * A deadline that is met so late, in nanoseconds, tells that the process stood still: it was
   * stopped, or its garbage collected for long.
   */
  private static final long LATE = 100_000_000;

  /** Room for a datagram, until a socket needs more. */
  private static final int USUAL_SLOT = 2048;

  private record Scheduled(long at, long order, Runnable task) implements Comparable<Scheduled> {
    @Override
    public int compareTo(Scheduled other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }

    boolean isDue(long now, long before) {
      return at <= now && order < before;
    }
  }

  /** The kind of thread that tells a loop from all others. */
  private static final class LoopThread extends Thread {
    LoopThread(Runnable task, String name) {
      super(task, name);
    }
  }

  private final Thread thread;
  private final Poller poller;
  private final LongSupplier clock;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  /**
   * Whether the thread waits, or is about to. Whoever brings a task after that wakes it; while it
   * is busy nobody has to, since it looks for tasks once more after setting this.
   */
  private final AtomicBoolean sleeping = new AtomicBoolean();

  private final PriorityQueue<Scheduled> scheduled = new PriorityQueue<>();
  private final Set<QuicSocket> sockets = new LinkedHashSet<>();

  /** Sockets that have something to do: the others, however many, are not looked at. */
  private final Deque<QuicSocket> wanting = new ArrayDeque<>();

  private final TimerWheel<QuicSocket> deadlines = new TimerWheel<>();
  private final Deque<DatagramBatch> batches = new ArrayDeque<>();
  private final SharedParts sharedParts = new SharedParts(new ChunkReturn(READER_CHUNKS));
  private final ReturnedChunks writerChunks = new ChunkReturn(WRITER_CHUNKS);
  private final SecureRandom random = new SecureRandom();
  private int slot = USUAL_SLOT;
  private DatagramBatch received;
  private long order;
  private long now;
  private boolean closing;
  private volatile boolean ended;

  private EventLoop(String name, boolean daemon, Poller poller, LongSupplier clock) {
    this.poller = poller;
    this.clock = clock;
    this.now = clock.getAsLong();
    this.received = poller.newReceiveBatch(slot);
    this.thread = new LoopThread(this::run, name);
    thread.setDaemon(daemon);
  }

  /** Starts a loop whose thread does not keep the JVM alive, with {@link IoMode#preferred()}. */
  public static EventLoop start(String name) {
    return start(name, true, IoMode.preferred());
  }

  /**
   * Starts a loop.
   *
   * @param daemon false to keep the JVM alive until the loop is closed
   * @param mode how its sockets move datagrams
   * @throws UncheckedIOException the system does not give what is needed, or not in this mode
   */
  public static EventLoop start(String name, boolean daemon, IoMode mode) {
    try {
      return start(name, daemon, mode.newPoller());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Starts several loops of one kind, numbered when there is more than one.
   *
   * @throws IOException as above; then none is left running
   */
  public static List<EventLoop> start(String name, int count, boolean daemon, IoMode mode)
      throws IOException {
    List<EventLoop> loops = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        loops.add(start(count == 1 ? name : name + "-" + i, daemon, mode.newPoller()));
      }
    } catch (IOException | RuntimeException e) {
      loops.forEach(EventLoop::close);
      throw e;
    }
    return List.copyOf(loops);
  }

  static EventLoop start(String name, boolean daemon, Poller poller) {
    return start(name, daemon, poller, () -> System.nanoTime() - START);
  }

  static EventLoop start(String name, boolean daemon, Poller poller, LongSupplier clock) {
    EventLoop loop = new EventLoop(name, daemon, poller, clock);
    loop.thread.start();
    return loop;
  }

  /**
   * Runs a task on the loop's thread, in the order of the calls. Any thread.
   *
   * @throws RejectedExecutionException the loop has ended; the task will not run
   */
  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (sleeping.get() && sleeping.compareAndSet(true, false)) {
      poller.wakeUp();
    }
    if (ended && tasks.remove(task)) {
      throw new RejectedExecutionException("the event loop " + thread.getName() + " has ended");
    }
  }

  /**
   * Runs a task on the loop's thread after a delay, unless the loop ends before. Any thread.
   *
   * @throws RejectedExecutionException the loop has ended
   */
  public void schedule(Runnable task, long delayNanos) {
    if (inLoop()) {
      long delay = Math.clamp(delayNanos, 0, Long.MAX_VALUE - now);
      scheduled.add(new Scheduled(now + delay, order++, task));
    } else {
      execute(() -> schedule(task, delayNanos));
    }
  }

  /** For people: how datagrams are moved, and which of the system's features help. Any thread. */
  public String ioDescription() {
    return poller.description();
  }

  /** Whether the caller is on the loop's thread. */
  public boolean inLoop() {
    return Thread.currentThread() == thread;
  }

  /**
   * For what is about to wait for the network: on a loop's thread it would wait for itself, or have
   * all connections of that loop wait.
   *
   * @throws IllegalStateException the caller is on the thread of a loop, this one or another
   */
  public static void refuseToWait() {
    if (Thread.currentThread() instanceof LoopThread) {
      throw new IllegalStateException(
          "this would block the event loop's own thread; use the asynchronous method there");
    }
  }

  /** The time of this turn: nanoseconds since some moment. Only on the loop's thread. */
  public long now() {
    return now;
  }

  /** Closes all sockets after what they have to send, and ends the thread. Any thread. */
  @Override
  public void close() {
    try {
      execute(
          () -> {
            closing = true;
            List.copyOf(sockets).forEach(QuicSocket::beginClose);
          });
    } catch (RejectedExecutionException e) {
      // It has ended already.
    }
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

  // ---- for sockets ----

  Poller poller() {
    return poller;
  }

  void add(QuicSocket socket) {
    execute(
        () -> {
          sockets.add(socket);
          want(socket);
          if (closing) {
            socket.beginClose();
          }
        });
  }

  /** A socket has something to do: it gets a turn, this one or the next. On the loop's thread. */
  void want(QuicSocket socket) {
    if (socket.want()) {
      wanting.add(socket);
    }
  }

  /** Datagrams of so many bytes are to be received and sent from now on. */
  void makeRoom(int datagram) {
    if (datagram > slot) {
      slot = datagram;
      batches.clear();
      received = poller.newReceiveBatch(slot);
    }
  }

  /** The batch that all sockets of the loop receive with, one after another; empty. */
  DatagramBatch received() {
    return received;
  }

  /** An empty batch to send with. */
  DatagramBatch takeBatch() {
    DatagramBatch batch = batches.poll();
    return batch != null ? batch : new DatagramBatch(BATCH, slot);
  }

  void giveBatch(DatagramBatch batch) {
    batch.clear();
    // A second is needed only while the system has no room for the first.
    if (batches.isEmpty() && batch.slotSize() == slot) {
      batches.push(batch);
    }
  }

  /** For the connections of all sockets. */
  SharedParts sharedParts() {
    return sharedParts;
  }

  /**
   * Arrays of 64 KiB that its connections' writers have filled and nobody needs any more: one
   * supply for all QUIC streams, so that none holds what it was busy with once. Any thread.
   */
  public ReturnedChunks writerChunks() {
    return writerChunks;
  }

  // ---- the thread ----

  private void run() {
    try {
      while (!closing || !sockets.isEmpty()) {
        turn();
      }
    } catch (Throwable e) {
      LOG.log(Level.ERROR, "the event loop ends", e);
      List.copyOf(sockets).forEach(socket -> socket.fail("the event loop has failed: " + e));
    }
    end();
  }

  /**
   * What was asked for before the end is still done, so that nobody waits for an answer in vain.
   */
  private void end() {
    // First, or those who never stop asking would keep the loop from ending.
    ended = true;
    runTasks(Integer.MAX_VALUE);
    // Those that one of these tasks has brought.
    List.copyOf(sockets).forEach(socket -> socket.fail("the event loop has ended"));
    scheduled.clear();
    sharedParts.keyShares().destroy();
    try {
      poller.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "closing the poller", e);
    }
  }

  private void turn() throws IOException {
    now = clock.getAsLong();
    if (isLate(deadlines.next())) {
      // What has come meanwhile came before what is due now, though nobody has looked.
      poller.await(0);
    }
    for (QuicSocket due = deadlines.poll(now); due != null; due = deadlines.poll(now)) {
      want(due);
    }
    // In rotation, since others may want meanwhile.
    for (int count = wanting.size(); count > 0; count--) {
      QuicSocket socket = wanting.poll();
      socket.takeIn(now);
      wanting.add(socket);
    }
    runTasks(TASKS_PER_TURN);
    // Those who want again have to wait for the others.
    for (int count = wanting.size(); count > 0; count--) {
      giveOut(wanting.poll());
    }
    await(!wanting.isEmpty());
  }

  /** Whether a deadline has passed so long ago that something may have come before it. */
  boolean isLate(long deadline) {
    return deadline < now - LATE;
  }

  private void giveOut(QuicSocket socket) {
    boolean more = socket.giveOut(now);
    if (socket.isClosed()) {
      sockets.remove(socket);
      deadlines.forget(socket.timer());
    } else {
      deadlines.update(socket.timer(), socket.nextDeadline());
      if (more) {
        want(socket);
      }
    }
  }

  private void await(boolean busy) throws IOException {
    if (busy || usedMoment()) {
      poller.await(0);
    } else {
      sleeping.set(true);
      poller.await(waitNanos());
      sleeping.set(false);
    }
    // Nobody has reason to interrupt the loop, and while it is interrupted no wait would wait.
    Thread.interrupted();
  }

  /** Makes a key pair for a coming handshake, if one is wanted and there is nothing else to do. */
  private boolean usedMoment() throws IOException {
    KeyShareStock stock = sharedParts.keyShares();
    if (!stock.isShort() || closing || waitNanos() == 0) {
      return false;
    }
    poller.await(0);
    if (wanting.isEmpty()) {
      stock.prepare(random);
    }
    return true;
  }

  private long waitNanos() {
    if (!tasks.isEmpty() || closing && sockets.isEmpty()) {
      return 0;
    }
    long deadline =
        Math.min(deadlines.next(), scheduled.isEmpty() ? Long.MAX_VALUE : scheduled.peek().at());
    return deadline == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(0, deadline - clock.getAsLong());
  }

  private void runTasks(int limit) {
    Runnable task = tasks.poll();
    for (int i = 1; task != null; i++) {
      runSafely(task);
      task = i < limit ? tasks.poll() : null;
    }
    long next = order; // what these schedule is for the next turn, if it is for now
    while (!scheduled.isEmpty() && scheduled.peek().isDue(now, next)) {
      runSafely(scheduled.poll().task());
    }
  }

  private static void runSafely(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      LOG.log(Level.ERROR, "a task on the event loop failed", e);
    }
  }
}
