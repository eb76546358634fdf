package dev.sluice.quic.stream;

/**
 * Bytes at absolute offsets of a stream, kept in chunks of a pool. Chunk {@code n} holds the
 * offsets from {@code n * CHUNK} on and exists only once one of them has been put, so that bytes
 * can be put in any order, straight to their place; the first may be a small one. Which offsets
 * hold something, the owner knows.
 */
final class ChunkedBytes {
  private static final int CHUNK = ChunkPool.CHUNK;
  private static final int SMALLEST = 2;
  private static final byte[][] NONE = {};

  private final ChunkPool pool;

  /** A ring: chunk number n is at index n modulo its length, which is a power of two. */
  private byte[][] ring = NONE;

  /** The chunks that the ring can hold are numbered from first (inclusive) to first + length. */
  private long first;

  /** One more than the highest chunk number that was ever put; what lies beyond is null. */
  private long end;

  /** Chunks with lower numbers are seen by others, who may keep them. */
  private long sharedBelow;

  ChunkedBytes(ChunkPool pool) {
    this.pool = pool;
  }

  /**
   * Copies bytes in.
   *
   * @param offset at least what was handed to {@link #discardBelow}; the caller bounds how far it
   *     is above that, since the ring grows with the distance
   */
  void put(long offset, byte[] source, int from, int length) {
    while (length > 0) {
      int within = (int) (offset % CHUNK);
      int part = Math.min(length, CHUNK - within);
      byte[] chunk = chunkForWriting(offset / CHUNK, within + part);
      System.arraycopy(source, from, chunk, within, part);
      offset += part;
      from += part;
      length -= part;
    }
  }

  /** Copies bytes out that were put before. */
  void get(long offset, byte[] target, int to, int length) {
    while (length > 0) {
      int within = (int) (offset % CHUNK);
      int part = Math.min(length, CHUNK - within);
      byte[] chunk = ring[index(offset / CHUNK)];
      System.arraycopy(chunk, within, target, to, part);
      offset += part;
      to += part;
      length -= part;
    }
  }

  /**
   * The chunk with the byte at an offset that was put before, for somebody who may keep it: it is
   * not given back to the pool from here.
   */
  byte[] share(long offset) {
    long number = offset / CHUNK;
    sharedBelow = number + 1;
    return ring[index(number)];
  }

  /** Whether {@link #share} gave away the chunk with the byte at this offset. */
  boolean isShared(long offset) {
    return offset / CHUNK < sharedBelow;
  }

  /** Gives the chunks that lie wholly below {@code offset} back to the pool. */
  void discardBelow(long offset) {
    long keep = offset / CHUNK;
    for (long n = first; n < keep && n < end; n++) {
      free(n);
    }
    first = Math.max(first, keep);
    end = Math.max(end, first);
  }

  /** Gives the chunks that lie wholly at or above {@code offset} back to the pool. */
  void discardFrom(long offset) {
    long keep = Math.max(first, (offset + CHUNK - 1) / CHUNK);
    for (long n = keep; n < end; n++) {
      free(n);
    }
    end = Math.min(end, keep);
  }

  /** Gives all chunks back; what is put from here on is at {@code offset} or above. */
  void clear(long offset) {
    for (long n = first; n < end; n++) {
      free(n);
    }
    first = offset / CHUNK;
    end = first;
  }

  /**
   * @param end how much of the chunk has to be there
   */
  private byte[] chunkForWriting(long number, int end) {
    if (number - first >= ring.length) {
      grow(number - first + 1);
    }
    this.end = Math.max(this.end, number + 1);
    int index = index(number);
    byte[] chunk = ring[index];
    if (chunk == null) {
      chunk = number == 0 && end <= ChunkPool.SMALL ? pool.takeSmall() : pool.take();
      ring[index] = chunk;
    } else if (end > chunk.length) {
      chunk = enlarged(number, chunk);
      ring[index] = chunk;
    }
    return chunk;
  }

  /** The stream has more than what a small chunk holds. */
  private byte[] enlarged(long number, byte[] small) {
    byte[] chunk = pool.take();
    System.arraycopy(small, 0, chunk, 0, small.length);
    letGo(number, small);
    sharedBelow = Math.min(sharedBelow, number);
    return chunk;
  }

  private void grow(long needed) {
    byte[][] old = ring;
    ring = new byte[Math.max(SMALLEST, Integer.highestOneBit(Math.toIntExact(needed * 2 - 1)))][];
    for (long n = first; n < end; n++) {
      ring[index(n)] = old[(int) (n & (old.length - 1))];
    }
  }

  private void free(long number) {
    int index = index(number);
    if (ring[index] != null) {
      letGo(number, ring[index]);
      ring[index] = null;
    }
  }

  private void letGo(long number, byte[] chunk) {
    if (number < sharedBelow) {
      pool.leave();
    } else {
      pool.give(chunk);
    }
  }

  /** How many bytes the chunks take up that are here now. */
  long storage() {
    long bytes = 0;
    for (long n = first; n < end; n++) {
      byte[] chunk = ring[index(n)];
      bytes += chunk == null ? 0 : chunk.length;
    }
    return bytes;
  }

  private int index(long number) {
    return (int) (number & (ring.length - 1));
  }
}
