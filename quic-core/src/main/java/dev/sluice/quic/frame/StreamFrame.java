package dev.sluice.quic.frame;

import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/**
 * STREAM (RFC 9000 §19.8): a piece of a stream's data.
 *
 * <p>Bulk data goes without this record. To write it, ask {@link #dataThatFits}, write the header
 * with {@link #writeHeader} and copy the data from the send buffer into the packet right after it;
 * to read it, see {@link StreamData}.
 *
 * @param streamId the stream
 * @param offset where the data begins in the stream
 * @param data possibly empty; a view of the datagram when read
 * @param fin whether the stream ends with this data
 */
public record StreamFrame(long streamId, long offset, Bytes data, boolean fin) implements Frame {
  static final int FIN = 0x01;
  static final int LEN = 0x02;
  static final int OFF = 0x04;

  static StreamFrame read(long type, WireReader in) {
    StreamData read = new StreamData();
    read.read(type, in);
    Bytes data = Bytes.of(read.array(), read.start(), read.length());
    return new StreamFrame(read.streamId(), read.offset(), data, read.fin());
  }

  /** How many bytes {@link #writeHeader} writes. */
  public static int headerLength(long streamId, long offset, int dataLength) {
    return lastHeaderLength(streamId, offset) + VarInt.length(dataLength);
  }

  /** Writes all but the data, which the caller writes right after it. */
  public static void writeHeader(
      WireWriter out, long streamId, long offset, int dataLength, boolean fin) {
    writeStart(out, streamId, offset, LEN | (fin ? FIN : 0));
    out.varInt(dataLength);
  }

  /** How many bytes {@link #writeLastHeader} writes. */
  public static int lastHeaderLength(long streamId, long offset) {
    return 1 + VarInt.length(streamId) + (offset == 0 ? 0 : VarInt.length(offset));
  }

  /**
   * Writes the header of a frame without a Length field: its data goes to the end of the packet, so
   * nothing may follow it, not even PADDING.
   */
  public static void writeLastHeader(WireWriter out, long streamId, long offset, boolean fin) {
    writeStart(out, streamId, offset, fin ? FIN : 0);
  }

  /**
   * How much data fits with its header, Length field included, into some room.
   *
   * @param room in bytes
   * @return negative when not even the header of an empty frame fits
   */
  public static int dataThatFits(long streamId, long offset, int room) {
    return dataAfterLength(room - lastHeaderLength(streamId, offset));
  }

  /** How many bytes fit into some room after a variable-length integer that gives their number. */
  static int dataAfterLength(int room) {
    if (room <= 64) {
      return room - 1;
    }
    if (room <= 65) {
      return 63;
    }
    if (room <= 16385) {
      return room - 2;
    }
    return Math.max(16383, room - 4);
  }

  private static void writeStart(WireWriter out, long streamId, long offset, int flags) {
    out.u8((int) FrameTypes.STREAM | flags | (offset == 0 ? 0 : OFF)).varInt(streamId);
    if (offset != 0) {
      out.varInt(offset);
    }
  }

  @Override
  public long type() {
    return FrameTypes.STREAM | LEN | (offset == 0 ? 0 : OFF) | (fin ? FIN : 0);
  }

  @Override
  public int encodedLength() {
    return headerLength(streamId, offset, data.length()) + data.length();
  }

  @Override
  public void write(WireWriter out) {
    writeHeader(out, streamId, offset, data.length(), fin);
    out.bytes(data);
  }
}
