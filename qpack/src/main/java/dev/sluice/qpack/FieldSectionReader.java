package dev.sluice.qpack;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Decodes the representations of one field section at a time (RFC 9204 §4.5.2 to §4.5.6). */
final class FieldSectionReader {
  private final DynamicTable table;
  private final long maxFieldSectionSize;

  private QpackReader in;
  private SectionPrefix prefix;

  /** What is left of the size limit. */
  private long room;

  FieldSectionReader(DynamicTable table, long maxFieldSectionSize) {
    this.table = table;
    this.maxFieldSectionSize = maxFieldSectionSize;
  }

  /**
   * Decodes the lines of a section whose prefix has been read and whose insertions are all there.
   * The sum of sizes (RFC 9114 §4.2.2) is watched while decoding, so that a small section cannot
   * blow up: reading ends where the limit is broken. A Required Insert Count larger than the lines
   * need is let pass, as §2.2.1 permits: it cost the peer some delay and nobody else anything.
   */
  Decoded read(QpackReader in, SectionPrefix prefix) throws QpackException {
    this.in = in;
    this.prefix = prefix;
    room = maxFieldSectionSize;
    List<FieldLine> lines = new ArrayList<>(16);
    while (in.hasRemaining()) {
      FieldLine line = line();
      if (line == null || line.size() > room) {
        return new Decoded.TooLarge(
            maxFieldSectionSize, "field section is larger than " + maxFieldSectionSize + " bytes");
      }
      room -= line.size();
      lines.add(line);
    }
    return new Decoded.Fields(Collections.unmodifiableList(lines));
  }

  /** The next line, or null when it is longer than the room that is left. */
  private FieldLine line() throws QpackException {
    int first = in.peek();
    if ((first & 0x80) != 0) {
      return indexed((first & 0x40) != 0);
    }
    if ((first & 0x40) != 0) {
      return literalWithNameReference((first & 0x10) != 0, (first & 0x20) != 0);
    }
    if ((first & 0x20) != 0) {
      return literalWithLiteralName((first & 0x10) != 0);
    }
    return (first & 0x10) != 0
        ? indexedPostBase()
        : literalWithPostBaseNameReference((first & 0x08) != 0);
  }

  /** §4.5.2. */
  private FieldLine indexed(boolean isStatic) throws QpackException {
    String what = "Indexed Field Line";
    long index = integer(6, what);
    return isStatic ? staticLine(index, what) : dynamicLine(prefix.base() - index - 1, what);
  }

  /** §4.5.3. */
  private FieldLine indexedPostBase() throws QpackException {
    String what = "Indexed Field Line with Post-Base Index";
    return dynamicLine(prefix.base() + integer(4, what), what);
  }

  /** §4.5.4. */
  private FieldLine literalWithNameReference(boolean isStatic, boolean never)
      throws QpackException {
    String what = "Literal Field Line with Name Reference";
    long index = integer(4, what);
    FieldLine named =
        isStatic ? staticLine(index, what) : dynamicLine(prefix.base() - index - 1, what);
    return withValue(named.name(), never, what);
  }

  /** §4.5.5. */
  private FieldLine literalWithPostBaseNameReference(boolean never) throws QpackException {
    String what = "Literal Field Line with Post-Base Name Reference";
    FieldLine named = dynamicLine(prefix.base() + integer(3, what), what);
    return withValue(named.name(), never, what);
  }

  /** §4.5.6. */
  private FieldLine literalWithLiteralName(boolean never) throws QpackException {
    String what = "Literal Field Line with Literal Name";
    String name = string(4, room - FieldLine.OVERHEAD, what);
    return name == null ? null : withValue(name, never, what);
  }

  private FieldLine withValue(String name, boolean never, String what) throws QpackException {
    String value = string(8, room - FieldLine.OVERHEAD - name.length(), what);
    return value == null ? null : new FieldLine(name, value, never);
  }

  private static FieldLine staticLine(long index, String what) throws QpackException {
    FieldLine line = StaticTable.line(index);
    if (line == null) {
      throw error(what + ": no static entry has index " + index);
    }
    return line;
  }

  /** A reference at or above the Required Insert Count is as wrong as one to nothing (§2.2.3). */
  private FieldLine dynamicLine(long absoluteIndex, String what) throws QpackException {
    FieldLine line = absoluteIndex < prefix.requiredInsertCount() ? table.get(absoluteIndex) : null;
    if (line == null) {
      throw error(
          what
              + ": absolute index "
              + absoluteIndex
              + " is not between "
              + table.dropCount()
              + " and the Required Insert Count "
              + prefix.requiredInsertCount());
    }
    return line;
  }

  private long integer(int prefixBits, String what) throws QpackException {
    long value = in.integer(prefixBits);
    if (value < 0) {
      throw error(what + " " + in.failure().sentence());
    }
    return value;
  }

  /** A string, or null when it is longer than {@code most}. */
  private String string(int prefixBits, long most, String what) throws QpackException {
    String string = in.string(prefixBits, most);
    if (string == null && in.failure() != QpackReader.Failure.STRING_TOO_LONG) {
      throw error(what + " " + in.failure().sentence());
    }
    return string;
  }

  private static QpackException error(String message) {
    return new QpackException(
        QpackException.QPACK_DECOMPRESSION_FAILED, "field section: " + message);
  }
}
