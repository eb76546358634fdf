package dev.sluice.qpack;

/**
 * The dynamic table (RFC 9204 §3.2): first in, first out, addressed by absolute index, bounded by a
 * capacity in bytes. Both sides keep one; the encoder adds to it what it must know about its peer
 * ({@link EncoderTable}).
 *
 * <p>An entry costs at least 32 bytes of capacity, so the capacity bounds the number of entries
 * too.
 */
final class DynamicTable {
  /** Entry with absolute index i is at i modulo the length, a power of two. */
  private FieldLine[] ring = new FieldLine[16];

  private long inserted;
  private long dropped;
  private long size;
  private long capacity;

  /** The Insert Count: how many entries there have ever been. */
  long insertCount() {
    return inserted;
  }

  /** How many entries have been evicted; the absolute index of the oldest that is left. */
  long dropCount() {
    return dropped;
  }

  /** The sum of the entries' sizes (RFC 9204 §3.2.1). */
  long size() {
    return size;
  }

  /** The upper limit on the size, 0 at first. */
  long capacity() {
    return capacity;
  }

  /** Changes the capacity, evicting what no longer fits (RFC 9204 §3.2.2). */
  void setCapacity(long capacity) {
    this.capacity = capacity;
    evictDownTo(capacity);
  }

  /**
   * Adds an entry, evicting the oldest as needed.
   *
   * @return false when the line is larger than the whole table; nothing is evicted then
   */
  boolean insert(FieldLine line) {
    if (line.size() > capacity) {
      return false;
    }
    evictDownTo(capacity - line.size());
    if (inserted - dropped == ring.length) {
      grow();
    }
    ring[slot(inserted++)] = line;
    size += line.size();
    return true;
  }

  /** The entry with this absolute index, or null when it is evicted or not yet there. */
  FieldLine get(long absoluteIndex) {
    return absoluteIndex >= dropped && absoluteIndex < inserted ? ring[slot(absoluteIndex)] : null;
  }

  /** The entry with this index relative to the newest (RFC 9204 §3.2.5), or null. */
  FieldLine getRelative(long relativeIndex) {
    return get(inserted - relativeIndex - 1);
  }

  /** Removes the oldest entry, which there must be, and returns it. */
  FieldLine evictOldest() {
    int slot = slot(dropped++);
    FieldLine oldest = ring[slot];
    ring[slot] = null;
    size -= oldest.size();
    return oldest;
  }

  private void evictDownTo(long target) {
    while (size > target) {
      evictOldest();
    }
  }

  private void grow() {
    FieldLine[] larger = new FieldLine[ring.length * 2];
    for (long i = dropped; i < inserted; i++) {
      larger[(int) i & larger.length - 1] = ring[slot(i)];
    }
    ring = larger;
  }

  private int slot(long absoluteIndex) {
    return (int) absoluteIndex & ring.length - 1;
  }
}
