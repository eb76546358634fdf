package dev.sluice.quic.wire;

import java.util.Arrays;
import java.util.Objects;

/**
 * Reads network-order values from a range of an array, front to back. The array stays the caller's
 * and is never written to. Reading past the end throws {@link WireException} and leaves the
 * position where it was. Not safe for several threads.
 */
public final class WireReader {
  private byte[] buffer;
  private int position;
  private int limit;

  /** Reads {@code length} bytes of the buffer from {@code offset}. */
  public WireReader(byte[] buffer, int offset, int length) {
    reset(buffer, offset, length);
  }

  /** Reads the whole array. */
  public static WireReader of(byte[] bytes) {
    return new WireReader(bytes, 0, bytes.length);
  }

  /** Reads what the view covers. */
  public static WireReader of(Bytes bytes) {
    return new WireReader(bytes.array(), bytes.offset(), bytes.length());
  }

  /** Starts over on another range, so that one reader can serve many packets. */
  public WireReader reset(byte[] newBuffer, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, newBuffer.length);
    buffer = newBuffer;
    position = offset;
    limit = offset + length;
    return this;
  }

  /** The array that is read; positions are indexes into it. */
  public byte[] buffer() {
    return buffer;
  }

  /** The index of the next byte. */
  public int position() {
    return position;
  }

  /** The index after the last byte that may be read. */
  public int limit() {
    return limit;
  }

  /** How many bytes are left. */
  public int remaining() {
    return limit - position;
  }

  /** Whether at least one byte is left. */
  public boolean hasRemaining() {
    return position < limit;
  }

  /** The next byte, 0 to 255, without moving on. */
  public int peekU8() {
    need(1);
    return buffer[position] & 0xff;
  }

  /** An unsigned byte, 0 to 255. */
  public int u8() {
    need(1);
    return buffer[position++] & 0xff;
  }

  /** An unsigned 16-bit integer. */
  public int u16() {
    need(2);
    int value = (short) BigEndian.SHORT.get(buffer, position) & 0xffff;
    position += 2;
    return value;
  }

  /** An unsigned 24-bit integer. */
  public int u24() {
    need(3);
    int value =
        (buffer[position] & 0xff) << 16
            | (buffer[position + 1] & 0xff) << 8
            | buffer[position + 2] & 0xff;
    position += 3;
    return value;
  }

  /** An unsigned 32-bit integer. */
  public long u32() {
    return i32() & 0xffff_ffffL;
  }

  /** Four bytes as they stand, for values that are codes and not quantities. */
  public int i32() {
    need(4);
    int value = (int) BigEndian.INT.get(buffer, position);
    position += 4;
    return value;
  }

  /** Eight bytes as they stand; values above 2^63-1 come out negative. */
  public long i64() {
    need(8);
    long value = (long) BigEndian.LONG.get(buffer, position);
    position += 8;
    return value;
  }

  /** A variable-length integer (RFC 9000 §16), 0 to {@link VarInt#MAX}; any length is accepted. */
  public long varInt() {
    int first = peekU8();
    if (first < 0x40) {
      position++;
      return first;
    }
    int length = VarInt.lengthOf(first);
    need(length);
    long value =
        switch (length) {
          case 2 -> (short) BigEndian.SHORT.get(buffer, position) & 0x3fff;
          case 4 -> (int) BigEndian.INT.get(buffer, position) & 0x3fff_ffff;
          default -> (long) BigEndian.LONG.get(buffer, position) & VarInt.MAX;
        };
    position += length;
    return value;
  }

  /** A copy of the next {@code n} bytes. */
  public byte[] bytes(int n) {
    need(n);
    byte[] copy = Arrays.copyOfRange(buffer, position, position + n);
    position += n;
    return copy;
  }

  /** A view of the next {@code n} bytes, valid as long as the buffer is left alone. */
  public Bytes slice(int n) {
    need(n);
    Bytes view = Bytes.of(buffer, position, n);
    position += n;
    return view;
  }

  /**
   * A view of as many bytes as a length field said.
   *
   * @param n a length as the peer sent it, possibly far beyond what an array can hold
   */
  public Bytes slice(long n) {
    require(n);
    return slice((int) n);
  }

  /** Passes over {@code n} bytes. */
  public void skip(int n) {
    need(n);
    position += n;
  }

  /**
   * Makes sure that as many bytes are left as a length field said.
   *
   * @param n a length as the peer sent it, possibly far beyond what an array can hold
   */
  public void require(long n) {
    if (n > remaining()) {
      throw truncated(n);
    }
  }

  private void need(int n) {
    if (n < 0 || n > limit - position) {
      throw truncated(n);
    }
  }

  private WireException truncated(long n) {
    return new WireException(n + " bytes needed, " + (limit - position) + " left");
  }
}
