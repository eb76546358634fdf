package dev.sluice.http3.memory;

import java.util.Arrays;

/** Bytes in at one end and out at the other. */
final class ByteQueue {
  private byte[] bytes = new byte[64];
  private int from;
  private int to;

  int size() {
    return to - from;
  }

  void add(byte[] source, int offset, int length) {
    if (bytes.length - to < length) {
      byte[] target = bytes.length >= size() + length ? bytes : new byte[2 * (size() + length)];
      System.arraycopy(bytes, from, target, 0, size());
      to = size();
      from = 0;
      bytes = target;
    }
    System.arraycopy(source, offset, bytes, to, length);
    to += length;
  }

  int take(byte[] target, int offset, int length) {
    int taken = Math.min(length, size());
    System.arraycopy(bytes, from, target, offset, taken);
    from += taken;
    return taken;
  }

  byte[] take(int length) {
    byte[] taken = Arrays.copyOfRange(bytes, from, from + Math.min(length, size()));
    from += taken.length;
    return taken;
  }

  byte[] peek() {
    return Arrays.copyOfRange(bytes, from, to);
  }

  /** Drops all but the first so many. */
  void cutTo(int length) {
    to = Math.min(to, from + length);
  }

  void clear() {
    from = to;
  }
}
