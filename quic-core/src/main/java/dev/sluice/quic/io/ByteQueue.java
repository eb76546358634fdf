package dev.sluice.quic.io;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Bytes on their way from one thread to another, bounded, without a lock: one thread produces, one
 * consumes. The bytes lie in a chain of chunks that starts small and grows with the traffic, so
 * that thousands of streams with a few bytes each cost little and a busy one moves 64 KiB at a
 * time.
 *
 * <p>Nothing here waits; {@link InboundPipe} and {@link OutboundPipe} add the waiting. "One thread"
 * means one at a time, with a happens-before edge when the role passes from thread to thread.
 */
public final class ByteQueue {

  /** Gives bytes, on the contract of {@link dev.sluice.quic.stream.RecvStream#read}. */
  @FunctionalInterface
  public interface Source {
    /**
     * Copies up to {@code length} bytes; 0 when there are none now, -1 when there never will be.
     */
    int read(byte[] target, int offset, int length);
  }

  /** Takes bytes, on the contract of {@link dev.sluice.quic.stream.SendStream#write}. */
  @FunctionalInterface
  public interface Sink {
    /** Takes up to {@code length} bytes and says how many it took. */
    int write(byte[] source, int offset, int length);
  }

  /** Of most streams a short message is all there is. */
  private static final int SMALLEST_CHUNK = 256;

  private static final int LARGEST_CHUNK = 64 * 1024;

  /** From the smallest to the largest in four steps. */
  private static final long GROWTH = 4;

  private static final int SPARES = 4;
  private static final byte[] NOTHING = {};

  /** A link of the chain: the producer fills it up to its end before it hangs on the next. */
  private static final class Chunk {
    final byte[] bytes;

    /** Consumer only. */
    int read;

    volatile int written;
    volatile Chunk next;

    Chunk(byte[] bytes) {
      this.bytes = bytes;
    }
  }

  private final long capacity;

  /**
   * Used-up arrays of the largest size, on their way back to be filled again. As many as are in a
   * queue of the usual capacity, so that a steady transfer makes no garbage. Null before the first:
   * the consumer makes it.
   */
  private volatile AtomicReferenceArray<byte[]> spares;

  private Chunk head; // consumer only
  private Chunk tail; // producer only
  private volatile long produced;
  private volatile long consumed;

  /**
   * @param capacity bytes that may lie between the threads, at least 1
   */
  public ByteQueue(long capacity) {
    this.capacity = capacity;
    head = new Chunk(NOTHING);
    tail = head;
  }

  /** The bound given at the beginning, in bytes. */
  public long capacity() {
    return capacity;
  }

  /** Bytes between the threads now. Any thread. */
  public long size() {
    long taken = consumed; // read first, so that the difference is never negative
    return produced - taken;
  }

  /** Bytes that would still fit, if positive. Exact or too low on the producer's thread. */
  public long room() {
    return capacity - size();
  }

  /** Bytes that ever went in. Any thread. */
  public long produced() {
    return produced;
  }

  /** Bytes that ever came out. Any thread. */
  public long consumed() {
    return consumed;
  }

  /** Producer: copies in what fits and says how much that was. */
  public int write(byte[] source, int offset, int length) {
    int done = 0;
    while (done < length) {
      int n = (int) Math.min(Math.min(length - done, room()), Integer.MAX_VALUE);
      if (n <= 0) {
        break;
      }
      Chunk chunk = chunkWithRoom();
      n = Math.min(n, chunk.bytes.length - chunk.written);
      System.arraycopy(source, offset + done, chunk.bytes, chunk.written, n);
      publish(chunk, n);
      done += n;
    }
    return done;
  }

  /**
   * Producer: takes from a source until it or the room is used up.
   *
   * @return what the source's last read returned: 0 nothing now, -1 ended; or 1 when it may have
   *     more and there is no room
   */
  public int fill(Source source) {
    while (room() > 0) {
      Chunk chunk = chunkWithRoom();
      int space = (int) Math.min(room(), chunk.bytes.length - chunk.written);
      int n = source.read(chunk.bytes, chunk.written, space);
      if (n <= 0) {
        return n;
      }
      publish(chunk, n);
    }
    return 1;
  }

  /**
   * Producer: takes everything that a source has, whether there is room or not: for a source that
   * holds a bounded rest and is about to go away.
   *
   * @return 0 or -1, as its last read
   */
  public int fillBeyondRoom(Source source) {
    while (true) {
      Chunk chunk = chunkWithRoom();
      int n = source.read(chunk.bytes, chunk.written, chunk.bytes.length - chunk.written);
      if (n <= 0) {
        return n;
      }
      publish(chunk, n);
    }
  }

  private Chunk chunkWithRoom() {
    Chunk chunk = tail;
    if (chunk.written < chunk.bytes.length) {
      return chunk;
    }
    int size = Math.clamp(GROWTH * chunk.bytes.length, SMALLEST_CHUNK, LARGEST_CHUNK);
    byte[] recycled = size == LARGEST_CHUNK ? takeSpare() : null;
    Chunk fresh = new Chunk(recycled != null ? recycled : new byte[size]);
    tail = fresh;
    chunk.next = fresh;
    return fresh;
  }

  private byte[] takeSpare() {
    AtomicReferenceArray<byte[]> from = spares;
    byte[] taken = null;
    for (int i = 0; from != null && taken == null && i < SPARES; i++) {
      taken = from.get(i) == null ? null : from.getAndSet(i, null);
    }
    return taken;
  }

  private void giveSpare(byte[] bytes) {
    if (spares == null) {
      spares = new AtomicReferenceArray<>(SPARES);
    }
    boolean given = false;
    for (int i = 0; !given && i < SPARES; i++) {
      given = spares.compareAndSet(i, null, bytes);
    }
  }

  /** Only the producer writes these two fields, so an increment needs no compare-and-set. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField")
  private void publish(Chunk chunk, int n) {
    chunk.written += n;
    produced += n;
  }

  /** Consumer: copies out up to {@code length} bytes; 0 when there are none. */
  public int read(byte[] target, int offset, int length) {
    int done = 0;
    while (done < length) {
      Chunk chunk = chunkWithBytes(true);
      if (chunk == null) {
        break;
      }
      int n = Math.min(length - done, chunk.written - chunk.read);
      System.arraycopy(chunk.bytes, chunk.read, target, offset + done, n);
      release(chunk, n);
      done += n;
    }
    return done;
  }

  /**
   * Consumer: takes the next contiguous bytes without a copy. The array is the caller's from then
   * on as far as the buffer reaches.
   *
   * @return null when there are none
   */
  public ByteBuffer take() {
    Chunk chunk = chunkWithBytes(false);
    if (chunk == null) {
      return null;
    }
    int n = chunk.written - chunk.read;
    ByteBuffer taken = ByteBuffer.wrap(chunk.bytes, chunk.read, n).slice();
    release(chunk, n);
    return taken;
  }

  /**
   * Consumer: hands bytes to a sink until it takes fewer than it was offered or there are none.
   *
   * @return whether everything went; false when the sink is full
   */
  public boolean drainTo(Sink sink) {
    for (Chunk chunk = chunkWithBytes(true); chunk != null; chunk = chunkWithBytes(true)) {
      int offered = chunk.written - chunk.read;
      int n = sink.write(chunk.bytes, chunk.read, offered);
      release(chunk, n);
      if (n < offered) {
        return false;
      }
    }
    return true;
  }

  /** Consumer: drops everything that is there. */
  public void clear() {
    for (Chunk chunk = chunkWithBytes(true); chunk != null; chunk = chunkWithBytes(true)) {
      release(chunk, chunk.written - chunk.read);
    }
  }

  private Chunk chunkWithBytes(boolean recycle) {
    Chunk chunk = head;
    while (chunk.read == chunk.bytes.length) {
      Chunk next = chunk.next;
      if (next == null) {
        return null;
      }
      head = next;
      if (recycle && chunk.bytes.length == LARGEST_CHUNK) {
        giveSpare(chunk.bytes);
      }
      chunk = next;
    }
    return chunk.read < chunk.written ? chunk : null;
  }

  /** Only the consumer writes these two fields. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField")
  private void release(Chunk chunk, int n) {
    chunk.read += n;
    consumed += n;
  }
}
