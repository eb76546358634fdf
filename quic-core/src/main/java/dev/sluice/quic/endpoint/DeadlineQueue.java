package dev.sluice.quic.endpoint;

import java.util.Arrays;

/**
 * The deadlines of many: of an endpoint's connections, of a loop's sockets. A connection's deadline
 * moves with nearly every packet, and mostly to later; such moves cost nothing here, since whoever
 * comes up too early is simply put back. Those who wait for a time far away are not looked at.
 *
 * <p>A binary heap in which everyone knows its place, so that a move to earlier leaves nothing
 * behind.
 */
public final class DeadlineQueue<T> {

  /** Someone with a deadline; in at most one queue. */
  public static final class Entry<T> {
    private final T owner;
    private long deadline = Long.MAX_VALUE;
    private int place = -1;

    /** An entry that waits for nothing. */
    public Entry(T owner) {
      this.owner = owner;
    }
  }

  private Entry<T>[] heap = newArray(16);
  private int size;
  private long moves;

  @SuppressWarnings("unchecked")
  private static <T> Entry<T>[] newArray(int length) {
    return (Entry<T>[]) new Entry<?>[length];
  }

  /**
   * Makes sure that an entry comes up at a time, or before.
   *
   * @param deadline {@link Long#MAX_VALUE} for never
   */
  public void update(Entry<T> entry, long deadline) {
    if (deadline < entry.deadline) {
      entry.deadline = deadline;
      if (entry.place < 0) {
        if (size == heap.length) {
          heap = Arrays.copyOf(heap, 2 * size);
        }
        entry.place = size++;
      }
      moveUp(entry, entry.place);
    }
  }

  /** The entry does not come up any more, and nothing here keeps it in memory. */
  public void forget(Entry<T> entry) {
    int hole = entry.place;
    entry.place = -1;
    entry.deadline = Long.MAX_VALUE;
    if (hole < 0) {
      return;
    }
    Entry<T> last = heap[--size];
    heap[size] = null;
    if (last != entry) {
      moveUp(last, hole);
      moveDown(last, last.place);
    }
  }

  /** The earliest deadline; {@link Long#MAX_VALUE} when there is none. */
  public long next() {
    return size == 0 ? Long.MAX_VALUE : heap[0].deadline;
  }

  /** One whose time has come, or null. The caller updates it again when it is done with it. */
  public T poll(long now) {
    if (next() > now || size == 0) {
      return null;
    }
    Entry<T> first = heap[0];
    forget(first);
    return first.owner;
  }

  /** How many entries have a deadline. */
  public int size() {
    return size;
  }

  /** How often an entry was put into a place: the work that was done here so far. */
  public long moves() {
    return moves;
  }

  private void moveUp(Entry<T> entry, int place) {
    while (place > 0 && heap[(place - 1) / 2].deadline > entry.deadline) {
      put(heap[(place - 1) / 2], place);
      place = (place - 1) / 2;
    }
    put(entry, place);
  }

  private void moveDown(Entry<T> entry, int place) {
    int child = earlierChild(place);
    while (child < size && heap[child].deadline < entry.deadline) {
      put(heap[child], place);
      place = child;
      child = earlierChild(place);
    }
    put(entry, place);
  }

  private int earlierChild(int place) {
    int child = 2 * place + 1;
    return child + 1 < size && heap[child + 1].deadline < heap[child].deadline ? child + 1 : child;
  }

  private void put(Entry<T> entry, int place) {
    heap[place] = entry;
    entry.place = place;
    moves++;
  }
}
