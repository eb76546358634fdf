package dev.sluice.qpack;

/**
 * The encoder's end of the decoder stream: carries out the instructions of RFC 9204 §4.4 on the
 * outstanding sections and the table's references.
 */
final class DecoderStreamReader {
  private final EncoderTable table;
  private final OutstandingSections outstanding;
  private final InstructionBuffer buffer = new InstructionBuffer();
  private final QpackReader in = new QpackReader();

  DecoderStreamReader(EncoderTable table, OutstandingSections outstanding) {
    this.table = table;
    this.outstanding = outstanding;
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
    outstanding.reviewBlockable(table.knownReceived());
  }

  /** How many bytes of an unfinished instruction are kept. */
  int held() {
    return buffer.length();
  }

  private boolean instruction() throws QpackException {
    int first = in.peek();
    boolean acknowledgment = (first & 0x80) != 0;
    long value = in.integer(acknowledgment ? 7 : 6);
    if (value < 0) {
      if (in.failure() == QpackReader.Failure.INCOMPLETE) {
        return false;
      }
      throw error("an instruction " + in.failure().sentence());
    }
    if (acknowledgment) {
      acknowledge(value);
    } else if ((first & 0x40) != 0) {
      cancel(value);
    } else {
      increment(value);
    }
    return true;
  }

  /** §4.4.1: it says that the section's insertions have arrived, too (§2.1.4). */
  private void acknowledge(long streamId) throws QpackException {
    OutstandingSections.Section section = outstanding.acknowledge(streamId);
    if (section == null) {
      throw error("Section Acknowledgment for stream " + streamId + ", which awaits none");
    }
    table.removeReferences(section.references());
    table.setKnownReceived(Math.max(table.knownReceived(), section.requiredInsertCount()));
  }

  /** §4.4.2: it says nothing about insertions; for a stream without references it is no news. */
  private void cancel(long streamId) {
    for (OutstandingSections.Section section : outstanding.cancel(streamId)) {
      table.removeReferences(section.references());
    }
  }

  /** §4.4.3. */
  private void increment(long increment) throws QpackException {
    if (increment == 0 || increment > table.insertCount() - table.knownReceived()) {
      throw error(
          "Insert Count Increment of "
              + increment
              + " with "
              + (table.insertCount() - table.knownReceived())
              + " insertions unacknowledged");
    }
    table.setKnownReceived(table.knownReceived() + increment);
  }

  private static QpackException error(String message) {
    return new QpackException(
        QpackException.QPACK_DECODER_STREAM_ERROR, "decoder stream: " + message);
  }
}
