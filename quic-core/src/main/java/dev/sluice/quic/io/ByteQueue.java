package dev.sluice.quic.io;

import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.ReturnedChunks;
import dev.sluice.quic.stream.SendBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Bytes on their way from one thread to another, bounded, without a lock: one thread produces, one
 * consumes. The bytes lie in a chain of arrays: those of a stream, which are handed over as they
 * are ({@link #fill}), or copies of what is written, which start small and grow with the traffic,
 * so that thousands of streams with a few bytes each cost little and a busy one moves 64 KiB at a
 * time.
 *
 * <p>Nothing here waits; {@link InboundPipe} and {@link OutboundPipe} add the waiting. "One thread"
 * means one at a time, with a happens-before edge when the role passes from thread to thread.
 */
@SuppressWarnings("NonAtomicOperationOnVolatileField") // each is written by one of the two alone
public final class ByteQueue {

  /** Hands bytes over, on the contract of {@link RecvStream#take}. */
  @FunctionalInterface
  public interface Source {
    /** Up to {@code most} bytes; 0 when there are none now, -1 when there never will be. */
    int take(int most, RecvStream.Taker to);
  }

  /** Puts bytes into a buffer, as a channel's {@code read} does. */
  @FunctionalInterface
  public interface Filler {
    /**
     * Adds at least one byte, at most as many as remain, and says how many.
     *
     * @throws IOException there are no more, or none can be had
     */
    int fill(ByteBuffer room) throws IOException;
  }

  /** Takes bytes, on the contract of {@link dev.sluice.quic.stream.SendStream#write}. */
  @FunctionalInterface
  public interface Sink {
    /** Takes up to {@code length} bytes and says how many it took. */
    int write(byte[] source, int offset, int length);
  }

  /** Takes bytes over, on the contract of {@link dev.sluice.quic.stream.SendStream#adopt}. */
  @FunctionalInterface
  public interface Adopter {
    /** Takes up to {@code length} bytes and says how many it took. */
    int adopt(byte[] array, int offset, int length, ReturnedChunks home);
  }

  /** Of most streams a short message is all there is. */
  private static final int SMALLEST_CHUNK = 256;

  private static final int LARGEST_CHUNK = 64 * 1024;

  /** From the smallest to the largest in four steps. */
  private static final long GROWTH = 4;

  /** Of a queue that has none to share with others: 1 MiB waits to be filled again. */
  private static final int SPARES = 16;

  /** Links that wait to be used again: as many as a steady flow has between its threads. */
  private static final int IDLE_LINKS = 64;

  private static final byte[] NOTHING = {};

  /** A link of the chain: nothing is added to it once the next hangs on it. */
  private static final class Chunk {
    /** Replaced by the consumer when it needs them no more. */
    byte[] bytes;

    /** Whether the array was made here, and may be filled to its end. */
    boolean own;

    /** Where the array goes when it was read to its end; null for nowhere. Set before that end. */
    ReturnedChunks home;

    /** Consumer only: some of the bytes were given away where they lie, for good. */
    boolean lent;

    /** Consumer only: some of the bytes were handed over to who gives the array back. */
    boolean adopted;

    /** Consumer only. */
    int read;

    volatile int written;
    volatile Chunk next;

    Chunk hold(byte[] array, int from, boolean isOwn) {
      bytes = array;
      own = isOwn;
      home = null;
      lent = false;
      adopted = false;
      read = from;
      written = from;
      next = null;
      return this;
    }
  }

  private volatile long capacity;
  private final RecvStream.Taker adding = this::add;

  /** Used-up arrays of the largest size. Null before the first: the consumer makes it. */
  private volatile ReturnedChunks spares;

  /** Written by the consumer: what lies before it in the chain nobody looks at any more. */
  private volatile Chunk head;

  private Chunk tail; // producer only

  /**
   * Producer only: the first link of the chain, free to be its last again if it is not the head.
   */
  private Chunk oldest;

  /** Links that the consumer has let go of, ever. Written by it alone. */
  private volatile int passed;

  /** How many of those were used again, or lost. Written by the producer alone. */
  private volatile int reused;

  private volatile long produced;
  private volatile long consumed;

  /**
   * @param capacity bytes that may lie between the threads, at least 1
   */
  public ByteQueue(long capacity) {
    this(capacity, null);
  }

  /**
   * @param spares used-up arrays of 64 KiB that several queues share; null for this one's own
   */
  ByteQueue(long capacity, ReturnedChunks spares) {
    this.capacity = capacity;
    this.spares = spares;
    oldest = new Chunk().hold(NOTHING, 0, false);
    head = oldest;
    tail = oldest;
  }

  /** The bound given at the beginning, or since, in bytes. */
  public long capacity() {
    return capacity;
  }

  /** Consumer: another bound, in bytes. */
  public void capacity(long bytes) {
    capacity = bytes;
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
      Chunk chunk = chunkWithRoom(1);
      n = Math.min(n, chunk.bytes.length - chunk.written);
      System.arraycopy(source, offset + done, chunk.bytes, chunk.written, n);
      publish(chunk, n);
      done += n;
    }
    return done;
  }

  /**
   * Producer: has one array filled in which the bytes will stay, as far as there is room: no array
   * lies between the source and them.
   *
   * @param most bytes that the filler is asked for at the most, at least 1
   * @return how many there were; 0 when there is no room
   * @throws IOException from the filler; nothing was added then
   */
  public int write(Filler filler, long most) throws IOException {
    int wanted = (int) Math.min(most, LARGEST_CHUNK);
    long room = room();
    if (room <= 0) {
      return 0;
    }
    Chunk chunk = chunkWithRoom(wanted);
    int n = (int) Math.min(Math.min(wanted, room), chunk.bytes.length - chunk.written);
    int filled = filler.fill(ByteBuffer.wrap(chunk.bytes, chunk.written, n));
    publish(chunk, filled);
    return filled;
  }

  /**
   * Producer: adds bytes where they lie, as many as there is room for, and says how many. Nobody
   * writes to them from now on. Few are copied, as the stream would do it.
   */
  public int lend(byte[] source, int offset, int length) {
    if (length < SendBuffer.LEAST_ADOPTED) {
      return write(source, offset, length);
    }
    int n = Math.clamp(room(), 0, length);
    if (n > 0) {
      add(source, offset, n, null);
    }
    return n;
  }

  /**
   * Producer: takes from a source until it or the room is used up.
   *
   * @return what the source's last answer was: 0 nothing now, -1 ended; or 1 when it may have more
   *     and there is no room
   */
  public int fill(Source source) {
    for (long room = room(); room > 0; room = room()) {
      int n = source.take((int) Math.min(room, Integer.MAX_VALUE), adding);
      if (n <= 0) {
        return n;
      }
    }
    return 1;
  }

  /**
   * Producer: takes everything that a source has, whether there is room or not: for a source that
   * holds a bounded rest and is about to go away.
   *
   * @return 0 or -1, as its last answer
   */
  public int fillBeyondRoom(Source source) {
    int n = 1;
    while (n > 0) {
      n = source.take(Integer.MAX_VALUE, adding);
    }
    return n;
  }

  /** Bytes that lie behind those that came last lengthen the same link. */
  private void add(byte[] bytes, int from, int length, ReturnedChunks home) {
    Chunk chunk = tail;
    if (chunk.bytes != bytes || chunk.written != from || chunk.home != null) {
      chunk = append(bytes, from, false);
    }
    chunk.home = home;
    publish(chunk, length);
  }

  private Chunk append(byte[] bytes, int from, boolean own) {
    Chunk free = oldest;
    if (free == head) {
      free = new Chunk();
    } else if (free.next != null) {
      oldest = free.next;
      reused++;
    } else { // it was cut off
      reused = passed;
      oldest = head;
    }
    Chunk before = tail;
    tail = free.hold(bytes, from, own);
    before.next = free;
    return free;
  }

  /** The link to write to; a new one has an array for so many bytes, within the limits. */
  private Chunk chunkWithRoom(int wanted) {
    Chunk chunk = tail;
    if (chunk.own && chunk.written < chunk.bytes.length) {
      return chunk;
    }
    long grown = Math.max(GROWTH * chunk.bytes.length, wanted);
    int size = Math.clamp(grown, SMALLEST_CHUNK, LARGEST_CHUNK);
    byte[] recycled = size == LARGEST_CHUNK ? takeSpare() : null;
    return append(recycled != null ? recycled : new byte[size], 0, true);
  }

  private byte[] takeSpare() {
    ReturnedChunks from = spares;
    return from == null ? null : from.poll();
  }

  private ReturnedChunks spares() {
    if (spares == null) {
      spares = new ChunkReturn(SPARES);
    }
    return spares;
  }

  private void publish(Chunk chunk, int n) {
    chunk.written += n;
    produced += n;
  }

  /** Consumer: copies out up to {@code length} bytes; 0 when there are none. */
  public int read(byte[] target, int offset, int length) {
    int done = 0;
    while (done < length) {
      Chunk chunk = chunkWithBytes();
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
    Chunk chunk = chunkWithBytes();
    if (chunk == null) {
      return null;
    }
    int n = chunk.written - chunk.read;
    ByteBuffer taken = ByteBuffer.wrap(chunk.bytes, chunk.read, n).slice();
    chunk.lent = true;
    release(chunk, n);
    return taken;
  }

  /**
   * Consumer: looks at the next bytes where they lie; they stay in the queue.
   *
   * @param most how many buffers to add, at least 1; none may be written to, nor used after {@link
   *     #skip}
   * @return how many bytes are in the buffers
   */
  public long peek(int most, List<ByteBuffer> into) {
    long length = 0;
    Chunk chunk = chunkWithBytes();
    for (int i = 0; i < most && chunk != null; i++) {
      int n = chunk.written - chunk.read;
      if (n > 0) {
        into.add(ByteBuffer.wrap(chunk.bytes, chunk.read, n).slice());
        length += n;
      }
      Chunk next = chunk.next;
      if (next != null && chunk.written - chunk.read > n) {
        return length; // it was added to in between
      }
      chunk = next;
    }
    return length;
  }

  /** Consumer: lets go of bytes that are there. */
  public void skip(long length) {
    long left = length;
    while (left > 0) {
      Chunk chunk = chunkWithBytes();
      int n = (int) Math.min(left, chunk.written - chunk.read);
      release(chunk, n);
      left -= n;
    }
  }

  /**
   * Consumer: hands bytes to a sink until it takes fewer than it was offered or there are none.
   *
   * @return whether everything went; false when the sink is full
   */
  public boolean drainTo(Sink sink) {
    for (Chunk chunk = chunkWithBytes(); chunk != null; chunk = chunkWithBytes()) {
      int offered = chunk.written - chunk.read;
      int n = sink.write(chunk.bytes, chunk.read, offered);
      release(chunk, n);
      if (n < offered) {
        return false;
      }
    }
    return true;
  }

  /**
   * Consumer: hands bytes over where they lie, until fewer are taken than were offered or there are
   * none. Arrays that are given back are filled again.
   *
   * @return whether everything went; false when the other is full
   */
  public boolean handTo(Adopter other) {
    for (Chunk chunk = chunkWithBytes(); chunk != null; chunk = chunkWithBytes()) {
      int offered = chunk.written - chunk.read;
      ReturnedChunks home = homeBehind(chunk, offered);
      int n = other.adopt(chunk.bytes, chunk.read, offered, home);
      chunk.adopted |= n >= SendBuffer.LEAST_ADOPTED || home != null && n == offered;
      release(chunk, n);
      if (n < offered) {
        return false;
      }
    }
    return true;
  }

  /** Where an array goes when so many more bytes of it are used; null for nowhere. */
  private ReturnedChunks homeBehind(Chunk chunk, int offered) {
    if (chunk.lent || chunk.read + offered < chunk.bytes.length) {
      return null;
    }
    return !chunk.own
        ? chunk.home
        : offered > 0 && chunk.bytes.length == LARGEST_CHUNK ? spares() : null;
  }

  /** Consumer: drops everything that is there. */
  public void clear() {
    for (Chunk chunk = chunkWithBytes(); chunk != null; chunk = chunkWithBytes()) {
      release(chunk, chunk.written - chunk.read);
    }
  }

  /** The link with the next bytes; those before it are let go of. */
  private Chunk chunkWithBytes() {
    Chunk chunk = head;
    while (chunk.read == chunk.written) {
      Chunk next = chunk.next;
      if (next == null) {
        return null;
      }
      if (chunk.read == chunk.written) { // nothing was added before the next was hung on
        if (chunk.own && isOurs(chunk) && chunk.bytes.length == LARGEST_CHUNK) {
          spares().give(chunk.bytes);
        }
        pass(chunk, next);
        chunk = next;
      }
    }
    return chunk;
  }

  /**
   * From here on the link is the producer's. Behind enough of them the chain is cut, while the link
   * is still the consumer's: who once had thousands of them waiting does not keep them.
   */
  private void pass(Chunk chunk, Chunk next) {
    chunk.bytes = NOTHING;
    if (++passed - reused >= IDLE_LINKS) {
      chunk.next = null;
    }
    head = next;
  }

  /** Links behind the head that can be used again. On a thread that does both. */
  int idleLinks() {
    int count = 0;
    for (Chunk link = oldest; link != null && link != head; link = link.next) {
      count++;
    }
    return count;
  }

  private void release(Chunk chunk, int n) {
    chunk.read += n;
    consumed += n;
    if (chunk.read == chunk.bytes.length && chunk.home != null && isOurs(chunk)) {
      chunk.home.give(chunk.bytes);
      chunk.bytes = NOTHING;
    }
  }

  /** Whether nobody else holds bytes of it. */
  private static boolean isOurs(Chunk chunk) {
    return !chunk.lent && !chunk.adopted;
  }
}
