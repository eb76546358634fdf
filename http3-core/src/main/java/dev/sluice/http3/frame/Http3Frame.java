package dev.sluice.http3.frame;

import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireWriter;

/**
 * A frame that is read and written as a whole (RFC 9114 §7.2). DATA is not among them: only its
 * header is ever held, and its payload goes from the stream to the reader directly.
 */
public sealed interface Http3Frame
    permits CancelPushFrame,
        GoawayFrame,
        HeadersFrame,
        MaxPushIdFrame,
        PriorityUpdateFrame,
        PushPromiseFrame,
        SettingsFrame {

  /** The frame's type. */
  long type();

  /** The size of the payload in bytes, without type and length. */
  int payloadLength();

  /** Writes the payload. */
  void writePayload(WireWriter out);

  /** The whole frame, as it goes on a stream. */
  default byte[] encode() {
    int payload = payloadLength();
    byte[] bytes = new byte[VarInt.length(type()) + VarInt.length(payload) + payload];
    WireWriter out = new WireWriter(bytes, 0, bytes.length);
    out.varInt(type()).varInt(payload);
    writePayload(out);
    return bytes;
  }
}
