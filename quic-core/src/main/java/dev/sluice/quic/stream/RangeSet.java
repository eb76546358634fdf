package dev.sluice.quic.stream;

import java.util.Arrays;

/**
 * A set of stream offsets as half-open ranges, in order, apart from each other. Adding behind the
 * last range and taking from the first, which is what nearly always happens, cost constant time;
 * anything else a binary search and the move of one block of memory.
 */
final class RangeSet {
  private static final int SMALLEST = 4;
  private static final long[] NONE = {};

  private long[] starts = NONE;
  private long[] ends = NONE;

  /** The ranges lie at the indexes from head (inclusive) to tail (exclusive). */
  private int head;

  private int tail;

  boolean isEmpty() {
    return head == tail;
  }

  /** How many ranges there is room for. */
  int room() {
    return starts.length;
  }

  /** The number of ranges. */
  int size() {
    return tail - head;
  }

  /** Where the first range begins; there must be one. */
  long firstStart() {
    return starts[head];
  }

  /** Where the first range ends, exclusive; there must be one. */
  long firstEnd() {
    return ends[head];
  }

  /** Adds the offsets from {@code start} (inclusive) to {@code end} (exclusive). */
  void add(long start, long end) {
    if (start >= end) {
      return;
    }
    int low = firstEndingAtOrAfter(start);
    int high = low;
    while (high < tail && starts[high] <= end) {
      high++;
    }
    long from = low < high ? Math.min(start, starts[low]) : start;
    long to = low < high ? Math.max(end, ends[high - 1]) : end;
    int at = replace(low, high, 1);
    starts[at] = from;
    ends[at] = to;
  }

  /** Removes the offsets from {@code start} (inclusive) to {@code end} (exclusive). */
  void remove(long start, long end) {
    if (start >= end || isEmpty()) {
      return;
    }
    int low = firstEndingAtOrAfter(start + 1);
    int high = low;
    while (high < tail && starts[high] < end) {
      high++;
    }
    if (low == high) {
      return;
    }
    long leftStart = starts[low];
    long rightEnd = ends[high - 1];
    boolean left = leftStart < start;
    boolean right = rightEnd > end;
    int at = replace(low, high, (left ? 1 : 0) + (right ? 1 : 0));
    if (left) {
      starts[at] = leftStart;
      ends[at] = start;
      at++;
    }
    if (right) {
      starts[at] = end;
      ends[at] = rightEnd;
    }
  }

  /** Removes the first range; there must be one. */
  void removeFirst() {
    head++;
    if (head == tail) {
      clear();
    }
  }

  /** The first offset at or above {@code start} that is not in the set, at most {@code end}. */
  long firstMissing(long start, long end) {
    int at = firstEndingAtOrAfter(start + 1);
    return at < tail && starts[at] <= start ? Math.min(ends[at], end) : start;
  }

  /** The first offset at or above {@code start} that is in the set, at most {@code end}. */
  long firstPresent(long start, long end) {
    int at = firstEndingAtOrAfter(start + 1);
    return at < tail ? Math.clamp(starts[at], start, end) : end;
  }

  void clear() {
    head = 0;
    tail = 0;
  }

  private int firstEndingAtOrAfter(long offset) {
    if (head == tail || ends[tail - 1] < offset) {
      return tail;
    }
    if (ends[head] >= offset) {
      return head;
    }
    int at = Arrays.binarySearch(ends, head, tail, offset);
    return at >= 0 ? at : -at - 1;
  }

  /** Makes the ranges from low to high into {@code count} free slots; returns the first. */
  private int replace(int low, int high, int count) {
    int more = count - (high - low);
    if (low == head && head >= more) {
      head += -more;
      low = head;
    } else {
      int moved = makeRoom(more);
      low -= moved;
      high -= moved;
      System.arraycopy(starts, high, starts, high + more, tail - high);
      System.arraycopy(ends, high, ends, high + more, tail - high);
      tail += more;
    }
    if (head == tail) {
      clear();
      return 0;
    }
    return low;
  }

  /**
   * Where ranges go in front and come behind, and some are always there, they wander through the
   * arrays: they go back before these become larger than twice what is in them.
   *
   * @return by how much they have moved to the front
   */
  private int makeRoom(int more) {
    if (tail + more <= starts.length) {
      return 0;
    }
    int moved = head;
    int size = tail - head;
    int capacity = 2 * size < starts.length ? starts.length : 2 * starts.length;
    starts = toFront(starts, size, Math.max(SMALLEST, capacity));
    ends = toFront(ends, size, Math.max(SMALLEST, capacity));
    head = 0;
    tail = size;
    return moved;
  }

  private long[] toFront(long[] from, int size, int capacity) {
    long[] to = capacity == from.length ? from : new long[capacity];
    System.arraycopy(from, head, to, 0, size);
    return to;
  }
}
