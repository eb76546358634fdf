package dev.sluice.quic.frame;

import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireException;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;
import java.util.Arrays;

/**
 * The packet numbers that an ACK frame acknowledges, as ranges from the highest to the lowest (RFC
 * 9000 §19.3.1). At least one range; between two ranges at least one number is missing. Immutable.
 */
public final class AckRanges {

  /**
   * The most ranges that are kept of one frame. A range takes two bytes at least, so an ordinary
   * datagram of 1500 bytes has no room for more; a peer that fills a jumbo datagram with ranges
   * does not get to hold memory and time in proportion. What goes is the lowest numbers, which a
   * sender then at worst takes for lost and sends again.
   */
  public static final int MAX_RANGES = 1024;

  private static final int USUAL_RANGES = 4;

  /** Largest and smallest of each range in turn, descending throughout. */
  private final long[] bounds;

  private AckRanges(long[] bounds) {
    this.bounds = bounds;
  }

  /** The one range from smallest to largest, both included. */
  public static AckRanges of(long smallest, long largest) {
    return new Builder(1).add(smallest, largest).exact();
  }

  /** Starts an empty list. */
  public static Builder builder() {
    return new Builder(USUAL_RANGES);
  }

  /** How many ranges there are, at least 1. */
  public int count() {
    return bounds.length / 2;
  }

  /** The largest number of a range; range 0 is the highest. */
  public long largest(int range) {
    return bounds[2 * range];
  }

  /** The smallest number of a range. */
  public long smallest(int range) {
    return bounds[2 * range + 1];
  }

  /** The largest number of all. */
  public long largest() {
    return bounds[0];
  }

  /** The smallest number of all. */
  public long smallest() {
    return bounds[bounds.length - 1];
  }

  /** Whether a packet number is acknowledged. */
  public boolean contains(long packetNumber) {
    int low = 0;
    int high = count() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (packetNumber > largest(middle)) {
        high = middle - 1;
      } else if (packetNumber < smallest(middle)) {
        low = middle + 1;
      } else {
        return true;
      }
    }
    return false;
  }

  /** The highest ranges only, for a frame that must fit a packet. */
  public AckRanges first(int ranges) {
    return ranges >= count() ? this : new AckRanges(Arrays.copyOf(bounds, 2 * ranges));
  }

  /** Reads count, first range and the rest (§19.3), below a largest number already read. */
  static AckRanges read(WireReader in, long largest) {
    // Each range takes bytes of the packet, so a false count ends in a truncated frame.
    long more = in.varInt();
    long smallest = lower(largest, in.varInt());
    if (more == 0) {
      return new AckRanges(new long[] {largest, smallest});
    }
    // What a false count sets aside is no more than what as many bytes could hold.
    long possible = Math.min(more, in.remaining() / 2);
    Builder kept = new Builder((int) Math.min(possible + 1, MAX_RANGES));
    kept.append(smallest, largest);
    for (long i = 0; i < more; i++) {
      long top = lower(smallest, in.varInt() + 2);
      smallest = lower(top, in.varInt());
      if (kept.count() < MAX_RANGES) {
        kept.append(smallest, top);
      }
    }
    return kept.exact();
  }

  private static long lower(long packetNumber, long by) {
    if (by > packetNumber) {
      throw new WireException("a range goes below packet number 0");
    }
    return packetNumber - by;
  }

  /** The bytes of ACK Range Count, First ACK Range and the ranges. */
  int encodedLength() {
    int length = VarInt.length(count() - 1) + VarInt.length(largest(0) - smallest(0));
    for (int i = 1; i < count(); i++) {
      length += VarInt.length(gap(i)) + VarInt.length(largest(i) - smallest(i));
    }
    return length;
  }

  void write(WireWriter out) {
    out.varInt(count() - 1).varInt(largest(0) - smallest(0));
    for (int i = 1; i < count(); i++) {
      out.varInt(gap(i)).varInt(largest(i) - smallest(i));
    }
  }

  /** One less than the number of packets missing above a range. */
  private long gap(int range) {
    return smallest(range - 1) - largest(range) - 2;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AckRanges that && Arrays.equals(bounds, that.bounds);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bounds);
  }

  /** For example {@code [8-9, 5, 0-3]}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < count(); i++) {
      text.append(i == 0 ? "" : ", ").append(smallest(i));
      text.append(smallest(i) == largest(i) ? "" : "-" + largest(i));
    }
    return text.append(']').toString();
  }

  /** Collects ranges from the highest to the lowest. */
  public static final class Builder {
    private long[] bounds;
    private int size;

    private Builder(int ranges) {
      bounds = new long[2 * ranges];
    }

    /**
     * The next lower range, both ends included.
     *
     * @throws IllegalArgumentException when it is empty, negative, or touches the range above it
     */
    public Builder add(long smallest, long largest) {
      boolean below = size == 0 || largest < bounds[size - 1] - 1;
      if (smallest < 0 || smallest > largest || !below) {
        throw new IllegalArgumentException("not below the last range: " + smallest);
      }
      return append(smallest, largest);
    }

    /** How many ranges there are so far. */
    public int count() {
      return size / 2;
    }

    /**
     * The list.
     *
     * @throws IllegalStateException when no range was added
     */
    public AckRanges build() {
      if (size == 0) {
        throw new IllegalStateException("an ACK frame needs a range");
      }
      return new AckRanges(Arrays.copyOf(bounds, size));
    }

    /** The list, without a copy where none is needed; the builder is not used any more. */
    private AckRanges exact() {
      return new AckRanges(size == bounds.length ? bounds : Arrays.copyOf(bounds, size));
    }

    private Builder append(long smallest, long largest) {
      if (size == bounds.length) {
        bounds = Arrays.copyOf(bounds, 2 * size);
      }
      bounds[size++] = largest;
      bounds[size++] = smallest;
      return this;
    }
  }
}
