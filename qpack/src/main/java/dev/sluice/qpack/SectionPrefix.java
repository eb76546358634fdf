package dev.sluice.qpack;

/**
 * The two integers before the lines of a field section (RFC 9204 §4.5.1).
 *
 * @param requiredInsertCount how many insertions the section needs, 0 for none
 * @param base what its indices are relative to; never negative
 */
record SectionPrefix(long requiredInsertCount, long base) {
  private static final int SIGN = 0x80;

  /** What the wire format takes as the number of entries that the table can have (§4.5.1.1). */
  static long maxEntries(long maxTableCapacity) {
    return maxTableCapacity / FieldLine.OVERHEAD;
  }

  /** Writes the prefix. */
  void write(QpackWriter out, long maxEntries) {
    if (requiredInsertCount == 0) {
      // Nothing refers to the table, so any Base does; zero is the shortest.
      out.integer(0, 8, 0);
      out.integer(0, 7, 0);
      return;
    }
    out.integer(0, 8, requiredInsertCount % (2 * maxEntries) + 1);
    if (base >= requiredInsertCount) {
      out.integer(0, 7, base - requiredInsertCount);
    } else {
      out.integer(SIGN, 7, requiredInsertCount - base - 1);
    }
  }

  /**
   * Reads the prefix.
   *
   * @param insertCount the decoder's, to which the wrapped count is related
   */
  static SectionPrefix read(QpackReader in, long maxEntries, long insertCount)
      throws QpackException {
    long encoded = in.integer(8);
    if (encoded < 0) {
      throw malformed("Required Insert Count " + in.failure().sentence());
    }
    long required = unwrap(encoded, maxEntries, insertCount);
    boolean negative = in.hasRemaining() && (in.peek() & SIGN) != 0;
    long delta = in.integer(7);
    if (delta < 0) {
      throw malformed("Delta Base " + in.failure().sentence());
    }
    if (negative && required <= delta) {
      throw malformed("Base is negative: " + required + " - " + delta + " - 1");
    }
    return new SectionPrefix(required, negative ? required - delta - 1 : required + delta);
  }

  /**
   * The count was sent modulo twice the entries the table can have. At most {@code maxEntries} may
   * be missing here and at most as many may be evicted, so only one value is possible (§4.5.1.1).
   */
  private static long unwrap(long encoded, long maxEntries, long insertCount)
      throws QpackException {
    if (encoded == 0) {
      return 0;
    }
    long fullRange = 2 * maxEntries;
    if (encoded > fullRange) {
      throw malformed("Required Insert Count is encoded as " + encoded + ", above " + fullRange);
    }
    long highest = insertCount + maxEntries;
    long required = highest / fullRange * fullRange + encoded - 1;
    if (required > highest) {
      if (required <= fullRange) {
        throw malformed("Required Insert Count " + required + " is above " + highest);
      }
      required -= fullRange;
    }
    if (required == 0) {
      throw malformed("Required Insert Count 0 is encoded as " + encoded);
    }
    return required;
  }

  private static QpackException malformed(String message) {
    return new QpackException(
        QpackException.QPACK_DECOMPRESSION_FAILED, "field section prefix: " + message);
  }
}
