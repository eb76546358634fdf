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

  private volatile long capacity;
  private final LinkChain chain = new LinkChain();
  private final RecvStream.Taker adding = this::add;

  /** Used-up arrays of the largest size, to be filled again; null for none. */
  private final ReturnedChunks spares;

  private volatile long produced;
  private volatile long consumed;

  /**
   * @param capacity bytes that may lie between the threads, at least 1
   */
  public ByteQueue(long capacity) {
    this(capacity, null);
  }

  /**
   * @param spares used-up arrays of 64 KiB that several queues share; null for none
   */
  ByteQueue(long capacity, ReturnedChunks spares) {
    this.capacity = capacity;
    this.spares = spares;
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
      Link link = linkWithRoom(1);
      n = Math.min(n, link.bytes.length - link.written);
      System.arraycopy(source, offset + done, link.bytes, link.written, n);
      publish(link, n);
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
    Link link = linkWithRoom(wanted);
    int n = (int) Math.min(Math.min(wanted, room), link.bytes.length - link.written);
    int filled = filler.fill(ByteBuffer.wrap(link.bytes, link.written, n));
    publish(link, filled);
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
    Link link = chain.tail();
    if (link.bytes != bytes || link.written != from || link.home != null) {
      link = chain.append(bytes, from, false);
    }
    link.home = home;
    publish(link, length);
  }

  /** The link to write to; a new one has an array for so many bytes, within the limits. */
  private Link linkWithRoom(int wanted) {
    Link link = chain.tail();
    if (link.own && link.written < link.bytes.length) {
      return link;
    }
    long grown = Math.max(GROWTH * link.bytes.length, wanted);
    int size = Math.clamp(grown, SMALLEST_CHUNK, LARGEST_CHUNK);
    byte[] recycled = size == LARGEST_CHUNK ? takeSpare() : null;
    return chain.append(recycled != null ? recycled : new byte[size], 0, true);
  }

  private byte[] takeSpare() {
    return spares == null ? null : spares.poll();
  }

  private void publish(Link link, int n) {
    link.written += n;
    produced += n;
  }

  /** Consumer: copies out up to {@code length} bytes; 0 when there are none. */
  public int read(byte[] target, int offset, int length) {
    int done = 0;
    while (done < length) {
      Link link = linkWithBytes();
      if (link == null) {
        break;
      }
      int n = Math.min(length - done, link.written - link.read);
      System.arraycopy(link.bytes, link.read, target, offset + done, n);
      release(link, n);
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
    Link link = linkWithBytes();
    if (link == null) {
      return null;
    }
    int n = link.written - link.read;
    ByteBuffer taken = ByteBuffer.wrap(link.bytes, link.read, n).slice();
    link.lent = true;
    release(link, n);
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
    Link link = linkWithBytes();
    for (int i = 0; i < most && link != null; i++) {
      int n = link.written - link.read;
      if (n > 0) {
        into.add(ByteBuffer.wrap(link.bytes, link.read, n).slice());
        length += n;
      }
      Link next = link.next;
      if (next != null && link.written - link.read > n) {
        return length; // it was added to in between
      }
      link = next;
    }
    return length;
  }

  /** Consumer: lets go of bytes that are there. */
  public void skip(long length) {
    long left = length;
    while (left > 0) {
      Link link = linkWithBytes();
      int n = (int) Math.min(left, link.written - link.read);
      release(link, n);
      left -= n;
    }
  }

  /**
   * Consumer: hands bytes to a sink until it takes fewer than it was offered or there are none.
   *
   * @return whether everything went; false when the sink is full
   */
  public boolean drainTo(Sink sink) {
    for (Link link = linkWithBytes(); link != null; link = linkWithBytes()) {
      int offered = link.written - link.read;
      int n = sink.write(link.bytes, link.read, offered);
      release(link, n);
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
    for (Link link = linkWithBytes(); link != null; link = linkWithBytes()) {
      int offered = link.written - link.read;
      ReturnedChunks home = homeBehind(link, offered);
      int n = other.adopt(link.bytes, link.read, offered, home);
      link.adopted |= n >= SendBuffer.LEAST_ADOPTED || home != null && n == offered;
      release(link, n);
      if (n < offered) {
        return false;
      }
    }
    return true;
  }

  /** Where an array goes when so many more bytes of it are used; null for nowhere. */
  private ReturnedChunks homeBehind(Link link, int offered) {
    if (link.lent || link.read + offered < link.bytes.length) {
      return null;
    }
    return !link.own
        ? link.home
        : offered > 0 && link.bytes.length == LARGEST_CHUNK ? spares : null;
  }

  /** Consumer: drops everything that is there. */
  public void clear() {
    for (Link link = linkWithBytes(); link != null; link = linkWithBytes()) {
      release(link, link.written - link.read);
    }
  }

  /** The link with the next bytes; those before it are let go of. */
  private Link linkWithBytes() {
    Link link = chain.head();
    while (link.read == link.written) {
      Link next = link.next;
      if (next == null) {
        return null;
      }
      if (link.read == link.written) { // nothing was added before the next was hung on
        next.inherit(link);
        if (spares != null && link.own && link.isOurs() && link.bytes.length == LARGEST_CHUNK) {
          spares.give(link.bytes);
        }
        chain.pass(link, next);
        link = next;
      }
    }
    return link;
  }

  /** Links that can be used again. On a thread that does both. */
  int idleLinks() {
    return chain.idle();
  }

  private void release(Link link, int n) {
    link.read += n;
    consumed += n;
    if (link.read == link.bytes.length && link.home != null && link.isOurs()) {
      link.home.give(link.bytes);
      link.forget();
    }
  }
}
