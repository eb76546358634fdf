package dev.sluice.http3.frame;

import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireWriter;

/**
 * MAX_PUSH_ID (RFC 9114 §7.2.7): how far a server may push.
 *
 * @param pushId the largest push id it may use
 */
public record MaxPushIdFrame(long pushId) implements Http3Frame {
  @Override
  public long type() {
    return FrameType.MAX_PUSH_ID;
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
