package dev.sluice.qpack;

/**
 * Writes the instructions of RFC 9204 §4.3 and carries each out on the encoder's own table, so that
 * both tables go through the same states. An instruction that the table or the encoder stream has
 * no room for is not written.
 */
final class EncoderStreamWriter {
  /**
   * A peer that lets the encoder stream carry nothing gets no more insertions than this; a table of
   * common size is filled with far less.
   */
  private static final int MOST_PENDING = 64 * 1024;

  private final EncoderTable table;
  private final QpackWriter out = new QpackWriter(256);

  /** The capacity to use; set in the table by the first instruction. */
  private long capacity;

  /** What the encoder stream can carry beyond what was taken. */
  private long credit = Long.MAX_VALUE;

  EncoderStreamWriter(EncoderTable table) {
    this.table = table;
  }

  /** The capacity that the first insertion will ask for; only while nothing has been inserted. */
  void setCapacity(long capacity) {
    this.capacity = capacity;
  }

  long capacity() {
    return capacity;
  }

  void setCredit(long credit) {
    this.credit = credit;
  }

  /**
   * Inserts a line (§4.3.2, §4.3.3), with its name by reference where a table has it.
   *
   * @param staticName the static index of the name, or -1
   * @return its absolute index, or -1 when there is no room for it
   */
  long insert(FieldLine line, int staticName) {
    if (!begin(line, line.name().length() + line.value().length())) {
      return -1;
    }
    long dynamicName = staticName >= 0 ? -1 : table.findName(line.name(), Long.MAX_VALUE);
    if (staticName >= 0) {
      out.integer(0xc0, 6, staticName);
    } else if (dynamicName >= 0) {
      out.integer(0x80, 6, table.insertCount() - dynamicName - 1);
    } else {
      out.string(0x40, 6, line.name());
    }
    out.string(0, 8, line.value());
    return table.insert(line);
  }

  /**
   * Inserts an existing entry again (§4.3.4).
   *
   * @return the absolute index of the copy, or -1 when there is no room for it
   */
  long duplicate(long absoluteIndex) {
    FieldLine line = table.get(absoluteIndex);
    if (!begin(line, 0)) {
      return -1;
    }
    out.integer(0, 5, table.insertCount() - absoluteIndex - 1);
    return table.insert(line);
  }

  /** What was written since the last call. */
  byte[] take() {
    credit -= credit == Long.MAX_VALUE ? 0 : out.length();
    return out.take();
  }

  /**
   * Whether an instruction may be written that inserts the line and has at most that many bytes of
   * strings. An instruction is written only if all of it can be sent (§2.1.3). The first one is
   * preceded by Set Dynamic Table Capacity (§4.3.1): a table that isn't used costs nothing.
   */
  private boolean begin(FieldLine line, int stringBytes) {
    long longest = out.length() + 3L * QpackWriter.LONGEST_INTEGER + stringBytes;
    if (longest > credit || longest > MOST_PENDING || line.size() > capacity) {
      return false;
    }
    if (table.capacity() == 0) {
      table.setCapacity(capacity);
      out.integer(0x20, 5, capacity);
    }
    return table.canInsert(line);
  }
}
