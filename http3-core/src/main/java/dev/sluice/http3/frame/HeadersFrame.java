package dev.sluice.http3.frame;

import dev.sluice.quic.wire.WireWriter;

/**
 * HEADERS (RFC 9114 §7.2.2).
 *
 * @param section the encoded field section; owned by whoever holds the frame
 */
public record HeadersFrame(byte[] section) implements Http3Frame {
  @Override
  public long type() {
    return FrameType.HEADERS;
  }

  @Override
  public int payloadLength() {
    return section.length;
  }

  @Override
  public void writePayload(WireWriter out) {
    out.bytes(section);
  }
}
