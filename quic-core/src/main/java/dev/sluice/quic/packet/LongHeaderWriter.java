package dev.sluice.quic.packet;

import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireWriter;

/**
 * Writes the headers of Initial, 0-RTT and Handshake packets (RFC 9000 §17.2). The Length field
 * comes before what it measures, so it is written as two bytes and filled in when the payload is
 * there.
 */
public final class LongHeaderWriter {

  /** The width of the Length field. */
  public static final int LENGTH_WIDTH = 2;

  /** What it can say in these two bytes: the most from the packet number to the end of the tag. */
  public static final int LONGEST = 16_383;

  private LongHeaderWriter() {}

  /** The bytes of the header, packet number included. */
  public static int length(
      PacketType type,
      ConnectionId destination,
      ConnectionId source,
      Bytes token,
      int packetNumberLength) {
    int tokenField =
        type == PacketType.INITIAL ? VarInt.length(token.length()) + token.length() : 0;
    return 1
        + Integer.BYTES
        + 1
        + destination.length()
        + 1
        + source.length()
        + tokenField
        + LENGTH_WIDTH
        + packetNumberLength;
  }

  /**
   * Writes the header, unprotected, with the Length still to come. The reserved bits are 0.
   *
   * @param type INITIAL, ZERO_RTT or HANDSHAKE
   * @param token written to Initial packets only
   * @param packetNumber the full number
   * @param packetNumberLength how many of its low bytes to write, 1 to 4
   * @return the index of the Length field; the packet number stands {@link #LENGTH_WIDTH} after it
   */
  public static int begin(
      WireWriter out,
      PacketType type,
      QuicVersion version,
      ConnectionId destination,
      ConnectionId source,
      Bytes token,
      long packetNumber,
      int packetNumberLength) {
    if (!type.isProtected()) {
      throw new IllegalArgumentException(type + " has no packet number");
    }
    out.u8(
        FirstByte.LONG
            | FirstByte.FIXED
            | version.longHeaderTypeBits(type)
            | (packetNumberLength - 1));
    writeInvariant(out, version.number(), destination, source);
    if (type == PacketType.INITIAL) {
      out.varInt(token.length()).bytes(token);
    }
    int lengthField = out.position();
    out.varInt(0, LENGTH_WIDTH);
    out.uint(packetNumber, packetNumberLength);
    return lengthField;
  }

  /**
   * Fills in the Length field: everything from the packet number to the end of the AEAD tag.
   *
   * @param lengthField what {@link #begin} returned
   * @param end the index after the tag
   * @throws IllegalArgumentException when that is more than {@link #LONGEST}
   */
  public static void finishLength(byte[] buffer, int lengthField, int end) {
    new WireWriter(buffer, lengthField, LENGTH_WIDTH)
        .varInt(end - lengthField - LENGTH_WIDTH, LENGTH_WIDTH);
  }

  /** The part after the first byte that all versions share (RFC 8999 §5.1). */
  static void writeInvariant(
      WireWriter out, int version, ConnectionId destination, ConnectionId source) {
    out.u32(version).u8(destination.length());
    destination.writeTo(out);
    out.u8(source.length());
    source.writeTo(out);
  }
}
