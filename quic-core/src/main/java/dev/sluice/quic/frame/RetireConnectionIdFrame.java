package dev.sluice.quic.frame;

import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/**
 * RETIRE_CONNECTION_ID (RFC 9000 §19.16): the sender will not use a connection ID again.
 *
 * @param sequence the number that the connection ID was issued with
 */
public record RetireConnectionIdFrame(long sequence) implements Frame {

  static RetireConnectionIdFrame read(long type, WireReader in) {
    return new RetireConnectionIdFrame(in.varInt());
  }

  @Override
  public long type() {
    return FrameTypes.RETIRE_CONNECTION_ID;
  }

  @Override
  public int encodedLength() {
    return 1 + VarInt.length(sequence);
  }

  @Override
  public void write(WireWriter out) {
    out.u8((int) FrameTypes.RETIRE_CONNECTION_ID).varInt(sequence);
  }
}
