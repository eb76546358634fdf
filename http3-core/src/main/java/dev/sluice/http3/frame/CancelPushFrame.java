package dev.sluice.http3.frame;

import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireWriter;

/**
 * CANCEL_PUSH (RFC 9114 §7.2.3): the push is not wanted, or will not be made.
 *
 * @param pushId the push
 */
public record CancelPushFrame(long pushId) implements Http3Frame {
  @Override
  public long type() {
    return FrameType.CANCEL_PUSH;
  }

  @Override
  public int payloadLength() {
    return VarInt.length(pushId);
  }

  @Override
  public void writePayload(WireWriter out) {
    out.varInt(pushId);
  }
}
