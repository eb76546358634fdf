package dev.sluice.quic.frame;

import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/**
 * DATAGRAM (RFC 9221 §4): application data that is sent once and never again.
 *
 * @param data possibly empty; a view of the packet when read
 * @param hasLength whether a Length field says where the data ends. Without one it ends with the
 *     packet, so that nothing may follow it, not even PADDING
 */
public record DatagramFrame(Bytes data, boolean hasLength) implements Frame {
  private static final int LEN = 0x01;

  static DatagramFrame read(long type, WireReader in) {
    boolean hasLength = (type & LEN) != 0;
    return new DatagramFrame(in.slice(hasLength ? in.varInt() : in.remaining()), hasLength);
  }

  /**
   * How much data fits with type and Length field into a frame of some size.
   *
   * @param room in bytes
   * @return negative when not even an empty frame fits
   */
  public static int dataThatFits(int room) {
    return StreamFrame.dataAfterLength(room - 1);
  }

  @Override
  public long type() {
    return FrameTypes.DATAGRAM | (hasLength ? LEN : 0);
  }

  @Override
  public int encodedLength() {
    return 1 + (hasLength ? VarInt.length(data.length()) : 0) + data.length();
  }

  @Override
  public void write(WireWriter out) {
    out.u8((int) type());
    if (hasLength) {
      out.varInt(data.length());
    }
    out.bytes(data);
  }
}
