package dev.sluice.quic.frame;

import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/**
 * ACK (RFC 9000 §19.3): which packets of the same packet number space have been processed.
 *
 * @param largestAcknowledged the largest number in the ranges
 * @param ackDelay the field as it travels: microseconds divided by 2^ack_delay_exponent of whoever
 *     sends the frame
 * @param ranges the acknowledged packet numbers
 * @param ecn the counts of type 0x03, null for type 0x02
 */
public record AckFrame(long largestAcknowledged, long ackDelay, AckRanges ranges, EcnCounts ecn)
    implements Frame {

  /**
   * @throws IllegalArgumentException when the largest number is not that of the ranges
   */
  public AckFrame {
    if (largestAcknowledged != ranges.largest()) {
      throw new IllegalArgumentException(largestAcknowledged + " is not the top of " + ranges);
    }
  }

  static AckFrame read(long type, WireReader in) {
    long largest = in.varInt();
    long delay = in.varInt();
    AckRanges ranges = AckRanges.read(in, largest);
    EcnCounts ecn =
        type == FrameTypes.ACK_ECN ? new EcnCounts(in.varInt(), in.varInt(), in.varInt()) : null;
    return new AckFrame(largest, delay, ranges, ecn);
  }

  @Override
  public long type() {
    return ecn == null ? FrameTypes.ACK : FrameTypes.ACK_ECN;
  }

  @Override
  public int encodedLength() {
    int length =
        1 + VarInt.length(largestAcknowledged) + VarInt.length(ackDelay) + ranges.encodedLength();
    return ecn == null
        ? length
        : length + VarInt.length(ecn.ect0()) + VarInt.length(ecn.ect1()) + VarInt.length(ecn.ce());
  }

  @Override
  public void write(WireWriter out) {
    out.u8((int) type()).varInt(largestAcknowledged).varInt(ackDelay);
    ranges.write(out);
    if (ecn != null) {
      out.varInt(ecn.ect0()).varInt(ecn.ect1()).varInt(ecn.ce());
    }
  }
}
