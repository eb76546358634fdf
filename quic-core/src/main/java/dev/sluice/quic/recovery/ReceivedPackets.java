package dev.sluice.quic.recovery;

import dev.sluice.quic.frame.AckRanges;
import java.util.Arrays;

/**
 * The packet numbers received in one space, as ranges in ascending order. The number of ranges is
 * bounded: when there are too many, the lowest go, and everything down there counts as received, so
 * that nothing is processed twice (RFC 9000 §13.2.3).
 */
final class ReceivedPackets {
  /**
   * Each gap costs a range. With every second packet lost, this remembers the last 512 packets;
   * what arrives later than that was sent again long ago.
   */
  static final int MAX_RANGES = 256;

  /** Most connections have one range and never need more than these. */
  private static final int FEW_RANGES = 4;

  private long[] smallest = new long[FEW_RANGES];
  private long[] largest = new long[FEW_RANGES];
  private int count;

  /** All below this counts as received. */
  private long floor;

  /** Whether a packet number was added before, or is too low to tell. */
  boolean mayContain(long packetNumber) {
    int at = find(packetNumber);
    return packetNumber < floor || (at >= 0 && packetNumber <= largest[at]);
  }

  /** Adds a packet number for which {@link #mayContain} is false. */
  void add(long packetNumber) {
    int below = find(packetNumber);
    boolean joinsBelow = below >= 0 && largest[below] == packetNumber - 1;
    boolean joinsAbove = below + 1 < count && smallest[below + 1] == packetNumber + 1;
    if (joinsBelow && joinsAbove) {
      largest[below] = largest[below + 1];
      remove(below + 1);
    } else if (joinsBelow) {
      largest[below] = packetNumber;
    } else if (joinsAbove) {
      smallest[below + 1] = packetNumber;
    } else {
      insert(below + 1, packetNumber);
    }
  }

  /** The lowest packet number from {@code from} on that has not been added. */
  long firstMissing(long from) {
    long known = Math.max(from, floor);
    int at = find(known);
    return at >= 0 && known <= largest[at] ? largest[at] + 1 : known;
  }

  /** The lowest number of the range that an added packet number lies in. */
  long startOf(long packetNumber) {
    int at = find(packetNumber);
    return at < 0 ? packetNumber : smallest[at];
  }

  /**
   * The highest ranges that reach up to {@code from} or beyond, cut off below it.
   *
   * @param from at most the largest number received
   */
  AckRanges ranges(long from, int limit) {
    // Nearly always: nothing is missing, and an ACK costs one array.
    if (count == 1 || largest[count - 2] < from || limit == 1) {
      return AckRanges.of(Math.max(smallest[count - 1], from), largest[count - 1]);
    }
    AckRanges.Builder ranges = AckRanges.builder();
    for (int i = count - 1; i >= 0 && largest[i] >= from && ranges.count() < limit; i--) {
      ranges.add(Math.max(smallest[i], from), largest[i]);
    }
    return ranges.build();
  }

  /** How many ranges there are. */
  int size() {
    return count;
  }

  /** The last range that begins at or below a number; -1 if none. Usually it is the last of all. */
  private int find(long packetNumber) {
    int at = count - 1;
    while (at >= 0 && smallest[at] > packetNumber) {
      at--;
    }
    return at;
  }

  private void insert(int at, long packetNumber) {
    int to = at;
    if (count == MAX_RANGES) {
      floor = largest[0] + 1;
      if (to == 0) {
        floor = packetNumber + 1; // below all others: remembered by the floor alone
        return;
      }
      remove(0);
      to--;
    }
    if (count == smallest.length) {
      smallest = Arrays.copyOf(smallest, Math.min(2 * count, MAX_RANGES));
      largest = Arrays.copyOf(largest, smallest.length);
    }
    System.arraycopy(smallest, to, smallest, to + 1, count - to);
    System.arraycopy(largest, to, largest, to + 1, count - to);
    smallest[to] = packetNumber;
    largest[to] = packetNumber;
    count++;
  }

  private void remove(int at) {
    count--;
    System.arraycopy(smallest, at + 1, smallest, at, count - at);
    System.arraycopy(largest, at + 1, largest, at, count - at);
  }
}
