package dev.sluice.quic.wire;

import java.util.Arrays;
import java.util.Objects;

/**
 * Writes network-order values into a range of an array that the caller owns. Whoever writes asks
 * {@link #remaining()} first: writing past the limit is a programming error and throws {@link
 * IndexOutOfBoundsException}. Not safe for several threads.
 */
public final class WireWriter {
  private byte[] buffer;
  private int start;
  private int position;
  private int limit;

  /** Writes into {@code length} bytes of the buffer from {@code offset}. */
  public WireWriter(byte[] buffer, int offset, int length) {
    reset(buffer, offset, length);
  }

  /** Starts over on another range, so that one writer can serve many packets. */
  public WireWriter reset(byte[] newBuffer, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, newBuffer.length);
    buffer = newBuffer;
    start = offset;
    position = offset;
    limit = offset + length;
    return this;
  }

  /** The array that is written to; positions are indexes into it. */
  public byte[] buffer() {
    return buffer;
  }

  /** The index where the next byte goes. */
  public int position() {
    return position;
  }

  /** Goes to another index between the start of the range and its limit. */
  public void position(int newPosition) {
    if (newPosition < start || newPosition > limit) {
      throw new IndexOutOfBoundsException(newPosition);
    }
    position = newPosition;
  }

  /** The index after the last byte that may be written. */
  public int limit() {
    return limit;
  }

  /** Moves the limit, for example to keep room for an AEAD tag; not below the position. */
  public void limit(int newLimit) {
    if (newLimit < position || newLimit > buffer.length) {
      throw new IndexOutOfBoundsException(newLimit);
    }
    limit = newLimit;
  }

  /** How many bytes fit. */
  public int remaining() {
    return limit - position;
  }

  /** The low eight bits. */
  public WireWriter u8(int value) {
    int at = advance(1);
    buffer[at] = (byte) value;
    return this;
  }

  /** The low 16 bits. */
  public WireWriter u16(int value) {
    int at = advance(2);
    BigEndian.SHORT.set(buffer, at, (short) value);
    return this;
  }

  /** The low 24 bits. */
  public WireWriter u24(int value) {
    return uint(value, 3);
  }

  /** The low 32 bits. */
  public WireWriter u32(long value) {
    int at = advance(4);
    BigEndian.INT.set(buffer, at, (int) value);
    return this;
  }

  /** All 64 bits. */
  public WireWriter i64(long value) {
    int at = advance(8);
    BigEndian.LONG.set(buffer, at, value);
    return this;
  }

  /** The low {@code width} bytes, 1 to 8; what a truncated packet number needs (§17.1). */
  public WireWriter uint(long value, int width) {
    int at = advance(width);
    for (int i = width - 1; i >= 0; i--) {
      buffer[at++] = (byte) (value >>> (8 * i));
    }
    return this;
  }

  /**
   * A variable-length integer in its shortest encoding.
   *
   * @throws IllegalArgumentException for a value below 0 or above {@link VarInt#MAX}
   */
  public WireWriter varInt(long value) {
    return varInt(value, VarInt.length(value));
  }

  /**
   * A variable-length integer in an encoding of a given length, for a field that is filled in
   * later.
   *
   * @param width 1, 2, 4 or 8
   * @throws IllegalArgumentException when the value needs more or the width is another number
   */
  public WireWriter varInt(long value, int width) {
    if (VarInt.length(value) > width) {
      throw new IllegalArgumentException(value + " does not fit " + width + " bytes");
    }
    switch (width) {
      case 1 -> u8((int) value);
      case 2 -> u16((int) value | 0x4000);
      case 4 -> u32(value | 0x8000_0000L);
      case 8 -> i64(value | 0xc000_0000_0000_0000L);
      default -> throw new IllegalArgumentException("no such width: " + width);
    }
    return this;
  }

  /** Copies the whole array. */
  public WireWriter bytes(byte[] source) {
    return bytes(source, 0, source.length);
  }

  /** Copies a range of an array. */
  public WireWriter bytes(byte[] source, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, source.length);
    int at = advance(length);
    System.arraycopy(source, offset, buffer, at, length);
    return this;
  }

  /** Copies what the view covers. */
  public WireWriter bytes(Bytes source) {
    return bytes(source.array(), source.offset(), source.length());
  }

  /** Zero bytes; PADDING frames are made of them (RFC 9000 §19.1). */
  public WireWriter zeros(int n) {
    int at = advance(n);
    Arrays.fill(buffer, at, at + n, (byte) 0);
    return this;
  }

  /** Passes over {@code n} bytes that the caller has written into the buffer itself. */
  public WireWriter skip(int n) {
    advance(n);
    return this;
  }

  private int advance(int n) {
    int at = position;
    if (n < 0 || n > limit - at) {
      throw new IndexOutOfBoundsException(n + " bytes do not fit " + (limit - at));
    }
    position = at + n;
    return at;
  }
}
