package dev.sluice.quic.wire;

import java.util.Arrays;
import java.util.Objects;

/**
 * A view of a range of an array: no copy, so it holds only as long as the array's owner leaves it
 * alone. Frames read from a datagram view the datagram's buffer; whoever keeps the data beyond the
 * call that handed it over takes a copy with {@link #toArray()}. Equal by content.
 */
public final class Bytes {

  /** No bytes. */
  public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

  private final byte[] array;
  private final int offset;
  private final int length;

  private Bytes(byte[] array, int offset, int length) {
    this.array = array;
    this.offset = offset;
    this.length = length;
  }

  /** The whole array, not copied. */
  public static Bytes of(byte[] array) {
    return new Bytes(array, 0, array.length);
  }

  /** A range of an array, not copied. */
  public static Bytes of(byte[] array, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, array.length);
    return new Bytes(array, offset, length);
  }

  /** The array itself; only the range from {@link #offset()} belongs to this view. */
  public byte[] array() {
    return array;
  }

  /** The index of the first byte in the array. */
  public int offset() {
    return offset;
  }

  /** The number of bytes. */
  public int length() {
    return length;
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return length == 0;
  }

  /** One byte, counted from the start of the view. */
  public byte at(int index) {
    return array[offset + Objects.checkIndex(index, length)];
  }

  /** A view of a part of this view. */
  public Bytes slice(int from, int size) {
    Objects.checkFromIndexSize(from, size, length);
    return new Bytes(array, offset + from, size);
  }

  /** A copy. */
  public byte[] toArray() {
    return Arrays.copyOfRange(array, offset, offset + length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that
        && Arrays.equals(
            array, offset, offset + length, that.array, that.offset, that.offset + that.length);
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = offset; i < offset + length; i++) {
      hash = 31 * hash + array[i];
    }
    return hash;
  }

  /** The length only: the content may be a token. */
  @Override
  public String toString() {
    return length + " bytes";
  }
}
