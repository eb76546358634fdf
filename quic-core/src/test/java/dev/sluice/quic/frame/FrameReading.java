package dev.sluice.quic.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/** The property of the frame parser: a frame or one of two errors, always forward. */
final class FrameReading {
  private FrameReading() {}

  /**
   * Reads frames until the end or an error, and writes each again: what was read can be written and
   * reads back as the same.
   *
   * @return whether all bytes were frames
   */
  static boolean readAll(byte[] payload) {
    WireReader in = WireReader.of(payload);
    try {
      while (in.hasRemaining()) {
        int before = in.position();
        Frame frame = FrameReader.read(in);
        assertTrue(in.position() > before, "no progress");
        byte[] again = new byte[frame.encodedLength()];
        WireWriter out = new WireWriter(again, 0, again.length);
        frame.write(out);
        assertEquals(0, out.remaining());
        assertEquals(frame, FrameReader.read(WireReader.of(again)));
      }
      return true;
    } catch (TransportException e) {
      assertTrue(
          e.code() == TransportError.FRAME_ENCODING_ERROR.code()
              || e.code() == TransportError.PROTOCOL_VIOLATION.code(),
          e.getMessage());
      return false;
    }
  }
}
