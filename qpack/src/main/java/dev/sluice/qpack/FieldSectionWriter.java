package dev.sluice.qpack;

import java.util.Arrays;

/**
 * Writes the representations of one field section at a time (RFC 9204 §4.5), in a single pass: the
 * Base is the Insert Count at the beginning, and entries inserted on the way are referred to by
 * post-Base indices. The prefix, known only at the end, goes into room left at the front.
 */
final class FieldSectionWriter {
  private static final int PREFIX_ROOM = 2 * QpackWriter.LONGEST_INTEGER;

  private final EncoderTable table;
  private final QpackWriter out = new QpackWriter(512);
  private final QpackWriter prefix = new QpackWriter(PREFIX_ROOM);
  private long base;
  private long requiredInsertCount;
  private long[] references = new long[32];
  private int referenceCount;

  FieldSectionWriter(EncoderTable table) {
    this.table = table;
  }

  void begin() {
    out.reset(PREFIX_ROOM);
    base = table.insertCount();
    requiredInsertCount = 0;
    referenceCount = 0;
  }

  /** §4.5.2, static. */
  void indexedStatic(int index) {
    out.integer(0xc0, 6, index);
  }

  /** §4.5.2 and §4.5.3, dynamic. */
  void indexedDynamic(long absoluteIndex) {
    refer(absoluteIndex);
    if (absoluteIndex < base) {
      out.integer(0x80, 6, base - absoluteIndex - 1);
    } else {
      out.integer(0x10, 4, absoluteIndex - base);
    }
  }

  /** §4.5.4, static. */
  void literalWithStaticName(int index, FieldLine line, boolean never) {
    out.integer(never ? 0x70 : 0x50, 4, index);
    out.string(0, 8, line.value());
  }

  /** §4.5.4 and §4.5.5, dynamic. */
  void literalWithDynamicName(long absoluteIndex, FieldLine line, boolean never) {
    refer(absoluteIndex);
    if (absoluteIndex < base) {
      out.integer(never ? 0x60 : 0x40, 4, base - absoluteIndex - 1);
    } else {
      out.integer(never ? 0x08 : 0x00, 3, absoluteIndex - base);
    }
    out.string(0, 8, line.value());
  }

  /** §4.5.6. */
  void literal(FieldLine line, boolean never) {
    out.string(never ? 0x30 : 0x20, 4, line.name());
    out.string(0, 8, line.value());
  }

  /** The section, prefix first. */
  byte[] finish(long maxEntries) {
    prefix.reset(0);
    new SectionPrefix(requiredInsertCount, base).write(prefix, maxEntries);
    int start = PREFIX_ROOM - prefix.length();
    System.arraycopy(prefix.array(), 0, out.array(), start, prefix.length());
    return out.copy(start);
  }

  /** What the finished section refers to, or null when to nothing. */
  OutstandingSections.Section outstanding() {
    return referenceCount == 0
        ? null
        : new OutstandingSections.Section(
            requiredInsertCount, Arrays.copyOf(references, referenceCount));
  }

  /** The entry is held from now on, so that no insertion for this same section evicts it. */
  private void refer(long absoluteIndex) {
    table.addReference(absoluteIndex);
    if (referenceCount == references.length) {
      references = Arrays.copyOf(references, referenceCount * 2);
    }
    references[referenceCount++] = absoluteIndex;
    requiredInsertCount = Math.max(requiredInsertCount, absoluteIndex + 1);
  }
}
