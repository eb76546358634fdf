package dev.sluice.quic.frame;

import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/**
 * STOP_SENDING (RFC 9000 §19.5): asks the peer to stop sending on a stream.
 *
 * @param streamId the stream that is read no more
 * @param errorCode the application protocol's reason
 */
public record StopSendingFrame(long streamId, long errorCode) implements Frame {

  static StopSendingFrame read(long type, WireReader in) {
    return new StopSendingFrame(in.varInt(), in.varInt());
  }

  @Override
  public long type() {
    return FrameTypes.STOP_SENDING;
  }

  @Override
  public int encodedLength() {
    return 1 + VarInt.length(streamId) + VarInt.length(errorCode);
  }

  @Override
  public void write(WireWriter out) {
    out.u8((int) FrameTypes.STOP_SENDING).varInt(streamId).varInt(errorCode);
  }
}
