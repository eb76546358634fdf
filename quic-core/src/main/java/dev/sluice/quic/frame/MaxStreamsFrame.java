package dev.sluice.quic.frame;

import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireException;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/**
 * MAX_STREAMS (RFC 9000 §19.11): how many streams of a kind the peer may open.
 *
 * @param bidirectional which of the two kinds of stream
 * @param maximum streams since the connection began, at most 2^60
 */
public record MaxStreamsFrame(boolean bidirectional, long maximum) implements Frame {

  /** More streams than this have no stream ID: two of the 62 bits say who opened which kind. */
  public static final long LARGEST = 1L << 60;

  static MaxStreamsFrame read(long type, WireReader in) {
    long maximum = in.varInt();
    if (maximum > LARGEST) {
      throw new WireException(maximum + " streams, more than 2^60");
    }
    return new MaxStreamsFrame(type == FrameTypes.MAX_STREAMS_BIDI, maximum);
  }

  @Override
  public long type() {
    return bidirectional ? FrameTypes.MAX_STREAMS_BIDI : FrameTypes.MAX_STREAMS_UNI;
  }

  @Override
  public int encodedLength() {
    return 1 + VarInt.length(maximum);
  }

  @Override
  public void write(WireWriter out) {
    out.u8((int) type()).varInt(maximum);
  }
}
