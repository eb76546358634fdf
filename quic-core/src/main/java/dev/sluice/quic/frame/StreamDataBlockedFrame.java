package dev.sluice.quic.frame;

import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/**
 * STREAM_DATA_BLOCKED (RFC 9000 §19.13): the sender has data but no credit for the stream.
 *
 * @param streamId the stream
 * @param limit the stream's limit, in bytes, where it is stuck
 */
public record StreamDataBlockedFrame(long streamId, long limit) implements Frame {

  static StreamDataBlockedFrame read(long type, WireReader in) {
    return new StreamDataBlockedFrame(in.varInt(), in.varInt());
  }

  @Override
  public long type() {
    return FrameTypes.STREAM_DATA_BLOCKED;
  }

  @Override
  public int encodedLength() {
    return 1 + VarInt.length(streamId) + VarInt.length(limit);
  }

  @Override
  public void write(WireWriter out) {
    out.u8((int) FrameTypes.STREAM_DATA_BLOCKED).varInt(streamId).varInt(limit);
  }
}
