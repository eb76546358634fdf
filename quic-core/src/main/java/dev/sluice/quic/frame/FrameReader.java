package dev.sluice.quic.frame;

import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireException;
import dev.sluice.quic.wire.WireReader;

/** Reads the frames of a packet's payload (RFC 9000 §12.4). */
public final class FrameReader {
  private FrameReader() {}

  /**
   * The next frame. At least one byte is consumed, so a loop until nothing remains ends. A run of
   * PADDING comes as one frame; byte fields are views of the reader's buffer.
   *
   * @throws TransportException FRAME_ENCODING_ERROR for a frame that is unknown, cut short or
   *     malformed; PROTOCOL_VIOLATION for a type in more bytes than it needs
   */
  public static Frame read(WireReader in) {
    long type = readType(in);
    FrameTypes.Row row = FrameTypes.find(type);
    if (row == null) {
      throw new TransportException(
          TransportError.FRAME_ENCODING_ERROR,
          type,
          "unknown frame type 0x" + Long.toHexString(type));
    }
    try {
      return row.parser().read(type, in);
    } catch (WireException e) {
      throw malformed(type, row.name(), e);
    }
  }

  /**
   * Reads the next frame if it is a STREAM frame: the same as {@link #read}, without an object for
   * each. The data is a view of the reader's buffer.
   *
   * @return false, with nothing consumed, when it is another frame
   * @throws TransportException FRAME_ENCODING_ERROR for a frame that is cut short or malformed
   */
  public static boolean readStream(WireReader in, StreamData into) {
    int type = in.peekU8(); // a type of one byte, which is its shortest encoding
    if ((type & ~0x07) != FrameTypes.STREAM) {
      return false;
    }
    in.skip(1);
    try {
      into.read(type, in);
    } catch (WireException e) {
      throw malformed(type, "STREAM", e);
    }
    return true;
  }

  private static long readType(WireReader in) {
    int start = in.position();
    long type;
    try {
      type = in.varInt();
    } catch (WireException e) {
      throw new TransportException(
          TransportError.FRAME_ENCODING_ERROR, 0, "frame type: " + e.getMessage());
    }
    if (in.position() - start != VarInt.length(type)) {
      throw new TransportException(
          TransportError.PROTOCOL_VIOLATION,
          type,
          FrameTypes.name(type) + ": the type is not in its shortest encoding");
    }
    return type;
  }

  private static TransportException malformed(long type, String name, WireException why) {
    return new TransportException(
        TransportError.FRAME_ENCODING_ERROR, type, name + ": " + why.getMessage());
  }
}
