package dev.sluice.qpack;

import java.util.Arrays;

/**
 * The dynamic table as the encoder must see it (RFC 9204 §2.1): with the references that
 * unacknowledged sections hold, with what the decoder is known to have received, and with entries
 * found by content.
 */
final class EncoderTable {
  /**
   * The part of the capacity, 1/4, that is to be free or reclaimable; entries within it are
   * draining (§2.1.1.1).
   */
  private static final int DRAINING_PART = 4;

  private final DynamicTable table = new DynamicTable();
  private LineIndex index = new LineIndex(0);

  /** References to the entry with absolute index i at i modulo the length, a power of two. */
  private int[] references = new int[16];

  private long knownReceived;

  /** Entries below this absolute index are draining; {@link #drainingSize} is their size. */
  private long drainingIndex;

  private long drainingSize;

  /** Sets the capacity of the table, which must be empty. */
  void setCapacity(long capacity) {
    table.setCapacity(capacity);
    index = new LineIndex(capacity);
  }

  long capacity() {
    return table.capacity();
  }

  long insertCount() {
    return table.insertCount();
  }

  /** How many insertions the decoder has acknowledged (§2.1.4). */
  long knownReceived() {
    return knownReceived;
  }

  /** Raises the Known Received Count, never beyond the Insert Count. */
  void setKnownReceived(long count) {
    knownReceived = count;
  }

  /** The newest entry equal to the line whose absolute index is below {@code below}, or -1. */
  long findLine(FieldLine line, long below) {
    return index.findLine(line, below);
  }

  /** The newest entry of that name whose absolute index is below {@code below}, or -1. */
  long findName(String name, long below) {
    return index.findName(name, below);
  }

  FieldLine get(long absoluteIndex) {
    return table.get(absoluteIndex);
  }

  /**
   * Whether the line can be inserted: it fits, and all entries that would have to go are evictable,
   * that is acknowledged and not referred to (§2.1.1).
   */
  boolean canInsert(FieldLine line) {
    if (line.size() > table.capacity()) {
      return false;
    }
    long missing = table.size() + line.size() - table.capacity();
    for (long i = table.dropCount(); missing > 0; i++) {
      if (i >= knownReceived || references[slot(i)] > 0) {
        return false;
      }
      missing -= table.get(i).size();
    }
    return true;
  }

  /** Inserts a line for which {@link #canInsert} is true, and returns its absolute index. */
  long insert(FieldLine line) {
    while (table.size() + line.size() > table.capacity()) {
      evictOldest();
    }
    long absoluteIndex = table.insertCount();
    if (absoluteIndex - table.dropCount() == references.length) {
      growReferences();
    }
    references[slot(absoluteIndex)] = 0;
    table.insert(line);
    index.add(line, absoluteIndex);
    advanceDraining();
    return absoluteIndex;
  }

  /** Whether the entry is so near to its eviction that it should get no more references. */
  boolean isDraining(long absoluteIndex) {
    return absoluteIndex < drainingIndex;
  }

  /** A section that refers to the entry is about to be sent. */
  void addReference(long absoluteIndex) {
    references[slot(absoluteIndex)]++;
  }

  /** Such a section was acknowledged or cancelled. */
  void removeReferences(long[] absoluteIndices) {
    for (long absoluteIndex : absoluteIndices) {
      references[slot(absoluteIndex)]--;
    }
  }

  private void evictOldest() {
    long oldest = table.dropCount();
    FieldLine line = table.evictOldest();
    index.removeOldest(line, oldest);
    if (oldest < drainingIndex) {
      drainingSize -= line.size();
    } else {
      drainingIndex = oldest + 1;
    }
  }

  /**
   * Moves the draining index on until unused space and draining entries make up their part. The
   * newest entry never drains: renewing it would change nothing.
   */
  private void advanceDraining() {
    long target = table.capacity() / DRAINING_PART - (table.capacity() - table.size());
    while (drainingSize < target && drainingIndex < table.insertCount() - 1) {
      drainingSize += table.get(drainingIndex++).size();
    }
  }

  private void growReferences() {
    int[] larger = Arrays.copyOf(references, references.length * 2);
    for (long i = table.dropCount(); i < table.insertCount(); i++) {
      larger[(int) i & larger.length - 1] = references[slot(i)];
    }
    references = larger;
  }

  private int slot(long absoluteIndex) {
    return (int) absoluteIndex & references.length - 1;
  }
}
