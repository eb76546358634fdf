package dev.sluice.quic.frame;

import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/**
 * RESET_STREAM (RFC 9000 §19.4): the sender gives up on a stream.
 *
 * @param streamId the stream
 * @param errorCode the application protocol's reason
 * @param finalSize how many bytes the stream used up of the flow control limits (§4.5)
 */
public record ResetStreamFrame(long streamId, long errorCode, long finalSize) implements Frame {

  static ResetStreamFrame read(long type, WireReader in) {
    return new ResetStreamFrame(in.varInt(), in.varInt(), in.varInt());
  }

  @Override
  public long type() {
    return FrameTypes.RESET_STREAM;
  }

  @Override
  public int encodedLength() {
    return 1 + VarInt.length(streamId) + VarInt.length(errorCode) + VarInt.length(finalSize);
  }

  @Override
  public void write(WireWriter out) {
    out.u8((int) FrameTypes.RESET_STREAM).varInt(streamId).varInt(errorCode).varInt(finalSize);
  }
}
