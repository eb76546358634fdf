package dev.sluice.qpack;

/**
 * The decoder's end of the encoder stream: carries out the instructions of RFC 9204 §4.3 on the
 * dynamic table.
 */
final class EncoderStreamReader {
  private final DynamicTable table;
  private final long maxTableCapacity;
  private final InstructionBuffer buffer = new InstructionBuffer();
  private final QpackReader in = new QpackReader();

  EncoderStreamReader(DynamicTable table, long maxTableCapacity) {
    this.table = table;
    this.maxTableCapacity = maxTableCapacity;
  }

  /** Carries out every instruction that is complete, and keeps the rest. */
  void receive(byte[] bytes, int offset, int length) throws QpackException {
    if (!buffer.offer(bytes, offset, length, in)) {
      return;
    }
    while (in.hasRemaining()) {
      int start = in.position();
      if (!instruction()) {
        in.position(start);
        break;
      }
    }
    buffer.keepRest(in);
  }

  /** How many bytes of an unfinished instruction are kept. */
  int held() {
    return buffer.length();
  }

  /**
   * @return false when the instruction is not complete; then nothing has changed
   */
  private boolean instruction() throws QpackException {
    int first = in.peek();
    if ((first & 0x80) != 0) {
      return insertWithNameReference((first & 0x40) != 0);
    }
    if ((first & 0x40) != 0) {
      return insertWithLiteralName();
    }
    return (first & 0x20) != 0 ? setCapacity() : duplicate();
  }

  /** §4.3.1. */
  private boolean setCapacity() throws QpackException {
    long capacity = in.integer(5);
    if (capacity < 0) {
      return incomplete("Set Dynamic Table Capacity");
    }
    if (capacity > maxTableCapacity) {
      throw error(
          "Set Dynamic Table Capacity to " + capacity + " exceeds the limit " + maxTableCapacity);
    }
    table.setCapacity(capacity);
    return true;
  }

  /** §4.3.2. */
  private boolean insertWithNameReference(boolean isStatic) throws QpackException {
    long index = in.integer(6);
    if (index < 0) {
      return incomplete("Insert with Name Reference");
    }
    FieldLine named = isStatic ? StaticTable.line(index) : table.getRelative(index);
    if (named == null) {
      throw error(
          "Insert with Name Reference: no "
              + (isStatic ? "static" : "dynamic")
              + " entry has index "
              + index);
    }
    return insertWithValue("Insert with Name Reference", named.name());
  }

  /** §4.3.3. */
  private boolean insertWithLiteralName() throws QpackException {
    String name = in.string(6, table.capacity() - FieldLine.OVERHEAD);
    if (name == null) {
      return incomplete("Insert with Literal Name");
    }
    return insertWithValue("Insert with Literal Name", name);
  }

  private boolean insertWithValue(String instruction, String name) throws QpackException {
    // What is longer than the table cannot be inserted, so it needn't be waited for either.
    String value = in.string(8, table.capacity() - FieldLine.OVERHEAD - name.length());
    if (value == null) {
      return incomplete(instruction);
    }
    return insert(instruction, new FieldLine(name, value));
  }

  /** §4.3.4. */
  private boolean duplicate() throws QpackException {
    long index = in.integer(5);
    if (index < 0) {
      return incomplete("Duplicate");
    }
    FieldLine line = table.getRelative(index);
    if (line == null) {
      throw error("Duplicate: no dynamic entry has index " + index);
    }
    return insert("Duplicate", line);
  }

  private boolean insert(String instruction, FieldLine line) throws QpackException {
    if (!table.insert(line)) {
      throw error(
          instruction + ": " + line.size() + " bytes exceed the capacity " + table.capacity());
    }
    return true;
  }

  private boolean incomplete(String instruction) throws QpackException {
    return switch (in.failure()) {
      case INCOMPLETE -> false;
      case STRING_TOO_LONG ->
          throw error(instruction + ": the entry exceeds the capacity " + table.capacity());
      case INTEGER_TOO_LARGE, BAD_HUFFMAN ->
          throw error(instruction + " " + in.failure().sentence());
    };
  }

  private static QpackException error(String message) {
    return new QpackException(
        QpackException.QPACK_ENCODER_STREAM_ERROR, "encoder stream: " + message);
  }
}
