package dev.sluice.quic.frame;

import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/**
 * IMMEDIATE_ACK (draft-ietf-quic-ack-frequency-12 §5): the sender wants to be sent an
 * acknowledgment now, whatever it asked for before.
 */
public record ImmediateAckFrame() implements Frame {

  static ImmediateAckFrame read(long type, WireReader in) {
    return new ImmediateAckFrame();
  }

  @Override
  public long type() {
    return FrameTypes.IMMEDIATE_ACK;
  }

  @Override
  public int encodedLength() {
    return 1;
  }

  @Override
  public void write(WireWriter out) {
    out.u8((int) FrameTypes.IMMEDIATE_ACK);
  }
}
