package dev.sluice.quic.frame;

import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireException;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/**
 * RESET_STREAM_AT (draft-ietf-quic-reliable-stream-reset-10 §4): the sender gives up on a stream,
 * but for its beginning.
 *
 * @param streamId the stream
 * @param errorCode the application protocol's reason
 * @param finalSize how many bytes the stream used up of the flow control limits (RFC 9000 §4.5)
 * @param reliableSize bytes from the start on that are delivered nonetheless; at most the final
 *     size
 */
public record ResetStreamAtFrame(long streamId, long errorCode, long finalSize, long reliableSize)
    implements Frame {

  static ResetStreamAtFrame read(long type, WireReader in) {
    ResetStreamAtFrame frame =
        new ResetStreamAtFrame(in.varInt(), in.varInt(), in.varInt(), in.varInt());
    if (frame.reliableSize > frame.finalSize) {
      throw new WireException(
          "stream "
              + frame.streamId
              + ": the reliable size "
              + frame.reliableSize
              + " is beyond the final size "
              + frame.finalSize);
    }
    return frame;
  }

  @Override
  public long type() {
    return FrameTypes.RESET_STREAM_AT;
  }

  @Override
  public int encodedLength() {
    return 1
        + VarInt.length(streamId)
        + VarInt.length(errorCode)
        + VarInt.length(finalSize)
        + VarInt.length(reliableSize);
  }

  @Override
  public void write(WireWriter out) {
    out.u8((int) FrameTypes.RESET_STREAM_AT)
        .varInt(streamId)
        .varInt(errorCode)
        .varInt(finalSize)
        .varInt(reliableSize);
  }
}
