package dev.sluice.quic.frame;

import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/**
 * PATH_CHALLENGE (RFC 9000 §19.17): whoever receives it echoes the data in a PATH_RESPONSE.
 *
 * @param data all 64 bits, unpredictable to others
 */
public record PathChallengeFrame(long data) implements Frame {

  static PathChallengeFrame read(long type, WireReader in) {
    return new PathChallengeFrame(in.i64());
  }

  @Override
  public long type() {
    return FrameTypes.PATH_CHALLENGE;
  }

  @Override
  public int encodedLength() {
    return 1 + Long.BYTES;
  }

  @Override
  public void write(WireWriter out) {
    out.u8((int) FrameTypes.PATH_CHALLENGE).i64(data);
  }
}
