package dev.sluice.quic.frame;

import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/**
 * DATA_BLOCKED (RFC 9000 §19.12): the sender has data but no credit for the connection.
 *
 * @param limit the connection's limit, in bytes, where it is stuck
 */
public record DataBlockedFrame(long limit) implements Frame {

  static DataBlockedFrame read(long type, WireReader in) {
    return new DataBlockedFrame(in.varInt());
  }

  @Override
  public long type() {
    return FrameTypes.DATA_BLOCKED;
  }

  @Override
  public int encodedLength() {
    return 1 + VarInt.length(limit);
  }

  @Override
  public void write(WireWriter out) {
    out.u8((int) FrameTypes.DATA_BLOCKED).varInt(limit);
  }
}
