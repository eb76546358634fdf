package dev.sluice.quic.frame;

import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/**
 * ACK_FREQUENCY (draft-ietf-quic-ack-frequency-12 §4): how often the sender wants to be sent
 * acknowledgments.
 *
 * @param sequence rises with each frame; one that is not newer than another is obsolete
 * @param ackElicitingThreshold how many ack-eliciting packets may go without an acknowledgment; the
 *     next one asks for it. 1 by default
 * @param maxAckDelayMicros the max_ack_delay that is wanted
 * @param reorderingThreshold from which gap on a packet out of order asks for an acknowledgment at
 *     once; 1 by default, 0 for never
 */
public record AckFrequencyFrame(
    long sequence, long ackElicitingThreshold, long maxAckDelayMicros, long reorderingThreshold)
    implements Frame {

  static AckFrequencyFrame read(long type, WireReader in) {
    return new AckFrequencyFrame(in.varInt(), in.varInt(), in.varInt(), in.varInt());
  }

  @Override
  public long type() {
    return FrameTypes.ACK_FREQUENCY;
  }

  @Override
  public int encodedLength() {
    return VarInt.length(FrameTypes.ACK_FREQUENCY)
        + VarInt.length(sequence)
        + VarInt.length(ackElicitingThreshold)
        + VarInt.length(maxAckDelayMicros)
        + VarInt.length(reorderingThreshold);
  }

  @Override
  public void write(WireWriter out) {
    out.varInt(FrameTypes.ACK_FREQUENCY)
        .varInt(sequence)
        .varInt(ackElicitingThreshold)
        .varInt(maxAckDelayMicros)
        .varInt(reorderingThreshold);
  }
}
