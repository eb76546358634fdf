package dev.sluice.http3.webtransport;

import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireWriter;

/** The bytes at the beginning of a stream that tie it to its session (§4.2, §4.3). */
final class StreamHeader {
  /** The type of a unidirectional stream. */
  static final long UNI_TYPE = 0x54;

  /** The signal of a bidirectional stream, WT_STREAM. */
  static final long BIDI_SIGNAL = 0x41;

  private StreamHeader() {}

  static byte[] encode(boolean bidirectional, long sessionId) {
    long first = bidirectional ? BIDI_SIGNAL : UNI_TYPE;
    byte[] header = new byte[VarInt.length(first) + VarInt.length(sessionId)];
    new WireWriter(header, 0, header.length).varInt(first).varInt(sessionId);
    return header;
  }
}
