package dev.sluice.quic.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/** The property of the frame parser: a frame or one of two errors, always forward. */
final class FrameReading {
  private FrameReading() {}

  /**
   * Reads frames until the end or an error, and writes each again: what was read can be written and
   * reads back as the same. STREAM frames are also read the way without records.
   *
   * @return whether all bytes were frames
   */
  static boolean readAll(byte[] payload) {
    WireReader in = WireReader.of(payload);
    try {
      while (in.hasRemaining()) {
        int before = in.position();
        checkDirectReading(payload, before);
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

  /** Reading without a record gives the same frame, or fails with the same words, or not a byte. */
  private static void checkDirectReading(byte[] payload, int at) {
    StreamData direct = new StreamData();
    WireReader one = new WireReader(payload, at, payload.length - at);
    WireReader other = new WireReader(payload, at, payload.length - at);
    try {
      if (!FrameReader.readStream(one, direct)) {
        assertEquals(at, one.position());
        return;
      }
    } catch (TransportException e) {
      TransportException same =
          assertThrows(TransportException.class, () -> FrameReader.read(other));
      assertEquals(same.getMessage(), e.getMessage());
      assertEquals(same.code(), e.code());
      return;
    }
    StreamFrame frame = (StreamFrame) FrameReader.read(other);
    assertEquals(other.position(), one.position());
    Bytes data = Bytes.of(direct.array(), direct.start(), direct.length());
    assertEquals(frame, new StreamFrame(direct.streamId(), direct.offset(), data, direct.fin()));
    assertEquals(frame.offset() + frame.data().length(), direct.end());
  }
}
