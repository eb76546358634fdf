package dev.sluice.tools.demo;

/**
 * Bytes that tell where they stand: each follows from its position, so that any that is missing,
 * twice, or out of place is found.
 */
final class Pattern {
  private Pattern() {}

  /** Fills a part of an array with the bytes from a position of the body on. */
  static void fill(byte[] target, int offset, int length, long position) {
    for (int i = 0; i < length; i++) {
      target[offset + i] = at(position + i);
    }
  }

  /**
   * Finds the first wrong byte.
   *
   * @return its index, or -1
   */
  static int mismatch(byte[] received, int length, long position) {
    for (int i = 0; i < length; i++) {
      if (received[i] != at(position + i)) {
        return i;
      }
    }
    return -1;
  }

  /** One byte: all bits of the position take part, so that no two stretches are alike. */
  private static byte at(long position) {
    long mixed = position * 0x9e3779b97f4a7c15L;
    return (byte) (mixed >>> 56);
  }
}
