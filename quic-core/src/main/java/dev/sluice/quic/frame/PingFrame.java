package dev.sluice.quic.frame;

import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/** PING (RFC 9000 §19.2): asks for an acknowledgment and nothing else. */
public record PingFrame() implements Frame {

  static PingFrame read(long type, WireReader in) {
    return new PingFrame();
  }

  @Override
  public long type() {
    return FrameTypes.PING;
  }

  @Override
  public int encodedLength() {
    return 1;
  }

  @Override
  public void write(WireWriter out) {
    out.u8((int) FrameTypes.PING);
  }
}
