package dev.sluice.tls.wire;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.TlsException;
import java.util.Arrays;

/**
 * Reads the presentation language of TLS (RFC 8446 §3) from an array. Everything that does not fit
 * is a decode_error (RFC 8446 §6) that names the structure being read.
 */
public final class TlsReader {
  private final String name;
  private final byte[] buffer;
  private final int limit;
  private int position;

  /** Reads a part of an array, which is neither copied nor changed. */
  public TlsReader(String name, byte[] buffer, int offset, int length) {
    this.name = name;
    this.buffer = buffer;
    this.position = offset;
    this.limit = offset + length;
  }

  /** Reads a whole array. */
  public TlsReader(String name, byte[] buffer) {
    this(name, buffer, 0, buffer.length);
  }

  /** What is being read, for messages. */
  public String name() {
    return name;
  }

  /** Index into the array of the next byte. */
  public int position() {
    return position;
  }

  /** Bytes left. */
  public int remaining() {
    return limit - position;
  }

  /** Whether bytes are left. */
  public boolean hasRemaining() {
    return position < limit;
  }

  /** A uint8. */
  public int u8() throws TlsException {
    need(1);
    return buffer[position++] & 0xff;
  }

  /** A uint16. */
  public int u16() throws TlsException {
    return u8() << 8 | u8();
  }

  /** A uint24. */
  public int u24() throws TlsException {
    return u16() << 8 | u8();
  }

  /** A uint32. */
  public long u32() throws TlsException {
    return (long) u16() << 16 | u16();
  }

  /** A uint64. */
  public long u64() throws TlsException {
    return u32() << 32 | u32();
  }

  /** A fixed number of bytes, copied. */
  public byte[] bytes(int length) throws TlsException {
    need(length);
    byte[] out = Arrays.copyOfRange(buffer, position, position + length);
    position += length;
    return out;
  }

  /** All bytes that are left, copied. */
  public byte[] rest() throws TlsException {
    return bytes(remaining());
  }

  /** A vector with a length of one byte, of at least {@code least} bytes, copied. */
  public byte[] vector8(int least) throws TlsException {
    return bytes(atLeast(u8(), least));
  }

  /** A vector with a length of two bytes, of at least {@code least} bytes, copied. */
  public byte[] vector16(int least) throws TlsException {
    return bytes(atLeast(u16(), least));
  }

  /** A vector with a length of three bytes, of at least {@code least} bytes, copied. */
  public byte[] vector24(int least) throws TlsException {
    return bytes(atLeast(u24(), least));
  }

  /** A reader of the content of a vector with a length of one byte. */
  public TlsReader sub8(String part, int least) throws TlsException {
    return sub(part, atLeast(u8(), least));
  }

  /** A reader of the content of a vector with a length of two bytes. */
  public TlsReader sub16(String part, int least) throws TlsException {
    return sub(part, atLeast(u16(), least));
  }

  /** A reader of the content of a vector with a length of three bytes. */
  public TlsReader sub24(String part, int least) throws TlsException {
    return sub(part, atLeast(u24(), least));
  }

  /** Refuses bytes that are left over. */
  public void end() throws TlsException {
    if (hasRemaining()) {
      throw decodeError(remaining() + " bytes too many");
    }
  }

  /** A decode_error about what is being read. */
  public TlsException decodeError(String reason) {
    return new TlsException(AlertDescription.DECODE_ERROR, name + ": " + reason);
  }

  private TlsReader sub(String part, int length) throws TlsException {
    need(length);
    TlsReader sub = new TlsReader(name + " " + part, buffer, position, length);
    position += length;
    return sub;
  }

  private int atLeast(int length, int least) throws TlsException {
    if (length < least) {
      throw decodeError("a vector of " + length + " bytes where at least " + least + " must be");
    }
    return length;
  }

  private void need(int length) throws TlsException {
    if (length > remaining()) {
      throw decodeError("ends " + (length - remaining()) + " bytes too early");
    }
  }
}
