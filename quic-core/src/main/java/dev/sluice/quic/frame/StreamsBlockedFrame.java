package dev.sluice.quic.frame;

import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireException;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/**
 * STREAMS_BLOCKED (RFC 9000 §19.14): the sender wants to open a stream but may not.
 *
 * @param bidirectional which of the two kinds of stream
 * @param limit the limit, in streams, where it is stuck, at most 2^60
 */
public record StreamsBlockedFrame(boolean bidirectional, long limit) implements Frame {

  /** More streams than this have no stream ID: two of the 62 bits say who opened which kind. */
  public static final long LARGEST = 1L << 60;

  static StreamsBlockedFrame read(long type, WireReader in) {
    long limit = in.varInt();
    if (limit > LARGEST) {
      throw new WireException(limit + " streams, more than 2^60");
    }
    return new StreamsBlockedFrame(type == FrameTypes.STREAMS_BLOCKED_BIDI, limit);
  }

  @Override
  public long type() {
    return bidirectional ? FrameTypes.STREAMS_BLOCKED_BIDI : FrameTypes.STREAMS_BLOCKED_UNI;
  }

  @Override
  public int encodedLength() {
    return 1 + VarInt.length(limit);
  }

  @Override
  public void write(WireWriter out) {
    out.u8((int) type()).varInt(limit);
  }
}
