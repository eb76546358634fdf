package dev.sluice.qpack;

import java.nio.charset.StandardCharsets;

/**
 * Reads the two primitives of QPACK, prefixed integers and string literals (RFC 9204 §4.1), from a
 * range of bytes. A failed read says why in {@link #failure()}; what it means depends on the
 * stream, so the caller turns it into its error. Made once and pointed at one array after another.
 */
final class QpackReader {
  /** Why a read gave nothing. */
  enum Failure {
    /** The bytes end too early; on an instruction stream more may follow. */
    INCOMPLETE("is cut off"),
    /** Above 2^62 - 1, the most that RFC 9204 §4.1.1 asks a decoder to take. */
    INTEGER_TOO_LARGE("has an integer above 2^62-1"),
    /** A string is longer than the caller allowed. */
    STRING_TOO_LONG("has a string that is too long"),
    /** A string's Huffman code is wrong. */
    BAD_HUFFMAN("has a string that is not Huffman code");

    private final String sentence;

    Failure(String sentence) {
      this.sentence = sentence;
    }

    /** A predicate for messages: "Duplicate is cut off". */
    String sentence() {
      return sentence;
    }
  }

  private static final byte[] NOTHING = {};

  private static final long LARGEST = (1L << 62) - 1;

  /**
   * Nine continuation bytes carry 63 bits, enough for every value. More can only be zeros that pad
   * the encoding, which RFC 7541 §5.1 lets a decoder refuse.
   */
  private static final int LAST_SHIFT = 56;

  /**
   * Enough for nearly every string, so that it is decoded without an array of its own. Most readers
   * see none so long, and many belong to a connection that is idle: they have room for what they
   * have seen.
   */
  private static final int MOST_SCRATCH = 1024;

  private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

  private byte[] bytes = NOTHING;
  private int position;
  private int limit;
  private int needed;
  private Failure failure;
  private byte[] scratch = NOTHING;

  /** Points the reader at a range, which it does not copy. */
  void reset(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.position = offset;
    this.limit = offset + length;
    this.failure = null;
  }

  /** Lets go of the array. */
  void release() {
    reset(NOTHING, 0, 0);
  }

  byte[] bytes() {
    return bytes;
  }

  int position() {
    return position;
  }

  void position(int position) {
    this.position = position;
  }

  int limit() {
    return limit;
  }

  boolean hasRemaining() {
    return position < limit;
  }

  /** The next byte, 0 to 255, without moving on. There must be one. */
  int peek() {
    return bytes[position] & 0xff;
  }

  /** Why the last read gave nothing. */
  Failure failure() {
    return failure;
  }

  /** After INCOMPLETE: the position that the bytes must at least reach for another try. */
  int needed() {
    return needed;
  }

  /**
   * Reads an integer whose first {@code prefixBits} bits are the low bits of the next byte (RFC
   * 7541 §5.1).
   *
   * @return 0 to 2^62-1, or -1 after a failure
   */
  long integer(int prefixBits) {
    if (position == limit) {
      return incomplete(limit + 1L);
    }
    int mask = (1 << prefixBits) - 1;
    long value = bytes[position++] & mask;
    return value < mask ? value : continued(value);
  }

  private long continued(long value) {
    for (int shift = 0; shift <= LAST_SHIFT; shift += 7) {
      if (position == limit) {
        return incomplete(limit + 1L);
      }
      int next = bytes[position++];
      value += (next & 0x7fL) << shift;
      if (value > LARGEST || value < 0) {
        break;
      }
      if (next >= 0) {
        return value;
      }
    }
    failure = Failure.INTEGER_TOO_LARGE;
    return -1;
  }

  /**
   * Reads a string literal (RFC 9204 §4.1.2).
   *
   * @param prefixBits the N of "N-bit prefix string literal", the Huffman flag included
   * @param most how many bytes the decoded string may have; checked before anything is waited for
   *     or allocated
   * @return the string, one character a byte, or null after a failure
   */
  String string(int prefixBits, long most) {
    if (position == limit) {
      incomplete(limit + 1L);
      return null;
    }
    boolean huffman = (bytes[position] & 1 << prefixBits - 1) != 0;
    long length = integer(prefixBits - 1);
    if (length < 0) {
      return null;
    }
    // Four bytes hold at least one symbol, whose code is thirty bits at most.
    if ((huffman ? Math.max(0, length / 4 - 1) : length) > most) {
      failure = Failure.STRING_TOO_LONG;
      return null;
    }
    if (length > limit - position) {
      incomplete(position + length);
      return null;
    }
    int start = position;
    position += (int) length;
    return huffman
        ? huffman(start, (int) length, most)
        : new String(bytes, start, (int) length, StandardCharsets.ISO_8859_1);
  }

  private String huffman(int start, int length, long most) {
    int room = (int) Math.min(Math.min(most, LONGEST_ARRAY), length * 8L / Huffman.SHORTEST_CODE);
    byte[] out = room <= MOST_SCRATCH ? scratch(room) : new byte[room];
    int decoded = Huffman.decode(bytes, start, length, out, room);
    if (decoded < 0) {
      failure = decoded == Huffman.TOO_LONG ? Failure.STRING_TOO_LONG : Failure.BAD_HUFFMAN;
      return null;
    }
    return new String(out, 0, decoded, StandardCharsets.ISO_8859_1);
  }

  private byte[] scratch(int room) {
    if (room > scratch.length) {
      scratch = new byte[Math.clamp(2L * scratch.length, room, MOST_SCRATCH)];
    }
    return scratch;
  }

  private long incomplete(long needed) {
    failure = Failure.INCOMPLETE;
    this.needed = (int) Math.min(needed, Integer.MAX_VALUE);
    return -1;
  }
}
