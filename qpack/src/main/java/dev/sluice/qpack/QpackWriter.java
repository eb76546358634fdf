package dev.sluice.qpack;

import java.util.Arrays;

/** Writes prefixed integers and string literals (RFC 9204 §4.1) into an array that grows. */
final class QpackWriter {
  /** What an integer takes at most: the byte with the prefix and nine that continue it. */
  static final int LONGEST_INTEGER = 10;

  private static final byte[] NOTHING = {};

  /** A buffer that one large section blew up is not kept for the life of the connection. */
  private static final int KEPT = 16 * 1024;

  private byte[] bytes;
  private int length;

  QpackWriter(int room) {
    bytes = new byte[room];
  }

  int length() {
    return length;
  }

  /** Starts anew, leaving {@code room} bytes at the front that the caller may fill later. */
  void reset(int room) {
    if (bytes.length > KEPT) {
      bytes = new byte[KEPT];
    }
    length = room;
  }

  /**
   * Writes an integer (RFC 7541 §5.1).
   *
   * @param flags the bits above the prefix in the first byte
   * @param prefixBits how many low bits of the first byte belong to the integer
   * @param value 0 to 2^62-1
   */
  void integer(int flags, int prefixBits, long value) {
    ensure(LONGEST_INTEGER);
    int mask = (1 << prefixBits) - 1;
    if (value < mask) {
      bytes[length++] = (byte) (flags | (int) value);
      return;
    }
    bytes[length++] = (byte) (flags | mask);
    long rest = value - mask;
    while (rest > 0x7f) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
  }

  /**
   * Writes a string literal, in Huffman code where that is shorter (RFC 9204 §4.1.2).
   *
   * @param flags the bits above the literal in the first byte
   * @param prefixBits the N of "N-bit prefix string literal", the Huffman flag included
   */
  void string(int flags, int prefixBits, String text) {
    int coded = Huffman.encodedLength(text);
    if (coded < text.length()) {
      integer(flags | 1 << prefixBits - 1, prefixBits - 1, coded);
      ensure(coded);
      length = Huffman.encode(text, bytes, length);
    } else {
      integer(flags, prefixBits - 1, text.length());
      ensure(text.length());
      for (int i = 0; i < text.length(); i++) {
        bytes[length++] = (byte) text.charAt(i);
      }
    }
  }

  /** A copy of what was written from {@code from} on. */
  byte[] copy(int from) {
    return Arrays.copyOfRange(bytes, from, length);
  }

  /** What was written, and starts anew. */
  byte[] take() {
    if (length == 0) {
      return NOTHING;
    }
    byte[] taken = copy(0);
    reset(0);
    return taken;
  }

  /** The array itself, for the caller who left room at its front. */
  byte[] array() {
    return bytes;
  }

  private void ensure(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
