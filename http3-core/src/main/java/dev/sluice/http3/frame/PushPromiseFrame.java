package dev.sluice.http3.frame;

import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireWriter;

/**
 * PUSH_PROMISE (RFC 9114 §7.2.5).
 *
 * @param pushId the push that is promised
 * @param section the encoded field section of the request; owned by whoever holds the frame
 */
public record PushPromiseFrame(long pushId, byte[] section) implements Http3Frame {
  @Override
  public long type() {
    return FrameType.PUSH_PROMISE;
  }

  @Override
  public int payloadLength() {
    return VarInt.length(pushId) + section.length;
  }

  @Override
  public void writePayload(WireWriter out) {
    out.varInt(pushId).bytes(section);
  }
}
