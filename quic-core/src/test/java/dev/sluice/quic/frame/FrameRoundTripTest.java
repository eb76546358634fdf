package dev.sluice.quic.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class FrameRoundTripTest {

  @Property(tries = 1000)
  void everyFrameReadsBackAsItself(@ForAll("frames") Frame frame) {
    byte[] bytes = write(List.of(frame));
    assertEquals(frame.encodedLength(), bytes.length);
    WireReader in = WireReader.of(bytes);
    Frame read = FrameReader.read(in);
    assertEquals(frame, read);
    assertEquals(0, in.remaining());
    assertEquals(frame.type(), read.type());
    assertTrue(FrameTypes.isKnown(frame.type()));
    assertEquals(frame.type(), WireReader.of(bytes).varInt());
  }

  /**
   * No frame but PADDING, and STREAM and DATAGRAM frames without a length, may end early and still
   * be read.
   */
  @Property(tries = 300)
  void aFrameCutShortIsAnEncodingError(@ForAll("frames") Frame frame) {
    byte[] bytes = write(List.of(frame));
    int type = VarInt.length(frame.type()); // without all of it, it is unknown whose error it is
    for (int length = type; length < bytes.length && !(frame instanceof PaddingFrame); length++) {
      WireReader in = new WireReader(bytes, 0, length);
      TransportException error =
          assertThrows(TransportException.class, () -> FrameReader.read(in), frame.toString());
      assertEquals(TransportError.FRAME_ENCODING_ERROR.code(), error.code());
      assertEquals(frame.type(), error.frameType());
      assertTrue(error.getMessage().startsWith(FrameTypes.name(frame.type()) + ":"));
    }
  }

  @Property(tries = 300)
  void framesOfAPacketReadBackInOrder(@ForAll("packets") List<Frame> frames) {
    WireReader in = WireReader.of(write(frames));
    List<Frame> read = new ArrayList<>();
    while (in.hasRemaining()) {
      read.add(FrameReader.read(in));
    }
    assertEquals(mergePadding(frames), read);
  }

  @Property(tries = 1000)
  void anyBytesGiveFramesOrTheDocumentedErrors(@ForAll("payloads") byte[] payload) {
    FrameReading.readAll(payload);
  }

  @Property(tries = 500)
  void mutatedFramesGiveFramesOrTheDocumentedErrors(
      @ForAll("packets") List<Frame> frames, @ForAll int where, @ForAll byte what) {
    byte[] payload = write(frames);
    payload[Math.floorMod(where, payload.length)] = what;
    FrameReading.readAll(payload);
  }

  private static byte[] write(List<Frame> frames) {
    int length = frames.stream().mapToInt(Frame::encodedLength).sum();
    WireWriter out = new WireWriter(new byte[length], 0, length);
    frames.forEach(frame -> frame.write(out));
    assertEquals(0, out.remaining());
    return out.buffer();
  }

  private static List<Frame> mergePadding(List<Frame> frames) {
    List<Frame> merged = new ArrayList<>();
    for (Frame frame : frames) {
      if (frame instanceof PaddingFrame(int more)
          && !merged.isEmpty()
          && merged.getLast() instanceof PaddingFrame(int length)) {
        merged.set(merged.size() - 1, new PaddingFrame(length + more));
      } else {
        merged.add(frame);
      }
    }
    return merged;
  }

  @Provide
  Arbitrary<Frame> frames() {
    return AnyFrame.frame();
  }

  @Provide
  Arbitrary<List<Frame>> packets() {
    return AnyFrame.frame().list().ofMinSize(1).ofMaxSize(8);
  }

  /** Bytes that begin with a known type often enough to get into the frames. */
  @Provide
  Arbitrary<byte[]> payloads() {
    Arbitrary<Byte> type = Arbitraries.bytes().between((byte) 0, (byte) 0x31);
    Arbitrary<byte[]> rest = Arbitraries.bytes().array(byte[].class).ofMaxSize(60);
    return Combinators.combine(type, rest)
        .as(
            (first, bytes) -> {
              byte[] payload = new byte[1 + bytes.length];
              payload[0] = first;
              System.arraycopy(bytes, 0, payload, 1, bytes.length);
              return payload;
            });
  }
}
