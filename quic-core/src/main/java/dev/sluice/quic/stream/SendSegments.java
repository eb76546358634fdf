package dev.sluice.quic.stream;

/**
 * The bytes that a stream has to send, in the arrays in which they came or in chunks of a pool into
 * which they were copied: one segment behind the other, without a gap. Bytes are added at the end
 * and let go of from the beginning; in between they stay where they are and can be read at any
 * offset, as often as they are lost.
 *
 * <p>An array that others have filled goes home, once, when none of its bytes is needed any more;
 * but only if its last bytes were added. Before that somebody may still be writing the rest: then
 * it is read here, and forgotten.
 */
final class SendSegments {
  private static final int SMALLEST = 4;
  private static final long[] NO_STARTS = {};
  private static final byte[][] NO_ARRAYS = {};
  private static final int[] NO_FROMS = {};
  private static final ReturnedChunks[] NO_HOMES = {};
  private static final boolean[] NOT_POOLED = {};

  private final ChunkPool pool;

  // A ring of segments: number n is at index n modulo its length, which is a power of two.
  private long[] starts = NO_STARTS;
  private byte[][] arrays = NO_ARRAYS;
  private int[] froms = NO_FROMS;

  /** Where the array goes with this segment; null where it stays, or goes to the pool. */
  private ReturnedChunks[] homes = NO_HOMES;

  /** Whether the array is a chunk of the pool, and goes back to it with this segment. */
  private boolean[] pooled = NOT_POOLED;

  private long first;
  private long next;

  /** The offset behind the last byte. */
  private long end;

  /** The chunk that copies go to, filled up to {@link #used}; null when there is none. */
  private byte[] open;

  private int used;

  /** The segment that was read last; the next read is likely to be there, or right behind. */
  private long cursor;

  SendSegments(ChunkPool pool) {
    this.pool = pool;
  }

  /** Copies bytes to the end. */
  void copy(byte[] source, int from, int length) {
    while (length > 0) {
      if (open == null) {
        open = first == next && length <= ChunkPool.SMALL ? pool.takeSmall() : pool.take();
        used = 0;
      }
      int part = Math.min(length, open.length - used);
      System.arraycopy(source, from, open, used, part);
      extend(open, used, part);
      used += part;
      from += part;
      length -= part;
      if (used == open.length) {
        pooled[index(next - 1)] = true;
        open = null;
      }
    }
  }

  /**
   * Adds bytes to the end where they lie. Nobody writes to them from now on.
   *
   * @param home null; or, with the last bytes of the array, where it goes once it is not needed
   */
  void adopt(byte[] array, int from, int length, ReturnedChunks home) {
    extend(array, from, length);
    homes[index(next - 1)] = home;
  }

  /** Bytes that lie behind the last ones lengthen their segment. */
  private void extend(byte[] array, int from, int length) {
    int last = first == next ? -1 : index(next - 1);
    if (last < 0 || arrays[last] != array || froms[last] + (end - starts[last]) != from) {
      if (next - first == arrays.length) {
        grow();
      }
      int at = index(next++);
      starts[at] = end;
      arrays[at] = array;
      froms[at] = from;
    }
    end += length;
  }

  /** Copies bytes out that are there. */
  void get(long offset, byte[] target, int to, int length) {
    long number = find(offset);
    while (length > 0) {
      int at = index(number);
      int within = (int) (offset - starts[at]);
      int part = (int) Math.min(length, end(number) - offset);
      System.arraycopy(arrays[at], froms[at] + within, target, to, part);
      offset += part;
      to += part;
      length -= part;
      cursor = number++;
    }
  }

  private long find(long offset) {
    if (cursor >= first && cursor < next && starts[index(cursor)] <= offset) {
      if (offset < end(cursor)) {
        return cursor;
      }
      if (offset < end(cursor + 1)) {
        return cursor + 1;
      }
    }
    long low = first;
    long high = next - 1;
    while (low < high) {
      long middle = (low + high + 1) >>> 1;
      if (starts[index(middle)] <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** Lets go of the segments that lie wholly below {@code offset}. */
  void discardBelow(long offset) {
    while (first < next && end(first) <= offset) {
      release(first++);
    }
  }

  /** Forgets the bytes from {@code offset} on: what is added next is there. */
  void discardFrom(long offset) {
    while (first < next && starts[index(next - 1)] >= offset) {
      next--;
      leaveToEarlier(index(next));
      release(next);
    }
    end = offset;
  }

  /** Forgets all bytes: what is added next is at {@code offset}. */
  void clear(long offset) {
    discardBelow(end);
    end = offset;
    if (open != null) {
      pool.give(open);
      open = null;
    }
  }

  /** An array that goes before its time may hold bytes of earlier segments; then it goes later. */
  private void leaveToEarlier(int dropped) {
    for (long n = next - 1; n >= first; n--) {
      int at = index(n);
      if (arrays[at] == arrays[dropped]) {
        homes[at] = homes[dropped];
        pooled[at] = pooled[dropped];
        homes[dropped] = null;
        pooled[dropped] = false;
        return;
      }
    }
  }

  private void release(long number) {
    int at = index(number);
    if (pooled[at]) {
      pool.give(arrays[at]);
    } else if (homes[at] != null) {
      homes[at].give(arrays[at]);
    }
    arrays[at] = null;
    homes[at] = null;
    pooled[at] = false;
  }

  /** The offset behind a segment. */
  private long end(long number) {
    return number + 1 < next ? starts[index(number + 1)] : end;
  }

  private void grow() {
    int capacity = Math.max(SMALLEST, 2 * arrays.length);
    long[] newStarts = new long[capacity];
    byte[][] newArrays = new byte[capacity][];
    int[] newFroms = new int[capacity];
    ReturnedChunks[] newHomes = new ReturnedChunks[capacity];
    boolean[] newPooled = new boolean[capacity];
    for (long n = first; n < next; n++) {
      int from = index(n);
      int to = (int) n & capacity - 1;
      newStarts[to] = starts[from];
      newArrays[to] = arrays[from];
      newFroms[to] = froms[from];
      newHomes[to] = homes[from];
      newPooled[to] = pooled[from];
    }
    starts = newStarts;
    arrays = newArrays;
    froms = newFroms;
    homes = newHomes;
    pooled = newPooled;
  }

  private int index(long number) {
    return (int) number & arrays.length - 1;
  }
}
