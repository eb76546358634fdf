package dev.sluice.quic.wire;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/**
 * A connection ID (RFC 9000 §5.1): bytes that mean something only to the endpoint that chose them.
 * Immutable. QUIC version 1 allows up to 20 of them, other versions up to 255 (RFC 8999 §5.1), and
 * a server must be able to echo those in a Version Negotiation packet.
 *
 * <p>Peers choose the connection IDs that maps are keyed by, and could choose many of one hash. The
 * order lets {@link java.util.HashMap} find its way through such a crowd in logarithmic time.
 */
public final class ConnectionId implements Comparable<ConnectionId> {

  /** The longest connection ID of QUIC version 1 (RFC 9000 §17.2). */
  public static final int MAX_LENGTH = 20;

  /** The longest connection ID of any version (RFC 8999 §5.1). */
  public static final int MAX_LENGTH_OF_ANY_VERSION = 255;

  /** The zero-length connection ID. */
  public static final ConnectionId EMPTY = new ConnectionId(new byte[0]);

  private final byte[] bytes;
  private final int hash;

  private ConnectionId(byte[] bytes) {
    this.bytes = bytes;
    this.hash = Arrays.hashCode(bytes);
  }

  /** A copy of the whole array, 0 to 255 bytes. */
  public static ConnectionId of(byte[] bytes) {
    return of(bytes, 0, bytes.length);
  }

  /**
   * A copy of a range of an array.
   *
   * @throws IllegalArgumentException for more than 255 bytes
   */
  public static ConnectionId of(byte[] array, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, array.length);
    if (length > MAX_LENGTH_OF_ANY_VERSION) {
      throw new IllegalArgumentException("a connection ID of " + length + " bytes");
    }
    return length == 0
        ? EMPTY
        : new ConnectionId(Arrays.copyOfRange(array, offset, offset + length));
  }

  /** The number of bytes. */
  public int length() {
    return bytes.length;
  }

  /** Whether this is the zero-length connection ID. */
  public boolean isEmpty() {
    return bytes.length == 0;
  }

  /** One byte. */
  public byte at(int index) {
    return bytes[index];
  }

  /** Writes the bytes, without a length before them. */
  public void writeTo(WireWriter out) {
    out.bytes(bytes);
  }

  /** A copy of the bytes. */
  public byte[] toArray() {
    return bytes.clone();
  }

  /** Whether these bytes stand in an array at an offset; spares an object per packet. */
  public boolean matches(byte[] array, int offset, int end) {
    return end - offset >= bytes.length
        && Arrays.equals(bytes, 0, bytes.length, array, offset, offset + bytes.length);
  }

  /** An order without meaning on the wire; see the class comment. */
  @Override
  public int compareTo(ConnectionId that) {
    return Arrays.compare(bytes, that.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ConnectionId that
        && hash == that.hash
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** In hexadecimal. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
