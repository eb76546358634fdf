package dev.sluice.http3.frame;

import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireWriter;
import java.nio.charset.StandardCharsets;

/**
 * PRIORITY_UPDATE (RFC 9218 §7.2).
 *
 * @param push whether a push is meant and not a request stream
 * @param elementId the push id or the stream id
 * @param fieldValue as in the Priority field; characters stand for bytes one to one
 */
public record PriorityUpdateFrame(boolean push, long elementId, String fieldValue)
    implements Http3Frame {
  @Override
  public long type() {
    return push ? FrameType.PRIORITY_UPDATE_PUSH : FrameType.PRIORITY_UPDATE_REQUEST;
  }

  @Override
  public int payloadLength() {
    return VarInt.length(elementId) + fieldValue.length();
  }

  @Override
  public void writePayload(WireWriter out) {
    out.varInt(elementId).bytes(fieldValue.getBytes(StandardCharsets.ISO_8859_1));
  }
}
