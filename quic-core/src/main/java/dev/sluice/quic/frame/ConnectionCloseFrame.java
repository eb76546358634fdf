package dev.sluice.quic.frame;

import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;
import java.nio.charset.StandardCharsets;

/**
 * CONNECTION_CLOSE (RFC 9000 §19.19): the connection ends.
 *
 * @param application true for type 0x1d, where the code is the application protocol's
 * @param errorCode a transport error code (§20.1) or the application protocol's
 * @param frameType the type of the frame that is to blame, 0 when unknown; type 0x1d has none
 * @param reason for people; malformed UTF-8 that arrives is replaced by U+FFFD
 */
public record ConnectionCloseFrame(
    boolean application, long errorCode, long frameType, String reason) implements Frame {

  /**
   * @throws IllegalArgumentException for a frame type in an application's close
   */
  public ConnectionCloseFrame {
    if (application && frameType != 0) {
      throw new IllegalArgumentException("type 0x1d carries no frame type");
    }
  }

  static ConnectionCloseFrame read(long type, WireReader in) {
    boolean application = type == FrameTypes.APPLICATION_CLOSE;
    long errorCode = in.varInt();
    long frameType = application ? 0 : in.varInt();
    Bytes reason = in.slice(in.varInt());
    return new ConnectionCloseFrame(
        application,
        errorCode,
        frameType,
        new String(reason.array(), reason.offset(), reason.length(), StandardCharsets.UTF_8));
  }

  /**
   * This frame, or one with the end of the reason cut off so that it fits: a frame cannot span
   * packets. With too little room for any reason, one with none.
   *
   * @param room in bytes
   */
  public ConnectionCloseFrame fitting(int room) {
    int over = encodedLength() - room;
    if (over <= 0 || reason.isEmpty()) {
      return this;
    }
    byte[] utf8 = reason.getBytes(StandardCharsets.UTF_8);
    int keep = Math.max(0, utf8.length - over);
    while (keep > 0 && (utf8[keep] & 0xc0) == 0x80) {
      keep--; // do not cut a character in two
    }
    return new ConnectionCloseFrame(
        application, errorCode, frameType, new String(utf8, 0, keep, StandardCharsets.UTF_8));
  }

  @Override
  public long type() {
    return application ? FrameTypes.APPLICATION_CLOSE : FrameTypes.CONNECTION_CLOSE;
  }

  @Override
  public int encodedLength() {
    int length = reason.getBytes(StandardCharsets.UTF_8).length;
    return 1
        + VarInt.length(errorCode)
        + (application ? 0 : VarInt.length(frameType))
        + VarInt.length(length)
        + length;
  }

  @Override
  public void write(WireWriter out) {
    byte[] utf8 = reason.getBytes(StandardCharsets.UTF_8);
    out.u8((int) type()).varInt(errorCode);
    if (!application) {
      out.varInt(frameType);
    }
    out.varInt(utf8.length).bytes(utf8);
  }
}
