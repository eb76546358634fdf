package dev.sluice.quic.frame;

import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/**
 * PATH_RESPONSE (RFC 9000 §19.18): the echo that proves that a path works.
 *
 * @param data the 64 bits of the PATH_CHALLENGE
 */
public record PathResponseFrame(long data) implements Frame {

  static PathResponseFrame read(long type, WireReader in) {
    return new PathResponseFrame(in.i64());
  }

  @Override
  public long type() {
    return FrameTypes.PATH_RESPONSE;
  }

  @Override
  public int encodedLength() {
    return 1 + Long.BYTES;
  }

  @Override
  public void write(WireWriter out) {
    out.u8((int) FrameTypes.PATH_RESPONSE).i64(data);
  }
}
