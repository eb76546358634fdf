package dev.sluice.quic.recovery;

/**
 * Which bytes of which streams packets carry: a queue of ranges in one flat array. Nearly every
 * packet of a transfer has one, so they are not {@link RecoveryToken}s, of which each is an object.
 *
 * <p>A range is named by its position, which counts up from 0 and stays the same as long as the
 * range is there. Not safe for several threads.
 */
public final class StreamRanges {
  /** Numbers in a range: the stream, the offset, and the length with a bit for FIN. */
  private static final int WIDTH = 3;

  private static final int SMALLEST = 4;

  /** A ring of ranges; how many fit is a power of two, and 0 before there is one. */
  private long[] values = {};

  private int capacity;
  private long first;
  private long end;

  /** The position of the oldest range; {@link #end()} when there is none. */
  public long first() {
    return first;
  }

  /** The position that the next range will have. */
  public long end() {
    return end;
  }

  /** The stream. */
  public long streamId(long position) {
    return values[index(position)];
  }

  /** Where the range begins in the stream. */
  public long offset(long position) {
    return values[index(position) + 1];
  }

  /** How many bytes it has, possibly 0. */
  public int length(long position) {
    return (int) (values[index(position) + 2] >>> 1);
  }

  /** Whether the stream's end was marked after it. */
  public boolean fin(long position) {
    return (values[index(position) + 2] & 1) != 0;
  }

  void add(long streamId, long offset, int length, boolean fin) {
    if (end - first == capacity) {
      grow();
    }
    int at = index(end++);
    values[at] = streamId;
    values[at + 1] = offset;
    values[at + 2] = (long) length << 1 | (fin ? 1 : 0);
  }

  void addAll(StreamRanges others) {
    for (long at = others.first; at < others.end; at++) {
      add(others.streamId(at), others.offset(at), others.length(at), others.fin(at));
    }
  }

  /** Forgets the ranges below a position. */
  void removeBelow(long position) {
    first = position;
  }

  /** Forgets all ranges. */
  void clear() {
    first = end;
  }

  private void grow() {
    long[] old = values;
    int oldCapacity = capacity;
    capacity = Math.max(SMALLEST, 2 * oldCapacity);
    values = new long[capacity * WIDTH];
    for (long position = first; position < end; position++) {
      int from = WIDTH * (int) (position & oldCapacity - 1);
      System.arraycopy(old, from, values, index(position), WIDTH);
    }
  }

  private int index(long position) {
    return WIDTH * (int) (position & capacity - 1);
  }
}
