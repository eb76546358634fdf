package dev.sluice.http3.frame;

import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireWriter;

/**
 * GOAWAY (RFC 9114 §7.2.6): nothing from this id on will be processed.
 *
 * @param id from a server a request stream, from a client a push
 */
public record GoawayFrame(long id) implements Http3Frame {
  @Override
  public long type() {
    return FrameType.GOAWAY;
  }

  @Override
  public int payloadLength() {
    return VarInt.length(id);
  }

  @Override
  public void writePayload(WireWriter out) {
    out.varInt(id);
  }
}
