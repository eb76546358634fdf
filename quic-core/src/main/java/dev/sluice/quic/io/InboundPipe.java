package dev.sluice.quic.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.ReadPendingException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Received bytes on their way from the loop thread to a thread that reads them as an {@link
 * InputStream}. The loop fills it from a stream as far as there is room; what does not fit stays in
 * the stream, whose flow control then holds the peer back.
 *
 * <p>The reader wakes the loop only when the pipe was full and is half empty again, and the loop
 * wakes the reader only when it waits, so a fast transfer costs few wake-ups.
 *
 * <p>It knows nothing of HTTP. The loop side ({@link #fill}, {@link #end}, {@link #fail}) belongs
 * to one thread; the stream may be used by any, one call at a time.
 */
public final class InboundPipe implements HeldContent {

  /** What {@link #fill} found. */
  public enum Filled {
    /** The source has nothing at present. */
    SOURCE_EMPTY,
    /** The source will never give another byte: call {@link #end} or {@link #fail}. */
    SOURCE_ENDED,
    /** No room; {@code onRoom} runs when there is. */
    PIPE_FULL,
    /** The reader has gone; what the source holds is of no use. */
    ABANDONED
  }

  private final ByteQueue queue;
  private final Runnable onRoom;
  private final Runnable onAbandoned;

  /** Held while bytes are taken out, never while somebody waits for them. */
  private final ReentrantLock reading = new ReentrantLock();

  /** Of the threads that wait in a read, one after the other. */
  private final ReentrantLock turn = new ReentrantLock();

  private final Reader stream = new Reader();

  /** Wakes whoever waits for something to read; null when nobody does. */
  private final AtomicReference<Runnable> waiter = new AtomicReference<>();

  private volatile boolean stalled;
  private volatile boolean abandoned;

  /** Null while more may come; gives null for a clean end. */
  private volatile Supplier<? extends IOException> end;

  /**
   * @param capacity bytes that may wait for the reader
   * @param onRoom runs on the reader's thread when a full pipe is half empty again; it is to get
   *     {@link #fill} called on the loop
   * @param onAbandoned runs on the reader's thread, once, when it closes the stream before its end
   */
  public InboundPipe(int capacity, Runnable onRoom, Runnable onAbandoned) {
    this.queue = new ByteQueue(capacity);
    this.onRoom = Objects.requireNonNull(onRoom);
    this.onAbandoned = Objects.requireNonNull(onAbandoned);
  }

  /** The reader's side. Closing it early abandons the rest. */
  public InputStream stream() {
    return stream;
  }

  /** Bytes that were moved in so far. Any thread. */
  public long received() {
    return queue.produced();
  }

  /** Bytes that wait for the reader. Any thread. */
  public long buffered() {
    return queue.size();
  }

  /** Loop: moves bytes from the source as far as there is room. */
  public Filled fill(ByteQueue.Source source) {
    if (abandoned) {
      return Filled.ABANDONED;
    }
    long before = queue.produced();
    Filled filled = null;
    while (filled == null) {
      int last = queue.fill(source);
      if (last == 0) {
        filled = Filled.SOURCE_EMPTY;
      } else if (last < 0) {
        filled = Filled.SOURCE_ENDED;
      } else {
        // Full: say so first and look again, so that a reader that empties the pipe in between
        // either sees the mark or leaves room that is seen here.
        stalled = true;
        if (queue.room() <= 0) {
          filled = Filled.PIPE_FULL;
        } else {
          stalled = false;
        }
      }
    }
    if (queue.produced() != before) {
      wakeReader();
    }
    return filled;
  }

  /**
   * Loop: moves all that the source has, beyond the bound if need be: for a source that will give
   * nothing more, such as a stream whose connection has ended, so that the reader can take its time
   * without the loop.
   *
   * @return anything but PIPE_FULL
   */
  public Filled fillAll(ByteQueue.Source source) {
    if (abandoned) {
      return Filled.ABANDONED;
    }
    int last = queue.fillBeyondRoom(source);
    stalled = false;
    wakeReader();
    return last < 0 ? Filled.SOURCE_ENDED : Filled.SOURCE_EMPTY;
  }

  /** Loop: nothing follows; the reader gets what is there and then end-of-stream. */
  public void end() {
    fail(() -> null);
  }

  /**
   * Loop: nothing follows; the reader gets what is there and then, each time, an exception. Only
   * the first of {@link #end} and this counts.
   */
  public void fail(Supplier<? extends IOException> failure) {
    if (end == null) {
      end = failure;
      wakeReader();
    }
  }

  @Override
  public long consumed() {
    return queue.consumed();
  }

  @Override
  public boolean isOver() {
    return abandoned || queue.size() == 0;
  }

  @Override
  public void drop(Supplier<? extends IOException> why) {
    if (reading.tryLock()) {
      try {
        if (queue.size() > 0) {
          end = why;
          queue.clear();
        }
      } finally {
        reading.unlock();
      }
    }
  }

  private void wakeReader() {
    Runnable wake = waiter.get();
    if (wake != null && waiter.compareAndSet(wake, null)) {
      wake.run();
    }
  }

  // ---- the reader without waiting ----

  /**
   * Reader: what {@link #stream()}'s read would give, but 0 instead of waiting.
   *
   * @throws IOException as from the stream
   */
  public int poll(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    reading.lock();
    try {
      return tryRead(target, offset, length);
    } finally {
      letGo();
    }
  }

  /**
   * Reader: runs a callback once, as soon as {@link #poll} has more to say than 0: now on this
   * thread, or later on the loop's.
   *
   * @throws ReadPendingException somebody waits already, here or in a read of the stream
   */
  public void whenReadable(Runnable callback) {
    claim(callback);
    if (isReadable()) {
      wakeReader();
    }
  }

  /** Reader: a callback is not wanted any more; false when it has run or is about to. */
  boolean forget(Runnable callback) {
    return waiter.compareAndSet(callback, null);
  }

  /** Nobody who waits may be forgotten for another. */
  private void claim(Runnable wake) {
    if (!waiter.compareAndSet(null, wake)) {
      throw new ReadPendingException();
    }
  }

  private boolean isReadable() {
    return queue.size() > 0 || end != null || abandoned;
  }

  private int tryRead(byte[] target, int offset, int length) throws IOException {
    if (abandoned) {
      throw new IOException("the stream is closed");
    }
    Supplier<? extends IOException> ended = end; // before the bytes: they were put in before it
    int n = queue.read(target, offset, length);
    if (n > 0) {
      resumeSource();
      return n;
    }
    if (ended == null) {
      return 0;
    }
    IOException failure = ended.get();
    if (failure != null) {
      throw failure;
    }
    return -1;
  }

  // ---- the reader as a stream ----

  private int read(byte[] target, int offset, int length) throws IOException {
    int n = poll(target, offset, length);
    if (n != 0) {
      return n;
    }
    EventLoop.refuseToWait();
    turn.lock();
    try {
      while (n == 0) {
        await();
        n = poll(target, offset, length);
      }
      return n;
    } finally {
      turn.unlock();
    }
  }

  private void resumeSource() {
    if (stalled && queue.room() >= queue.capacity() / 2) {
      stalled = false;
      onRoom.run();
    }
  }

  private void await() throws InterruptedIOException {
    Thread thread = Thread.currentThread();
    Runnable wake = () -> LockSupport.unpark(thread);
    claim(wake);
    try {
      while (!isReadable() && waiter.get() == wake) {
        LockSupport.park(this);
        if (Thread.interrupted()) {
          Thread.currentThread().interrupt();
          throw new InterruptedIOException("interrupted while waiting for bytes from the peer");
        }
      }
    } finally {
      waiter.compareAndSet(wake, null);
    }
  }

  /** The reader is done; what was closed meanwhile keeps nothing. */
  private void letGo() {
    reading.unlock();
    if (abandoned) {
      clearAbandoned();
    }
  }

  private void clearAbandoned() {
    if (reading.tryLock()) { // else there is a reader, and the bytes go when it lets go
      try {
        queue.clear();
      } finally {
        reading.unlock();
      }
    }
  }

  private void abandon() {
    if (abandoned) {
      return;
    }
    boolean drained = end != null && queue.size() == 0;
    abandoned = true;
    wakeReader(); // a close by another thread ends a read that waits
    clearAbandoned();
    if (!drained) {
      onAbandoned.run();
    }
  }

  /** The locks keep two threads that read one stream from breaking it; free in normal use. */
  private final class Reader extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, target.length);
      if (length == 0) {
        return 0;
      }
      return InboundPipe.this.read(target, offset, length);
    }

    @Override
    public int available() {
      return abandoned ? 0 : (int) Math.min(queue.size(), Integer.MAX_VALUE);
    }

    @Override
    public void close() {
      abandon();
    }
  }
}
