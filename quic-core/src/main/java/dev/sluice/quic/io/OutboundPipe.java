package dev.sluice.quic.io;

import dev.sluice.quic.stream.ReturnedChunks;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.channels.WritePendingException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Bytes on their way from a thread that writes them to an {@link OutputStream} to the loop thread,
 * which moves them into a stream's send buffer. A writer that is ahead of the network waits here.
 *
 * <p>Bytes gather until a threshold, {@code flush()} or {@code close()}, so that many small writes
 * do not wake the loop many times; and while the loop's stream is full, none does.
 *
 * <p>It knows nothing of HTTP. The loop side ({@link #drain}, {@link #fail}) belongs to one thread;
 * the stream may be used by any, one call at a time.
 */
public final class OutboundPipe {

  /** What {@link #drain} or {@link #hand} left. */
  public enum Drained {
    /** Everything went; {@code onData} runs when there is more. */
    PIPE_EMPTY,
    /** The sink is full: call {@link #drain} again when it has room. */
    SINK_FULL,
    /** Everything went and the writer has closed the stream. Returned once. */
    FINISHED,
    /**
     * The same, but a write was interrupted before: what was written is not the whole, and its
     * reader must not take it for that. Returned once.
     */
    CUT,
    /** It has ended before. */
    ENDED
  }

  /**
   * A pipe grows to this many times its capacity, where the network is faster than wake-ups are: a
   * megabyte, of which half a millisecond's work at a gigabyte a second is written at a time.
   */
  private static final int GROWTH = 4;

  /** Only who has written so many times the capacity is likely to write that much again. */
  private static final int WORTH_GROWING = 16;

  private final ByteQueue queue;
  private final long mostCapacity;
  private final int threshold;
  private final Runnable onData;
  private final ReentrantLock writing = new ReentrantLock();
  private final Writer stream = new Writer();

  /** Whether {@code onData} has run and {@link #drain} not yet followed. */
  private final AtomicBoolean announced = new AtomicBoolean();

  private volatile boolean sinkFull;

  /** The writer had to wait since the pipe was last empty. */
  private volatile boolean filled;

  /** The writer has asked for the end; it comes after the write that is under way. */
  private volatile boolean closing;

  private volatile boolean closed;
  private volatile Supplier<? extends IOException> failure;

  /** A write was interrupted: nobody knows how much of it was taken, so that nothing may follow. */
  private volatile boolean cut;

  /** A write without waiting is not done: it has its turn between its steps too. */
  private volatile boolean pending;

  /** Wakes whoever waits for room; null when nobody does. */
  private final AtomicReference<Runnable> waiter = new AtomicReference<>();

  private boolean ended; // loop only

  /**
   * @param capacity bytes that may wait for the loop, at first; more where that is too few for a
   *     fast network
   * @param threshold bytes that are gathered before the loop is told, 1 to {@code capacity}
   * @param onData runs on the writer's thread; it is to get {@link #drain} called on the loop
   * @param spares arrays that the pipes of a loop share ({@link EventLoop#writerChunks}), to be
   *     filled again once what was in them is acknowledged ({@link #hand}); null for none
   */
  public OutboundPipe(int capacity, int threshold, Runnable onData, ReturnedChunks spares) {
    this.queue = new ByteQueue(capacity, spares);
    this.mostCapacity = (long) GROWTH * capacity;
    this.threshold = threshold;
    this.onData = Objects.requireNonNull(onData);
  }

  /**
   * The writer's side. Closing it ends the stream after what was written, and waits for nothing: a
   * write that another thread is in the middle of, or one without waiting that is not done, comes
   * to its end first. After a write that was interrupted nothing can be written, and closing it
   * says that the stream was {@link Drained#CUT cut}.
   */
  public OutputStream stream() {
    return stream;
  }

  /** Bytes that were written so far. Any thread. */
  public long written() {
    return queue.produced();
  }

  /** Bytes that wait for the loop. Any thread. */
  public long buffered() {
    return queue.size();
  }

  /** Whether the writer has closed its side. Any thread. */
  public boolean isClosed() {
    return closed;
  }

  /** Loop: copies bytes into the sink as far as it takes them. */
  public Drained drain(ByteQueue.Sink sink) {
    return drained(queue -> queue.drainTo(sink));
  }

  /** Loop: hands bytes over where they lie, as far as the other takes them. */
  public Drained hand(ByteQueue.Adopter to) {
    return drained(queue -> queue.handTo(to));
  }

  private Drained drained(Predicate<ByteQueue> move) {
    if (ended || failure != null) {
      return Drained.ENDED;
    }
    announced.set(false); // before looking: what is written from here on is announced anew
    sinkFull = false;
    boolean finishing = closed; // before the bytes: they were written before the close
    boolean empty = move.test(queue);
    if (empty) {
      growIfBehind();
    } else {
      sinkFull = true;
    }
    if (isWritable()) {
      wakeWriter();
    }
    if (!empty) {
      return Drained.SINK_FULL;
    }
    if (!finishing) {
      return Drained.PIPE_EMPTY;
    }
    ended = true;
    return cut ? Drained.CUT : Drained.FINISHED;
  }

  /**
   * Who fills the pipe, waits, and does not fill it again before it is empty, would keep up if it
   * wrote more at a time: each wake-up of a thread costs as much as sending some packets.
   */
  private void growIfBehind() {
    long capacity = queue.capacity();
    if (filled && queue.consumed() >= WORTH_GROWING * capacity) {
      queue.capacity(Math.min(2 * capacity, mostCapacity));
    }
    filled = false;
  }

  /**
   * Loop: takes no more bytes; the writer gets this exception on every further call. Only the first
   * counts, and none after FINISHED.
   */
  public void fail(Supplier<? extends IOException> cause) {
    if (!ended && failure == null) {
      failure = cause;
      queue.clear();
      wakeWriter();
    }
  }

  private void wakeWriter() {
    Runnable wake = waiter.get();
    if (wake != null && waiter.compareAndSet(wake, null)) {
      wake.run();
    }
  }

  // ---- the writer without waiting ----

  /**
   * Writer: a write without waiting begins, of which {@link #offer} and {@link #lend} are the
   * steps. Nobody else writes before {@link #endPending}, and a close takes effect behind it.
   *
   * @return false when another has not ended
   * @throws IOException as from the stream
   * @throws WritePendingException a thread is writing
   */
  boolean beginPending() throws IOException {
    if (pending) {
      return false;
    }
    if (!writing.tryLock()) {
      checkOpen();
      throw new WritePendingException();
    }
    try {
      checkTurn();
      pending = true;
      return true;
    } finally {
      letGo();
    }
  }

  /** Writer: the write that has begun is over, complete or not. */
  void endPending() {
    pending = false;
    endIfClosing();
  }

  /**
   * Writer: takes as many bytes as there is room for, and tells the loop at once.
   *
   * @return how many, possibly 0
   * @throws IOException it has failed
   */
  int offer(byte[] source, int offset, int length) throws IOException {
    return offer(queue::write, source, offset, length);
  }

  /**
   * Writer: the same without a copy, for bytes that nobody changes as long as any may be sent.
   *
   * @return how many, possibly 0
   * @throws IOException it has failed
   */
  int lend(byte[] source, int offset, int length) throws IOException {
    return offer(queue::lend, source, offset, length);
  }

  private int offer(ByteQueue.Sink to, byte[] source, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, source.length);
    writing.lock(); // others have it for a moment only, to find that it is not their turn
    try {
      check();
      int n = to.write(source, offset, length);
      announce();
      return n;
    } finally {
      letGo();
    }
  }

  /**
   * Writer: runs a callback once, as soon as half of the pipe is free or it has failed: now on this
   * thread, or later on the loop's.
   */
  void whenWritable(Runnable callback) {
    filled = true;
    claim(callback);
    if (isWritable()) {
      wakeWriter();
    }
  }

  /** Nobody who waits may be forgotten for another. */
  private void claim(Runnable wake) {
    if (!waiter.compareAndSet(null, wake)) {
      throw new WritePendingException();
    }
  }

  /** Half of the pipe is worth a wake-up, so that each moves much. */
  private boolean isWritable() {
    return queue.room() >= Math.max(1, queue.capacity() / 2) || failure != null;
  }

  // ---- the writer as a stream ----

  private void announce() {
    if (!sinkFull && announced.compareAndSet(false, true)) {
      onData.run();
    }
  }

  /**
   * Writer: has bytes put where they stay until they are acknowledged, and waits for room as the
   * stream does. The loop is told of each array, since what fills them may be slow.
   *
   * @param count how many the filler is asked for, at least 1
   * @throws IOException as from the stream, or from the filler: what came before is in the pipe
   */
  public void write(ByteQueue.Filler filler, long count) throws IOException {
    begin(count);
    try {
      long left = count;
      while (left > 0) {
        check();
        int n = queue.write(filler, left);
        left -= n;
        if (n == 0) {
          await();
        } else if (queue.size() >= threshold) {
          announce();
        }
      }
    } finally {
      letGo();
    }
  }

  private void write(byte[] source, int offset, int length) throws IOException {
    begin(length);
    try {
      int done = 0;
      while (true) {
        check();
        done += queue.write(source, offset + done, length - done);
        if (queue.size() >= threshold) {
          announce();
        }
        if (done == length) {
          return;
        }
        await();
      }
    } finally {
      letGo();
    }
  }

  /** One write at a time; the loop's thread writes only what it need not wait with. */
  private void begin(long count) throws IOException {
    if (!writing.tryLock()) {
      EventLoop.refuseToWait();
      writing.lock();
    }
    try {
      checkTurn();
      if (count > queue.room()) {
        EventLoop.refuseToWait();
      }
    } catch (IOException | RuntimeException e) {
      letGo();
      throw e;
    }
  }

  /** A write is over, and what was closed meanwhile ends after it. */
  private void letGo() {
    writing.unlock();
    endIfClosing();
  }

  private void endIfClosing() {
    if (closing) {
      endUnlessWriting();
    }
  }

  private void endUnlessWriting() {
    // Else somebody is writing, and the end comes when that one lets go.
    if (!writing.isHeldByCurrentThread() && writing.tryLock()) {
      try {
        if (!closed && !pending) {
          closed = true;
          announce();
        }
      } finally {
        writing.unlock();
      }
    }
  }

  private void checkOpen() throws IOException {
    check();
    if (closing) {
      throw new IOException("the stream is closed");
    }
    if (cut) {
      throw new IOException("a write before was interrupted, and only a part of it taken");
    }
  }

  private void checkTurn() throws IOException {
    checkOpen();
    if (pending) {
      throw new WritePendingException();
    }
  }

  private void check() throws IOException {
    Supplier<? extends IOException> failed = failure;
    if (failed != null) {
      throw failed.get();
    }
  }

  private void await() throws InterruptedIOException {
    filled = true;
    Thread thread = Thread.currentThread();
    Runnable wake = () -> LockSupport.unpark(thread);
    claim(wake);
    try {
      while (!isWritable() && waiter.get() == wake) {
        LockSupport.park(this);
        if (Thread.interrupted()) {
          Thread.currentThread().interrupt();
          cut = true;
          throw new InterruptedIOException("interrupted while waiting for the peer to take bytes");
        }
      }
    } finally {
      waiter.compareAndSet(wake, null);
    }
  }

  private final class Writer extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, source.length);
      OutboundPipe.this.write(source, offset, length);
    }

    @Override
    public void flush() throws IOException {
      Supplier<? extends IOException> failed = failure;
      if (failed != null) {
        throw failed.get();
      }
      if (queue.size() > 0) {
        announce();
      }
    }

    @Override
    public void close() throws IOException {
      if (closing) {
        return;
      }
      closing = true;
      endUnlessWriting();
      Supplier<? extends IOException> failed = failure;
      if (failed != null) {
        throw failed.get();
      }
    }
  }
}
