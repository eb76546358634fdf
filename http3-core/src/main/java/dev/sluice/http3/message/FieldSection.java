package dev.sluice.http3.message;

import dev.sluice.qpack.FieldLine;
import java.util.List;

/** The size of a header or trailer section (RFC 9114 §4.2.2). */
public final class FieldSection {
  private FieldSection() {}

  /** The sum of names, values and 32 bytes for each line. */
  public static long size(List<FieldLine> lines) {
    long size = 0;
    for (FieldLine line : lines) {
      size += line.size();
    }
    return size;
  }

  /**
   * Checks a section that is to be sent against what the peer takes.
   *
   * @throws FieldSectionTooLargeException when it is larger
   */
  public static void requireAtMost(List<FieldLine> lines, long limit) {
    long size = size(lines);
    if (size > limit) {
      throw new FieldSectionTooLargeException(size, limit);
    }
  }
}
