package dev.sluice.quic.frame;

import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/**
 * MAX_STREAM_DATA (RFC 9000 §19.10): how much the peer may send on one stream.
 *
 * @param streamId the stream
 * @param maximum bytes since the stream began
 */
public record MaxStreamDataFrame(long streamId, long maximum) implements Frame {

  static MaxStreamDataFrame read(long type, WireReader in) {
    return new MaxStreamDataFrame(in.varInt(), in.varInt());
  }

  @Override
  public long type() {
    return FrameTypes.MAX_STREAM_DATA;
  }

  @Override
  public int encodedLength() {
    return 1 + VarInt.length(streamId) + VarInt.length(maximum);
  }

  @Override
  public void write(WireWriter out) {
    out.u8((int) FrameTypes.MAX_STREAM_DATA).varInt(streamId).varInt(maximum);
  }
}
