package dev.sluice.http3.webtransport;

import dev.sluice.quic.wire.WireWriter;

/** What keeps the exported keys of sessions on one connection apart (§4.8). */
final class ExporterContext {
  /** The label of the TLS exporter (RFC 8446 §7.5). */
  static final String TLS_LABEL = "EXPORTER-WebTransport";

  /** What a length of one byte can say. */
  private static final int MAX_LENGTH = 255;

  private ExporterContext() {}

  /**
   * The context of the TLS exporter.
   *
   * @throws IllegalArgumentException for a label or context above 255 bytes
   */
  static byte[] encode(long sessionId, byte[] label, byte[] context) {
    if (label.length > MAX_LENGTH || context.length > MAX_LENGTH) {
      throw new IllegalArgumentException("label and context have at most 255 bytes each");
    }
    byte[] encoded = new byte[8 + 1 + label.length + 1 + context.length];
    new WireWriter(encoded, 0, encoded.length)
        .i64(sessionId)
        .u8(label.length)
        .bytes(label)
        .u8(context.length)
        .bytes(context);
    return encoded;
  }
}
