package dev.sluice.quic.frame;

import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/**
 * MAX_DATA (RFC 9000 §19.9): how much the peer may send on all streams together.
 *
 * @param maximum bytes since the connection began
 */
public record MaxDataFrame(long maximum) implements Frame {

  static MaxDataFrame read(long type, WireReader in) {
    return new MaxDataFrame(in.varInt());
  }

  @Override
  public long type() {
    return FrameTypes.MAX_DATA;
  }

  @Override
  public int encodedLength() {
    return 1 + VarInt.length(maximum);
  }

  @Override
  public void write(WireWriter out) {
    out.u8((int) FrameTypes.MAX_DATA).varInt(maximum);
  }
}
