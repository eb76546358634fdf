package dev.sluice.quic.frame;

import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/** HANDSHAKE_DONE (RFC 9000 §19.20): the server confirms the handshake; only servers send it. */
public record HandshakeDoneFrame() implements Frame {

  static HandshakeDoneFrame read(long type, WireReader in) {
    return new HandshakeDoneFrame();
  }

  @Override
  public long type() {
    return FrameTypes.HANDSHAKE_DONE;
  }

  @Override
  public int encodedLength() {
    return 1;
  }

  @Override
  public void write(WireWriter out) {
    out.u8((int) FrameTypes.HANDSHAKE_DONE);
  }
}
