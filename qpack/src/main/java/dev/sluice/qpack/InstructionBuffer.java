package dev.sluice.qpack;

import java.util.Arrays;

/**
 * Holds the beginning of an instruction whose rest has not arrived, for the two instruction streams
 * (RFC 9204 §4.2), which are cut anywhere.
 *
 * <p>It is bounded by the longest instruction: readers refuse an integer above 62 bits and a string
 * that cannot fit the table as soon as they see its length, and consume every whole instruction.
 */
final class InstructionBuffer {
  private static final byte[] NOTHING = {};

  private byte[] held = NOTHING;
  private int length;

  /** How many held bytes another try needs at least. */
  private int needed;

  /**
   * Adds bytes and points the reader at everything there is.
   *
   * @return false when it is still less than the unfinished instruction needs; the bytes are kept
   */
  boolean offer(byte[] bytes, int offset, int count, QpackReader reader) {
    if (length == 0) {
      reader.reset(bytes, offset, count);
      return true;
    }
    if (held.length - length < count) {
      held = Arrays.copyOf(held, Math.max(held.length * 2, length + count));
    }
    System.arraycopy(bytes, offset, held, length, count);
    length += count;
    if (length < needed) {
      return false;
    }
    reader.reset(held, 0, length);
    return true;
  }

  /** Keeps what the reader has not consumed: nothing, or the beginning of one instruction. */
  void keepRest(QpackReader reader) {
    length = reader.limit() - reader.position();
    needed = reader.needed() - reader.position();
    held =
        length == 0
            ? NOTHING
            : Arrays.copyOfRange(reader.bytes(), reader.position(), reader.limit());
    reader.release();
  }

  /** How many bytes wait. */
  int length() {
    return length;
  }
}
