package dev.sluice.quic.endpoint;

/**
 * The deadlines of many: of an endpoint's connections, of a loop's sockets. A connection's deadline
 * moves with nearly every packet, and mostly to later; such moves cost nothing here, since whoever
 * comes up too early is simply put back. Those who wait for a time far away are not looked at.
 *
 * <p>Hierarchical wheels (Varghese and Lauck, 1987): a slot of the innermost wheel is about a
 * millisecond, and one turn of a wheel is a slot of the next. An entry lies in the innermost wheel
 * on whose present turn its deadline still is, so that everything in a wheel comes before
 * everything in those outside of it, and within a wheel a slot before those behind it. When the
 * time of an outer slot comes, its entries move inwards. Adding and forgetting take the same few
 * steps however many wait.
 *
 * <p>Not safe for use by several threads.
 */
public final class TimerWheel<T> {

  /** Someone with a deadline; in at most one wheel. */
  public static final class Entry<T> {
    private final T owner;
    private long deadline = Long.MAX_VALUE;
    private Slot<T> slot;
    private Entry<T> previous;
    private Entry<T> next;

    /** An entry that waits for nothing. */
    public Entry(T owner) {
      this.owner = owner;
    }
  }

  /** A list whose members know their neighbours, and so can leave it without a search. */
  private static final class Slot<T> {
    private final int wheel;
    private final int index;
    private Entry<T> first;

    private Slot(int wheel, int index) {
      this.wheel = wheel;
      this.index = index;
    }
  }

  /** A tick is 2^20 nanoseconds, a good millisecond: finer than any timer of the protocol. */
  private static final int TICK_BITS = 20;

  /** 64 slots: which of them are taken fits into a long. */
  private static final int WHEEL_BITS = 6;

  private static final int SLOTS = 1 << WHEEL_BITS;

  /** As many as 64 bits of nanoseconds have digits of a wheel, beside those of a tick. */
  private static final int WHEELS = (Long.SIZE - TICK_BITS + WHEEL_BITS - 1) / WHEEL_BITS;

  /** By wheel and index; those that were never needed are null. */
  private final Slot<T>[][] slots = newArray(WHEELS);

  /** By wheel, a bit for each slot that is not empty. */
  private final long[] taken = new long[WHEELS];

  /** The tick in which the wheels stand: nothing that lies before it is left. */
  private long tick;

  private int size;
  private long moves;

  @SuppressWarnings("unchecked")
  private static <T> Slot<T>[][] newArray(int length) {
    return (Slot<T>[][]) new Slot<?>[length][];
  }

  /**
   * Makes sure that an entry comes up at a time, or before.
   *
   * @param deadline nanoseconds on the clock of {@link #poll}; {@link Long#MAX_VALUE} for never
   */
  public void update(Entry<T> entry, long deadline) {
    if (deadline < entry.deadline) {
      if (entry.slot != null) {
        unlink(entry);
      }
      entry.deadline = deadline;
      link(entry);
    }
  }

  /** The entry does not come up any more, and nothing here keeps it in memory. */
  public void forget(Entry<T> entry) {
    if (entry.slot != null) {
      unlink(entry);
    }
    entry.deadline = Long.MAX_VALUE;
  }

  /**
   * When to {@link #poll} again: the earliest deadline where that is near, and a time before it
   * where it is so far that it lies in an outer wheel; {@link Long#MAX_VALUE} when nobody waits.
   */
  public long next() {
    int wheel = innermost();
    if (wheel == WHEELS) {
      return Long.MAX_VALUE;
    }
    int index = Long.numberOfTrailingZeros(taken[wheel]);
    return wheel == 0 ? earliest(slots[0][index]) : timeOf(beginning(wheel, index));
  }

  /** One whose time has come, or null. The caller updates it again when it is done with it. */
  public T poll(long now) {
    long present = Math.max(tick, tickOf(now));
    for (int wheel = innermost(); wheel < WHEELS; wheel = innermost()) {
      Slot<T> slot = slots[wheel][Long.numberOfTrailingZeros(taken[wheel])];
      if (wheel == 0) {
        Entry<T> due = due(slot, now);
        if (due == null) {
          break;
        }
        forget(due);
        return due.owner;
      }
      long beginning = beginning(wheel, slot.index);
      if (beginning > present) {
        break;
      }
      tick = beginning;
      moveInwards(slot);
    }
    tick = present;
    return null;
  }

  /** How many entries have a deadline. */
  public int size() {
    return size;
  }

  /** How often an entry was put into a slot: the work that was done here so far. */
  public long moves() {
    return moves;
  }

  private int innermost() {
    int wheel = 0;
    while (wheel < WHEELS && taken[wheel] == 0) {
      wheel++;
    }
    return wheel;
  }

  private long earliest(Slot<T> slot) {
    long earliest = Long.MAX_VALUE;
    for (Entry<T> entry = slot.first; entry != null; entry = entry.next) {
      earliest = Math.min(earliest, entry.deadline);
    }
    return earliest;
  }

  private Entry<T> due(Slot<T> slot, long now) {
    Entry<T> entry = slot.first;
    while (entry != null && entry.deadline > now) {
      entry = entry.next;
    }
    return entry;
  }

  private void moveInwards(Slot<T> slot) {
    while (slot.first != null) {
      Entry<T> entry = slot.first;
      unlink(entry);
      link(entry);
    }
  }

  private void link(Entry<T> entry) {
    long at = Math.max(tick, tickOf(entry.deadline));
    // The highest digit in which the deadline differs from the present.
    int differing = Long.SIZE - Long.numberOfLeadingZeros(at ^ tick);
    int wheel = Math.max(0, differing - 1) / WHEEL_BITS;
    Slot<T> slot = slot(wheel, (int) (at >>> wheel * WHEEL_BITS) & SLOTS - 1);
    entry.slot = slot;
    entry.next = slot.first;
    if (slot.first != null) {
      slot.first.previous = entry;
    }
    slot.first = entry;
    taken[wheel] |= 1L << slot.index;
    size++;
    moves++;
  }

  private Slot<T> slot(int wheel, int index) {
    if (slots[wheel] == null) {
      slots[wheel] = newWheel();
    }
    if (slots[wheel][index] == null) {
      slots[wheel][index] = new Slot<>(wheel, index);
    }
    return slots[wheel][index];
  }

  @SuppressWarnings("unchecked")
  private Slot<T>[] newWheel() {
    return (Slot<T>[]) new Slot<?>[SLOTS];
  }

  private void unlink(Entry<T> entry) {
    Slot<T> slot = entry.slot;
    if (entry.previous == null) {
      slot.first = entry.next;
    } else {
      entry.previous.next = entry.next;
    }
    if (entry.next != null) {
      entry.next.previous = entry.previous;
    }
    if (slot.first == null) {
      taken[slot.wheel] &= ~(1L << slot.index);
    }
    entry.slot = null;
    entry.previous = null;
    entry.next = null;
    size--;
  }

  /** The first tick of a slot on the present turn of its wheel. */
  private long beginning(int wheel, int index) {
    int digits = (wheel + 1) * WHEEL_BITS;
    return tick >>> digits << digits | (long) index << wheel * WHEEL_BITS;
  }

  /** Times may be negative and ticks are not, in the same order. */
  private static long tickOf(long time) {
    return (time ^ Long.MIN_VALUE) >>> TICK_BITS;
  }

  private static long timeOf(long tick) {
    return tick << TICK_BITS ^ Long.MIN_VALUE;
  }
}
