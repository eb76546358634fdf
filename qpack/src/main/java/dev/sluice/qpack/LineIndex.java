package dev.sluice.qpack;

/**
 * Finds entries of the encoder's dynamic table by content. Two hash tables with chains, one by line
 * and one by name; new entries go to the head of their chains, so the first match is the newest,
 * and the entry to be evicted is the last of its chains.
 */
final class LineIndex {
  private static final class Node {
    final FieldLine line;
    final long absoluteIndex;
    Node nextOfLine;
    Node nextOfName;

    Node(FieldLine line, long absoluteIndex) {
      this.line = line;
      this.absoluteIndex = absoluteIndex;
    }
  }

  /** Entries of common size in a table of this many buckets' bytes make chains of about one. */
  private static final int BYTES_A_BUCKET = 64;

  private static final int MOST_BUCKETS = 4096;

  private final Node[] byLine;
  private final Node[] byName;

  /**
   * @param capacity the dynamic table's
   */
  LineIndex(long capacity) {
    long wanted = Math.clamp(capacity / BYTES_A_BUCKET, 16, MOST_BUCKETS);
    int buckets = Integer.highestOneBit((int) wanted);
    byLine = new Node[buckets];
    byName = new Node[buckets];
  }

  void add(FieldLine line, long absoluteIndex) {
    Node node = new Node(line, absoluteIndex);
    int lineBucket = bucket(StaticTable.lineHash(line.name(), line.value()));
    int nameBucket = bucket(line.name().hashCode());
    node.nextOfLine = byLine[lineBucket];
    node.nextOfName = byName[nameBucket];
    byLine[lineBucket] = node;
    byName[nameBucket] = node;
  }

  /** Removes the oldest entry. */
  void removeOldest(FieldLine line, long absoluteIndex) {
    int lineBucket = bucket(StaticTable.lineHash(line.name(), line.value()));
    Node at = byLine[lineBucket];
    if (at.absoluteIndex == absoluteIndex) {
      byLine[lineBucket] = null;
    } else {
      while (at.nextOfLine.absoluteIndex != absoluteIndex) {
        at = at.nextOfLine;
      }
      at.nextOfLine = null;
    }
    int nameBucket = bucket(line.name().hashCode());
    at = byName[nameBucket];
    if (at.absoluteIndex == absoluteIndex) {
      byName[nameBucket] = null;
    } else {
      while (at.nextOfName.absoluteIndex != absoluteIndex) {
        at = at.nextOfName;
      }
      at.nextOfName = null;
    }
  }

  /**
   * The newest entry with this name and value whose absolute index is below {@code below}, or -1.
   */
  long findLine(FieldLine line, long below) {
    Node at = byLine[bucket(StaticTable.lineHash(line.name(), line.value()))];
    while (at != null
        && !(at.absoluteIndex < below
            && at.line.value().equals(line.value())
            && at.line.name().equals(line.name()))) {
      at = at.nextOfLine;
    }
    return at == null ? -1 : at.absoluteIndex;
  }

  /** The newest entry with this name whose absolute index is below {@code below}, or -1. */
  long findName(String name, long below) {
    Node at = byName[bucket(name.hashCode())];
    while (at != null && !(at.absoluteIndex < below && at.line.name().equals(name))) {
      at = at.nextOfName;
    }
    return at == null ? -1 : at.absoluteIndex;
  }

  private int bucket(int hash) {
    // The multiplication spreads the low bits, in which similar strings differ, to the high ones.
    return (hash * 0x9e3779b1 >>> 16) & byLine.length - 1;
  }
}
