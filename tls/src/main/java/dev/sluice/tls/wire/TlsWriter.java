package dev.sluice.tls.wire;

import java.util.Arrays;
import java.util.function.Consumer;

/** Writes the presentation language of TLS (RFC 8446 §3) into an array that grows. */
public final class TlsWriter {
  /** Most of what is written are extensions of a few bytes. */
  private byte[] buffer = new byte[48];

  private int position;

  /** A uint8. */
  public TlsWriter u8(int value) {
    grow(1);
    buffer[position++] = (byte) value;
    return this;
  }

  /** A uint16. */
  public TlsWriter u16(int value) {
    return u8(value >> 8).u8(value);
  }

  /** A uint24. */
  public TlsWriter u24(int value) {
    return u8(value >> 16).u16(value);
  }

  /** A uint32. */
  public TlsWriter u32(long value) {
    return u16((int) (value >> 16)).u16((int) value);
  }

  /** A uint64. */
  public TlsWriter u64(long value) {
    return u32(value >> 32).u32(value);
  }

  /** Bytes as they are. */
  public TlsWriter bytes(byte[] bytes) {
    grow(bytes.length);
    System.arraycopy(bytes, 0, buffer, position, bytes.length);
    position += bytes.length;
    return this;
  }

  /** A vector with a length of one byte. */
  public TlsWriter vector8(byte[] content) {
    return u8(checked(content.length, 0xff)).bytes(content);
  }

  /** A vector with a length of two bytes. */
  public TlsWriter vector16(byte[] content) {
    return u16(checked(content.length, 0xffff)).bytes(content);
  }

  /** A vector with a length of three bytes. */
  public TlsWriter vector24(byte[] content) {
    return u24(checked(content.length, 0xffffff)).bytes(content);
  }

  /** A vector with a length of one byte, of what is written meanwhile. */
  public TlsWriter vector8(Consumer<TlsWriter> content) {
    return vector(1, content);
  }

  /** A vector with a length of two bytes, of what is written meanwhile. */
  public TlsWriter vector16(Consumer<TlsWriter> content) {
    return vector(2, content);
  }

  /** A vector with a length of three bytes, of what is written meanwhile. */
  public TlsWriter vector24(Consumer<TlsWriter> content) {
    return vector(3, content);
  }

  /** The length of a vector whose content follows, with room for it. */
  public TlsWriter beginVector16(int length) {
    grow(2 + checked(length, 0xffff));
    return u16(length);
  }

  /** A copy of what has been written. */
  public byte[] toBytes() {
    return Arrays.copyOf(buffer, position);
  }

  /** A copy of what has been written, which is then forgotten. */
  public byte[] take() {
    byte[] taken = toBytes();
    position = 0;
    return taken;
  }

  /** The length is known, and put into its place, when the content has been written. */
  private TlsWriter vector(int lengthBytes, Consumer<TlsWriter> content) {
    grow(lengthBytes);
    position += lengthBytes;
    int start = position;
    content.accept(this);
    int length = checked(position - start, (1 << 8 * lengthBytes) - 1);
    for (int i = 1; i <= lengthBytes; i++) {
      buffer[start - i] = (byte) length;
      length >>= 8;
    }
    return this;
  }

  private void grow(int more) {
    if (position + more > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, position + more));
    }
  }

  private static int checked(int length, int most) {
    if (length > most) {
      throw new IllegalArgumentException("a vector of " + length + " bytes; at most " + most);
    }
    return length;
  }
}
