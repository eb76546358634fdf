package dev.sluice.quic.frame;

import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/**
 * A run of PADDING frames (RFC 9000 §19.1). Each is a single zero byte; thousands can follow one
 * another, so they are handled as one.
 *
 * @param length how many of them, which is also their size in bytes
 */
public record PaddingFrame(int length) implements Frame {

  static PaddingFrame read(long type, WireReader in) {
    int length = 1;
    while (in.hasRemaining() && in.peekU8() == 0) {
      in.skip(1);
      length++;
    }
    return new PaddingFrame(length);
  }

  @Override
  public long type() {
    return FrameTypes.PADDING;
  }

  @Override
  public int encodedLength() {
    return length;
  }

  @Override
  public void write(WireWriter out) {
    out.zeros(length);
  }
}
