package dev.sluice.http3.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.sluice.http3.ending.ConnectionErrorException;
import dev.sluice.http3.memory.MemoryLink;
import dev.sluice.http3.memory.MemorySendStream;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireWriter;
import dev.sluice.testkit.Requirement;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
  private static final int MAX_SECTION = 3000;

  /** A frame as it stands on the wire, and as a reader must tell of it. */
  private record Written(byte[] bytes, String told) {}

  private static Written frame(long type, byte[] payload, int typeWidth, int lengthWidth) {
    byte[] bytes = new byte[typeWidth + lengthWidth + payload.length];
    new WireWriter(bytes, 0, bytes.length)
        .varInt(type, typeWidth)
        .varInt(payload.length, lengthWidth)
        .bytes(payload);
    String told =
        type == FrameType.DATA
            ? (payload.length == 0 ? "" : "DATA " + Arrays.toString(payload))
            : type == FrameType.HEADERS ? "HEADERS " + Arrays.toString(payload) : "";
    return new Written(bytes, told);
  }

  private static Written whole(Http3Frame frame) {
    return new Written(frame.encode(), frame.toString());
  }

  private static Arbitrary<Long> ids() {
    return Arbitraries.longs().between(0, VarInt.MAX);
  }

  private static Arbitrary<byte[]> payloads(int max) {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(max);
  }

  @Provide
  Arbitrary<Written> frames() {
    Arbitrary<Long> types =
        Arbitraries.of(FrameType.DATA, FrameType.HEADERS, 0x21L, 0x40L, 0x3fff_ffff_ffff_fffeL);
    Arbitrary<Written> plain =
        Combinators.combine(
                types, payloads(1500), Arbitraries.of(1, 2, 4, 8), Arbitraries.of(2, 4, 8))
            .as(
                (type, payload, typeWidth, lengthWidth) ->
                    frame(type, payload, Math.max(typeWidth, VarInt.length(type)), lengthWidth));
    Arbitrary<Written> settings =
        Arbitraries.maps(Arbitraries.longs().between(6, VarInt.MAX), ids())
            .ofMaxSize(10)
            .map(values -> whole(new SettingsFrame(Map.copyOf(values))));
    Arbitrary<Written> others =
        Arbitraries.oneOf(
                ids().map(GoawayFrame::new),
                ids().map(CancelPushFrame::new),
                ids().map(MaxPushIdFrame::new),
                ids().map(id -> new PriorityUpdateFrame((id & 1) == 0, id, "u=1, i")))
            .map(FrameReaderTest::whole);
    return Arbitraries.oneOf(plain, settings, others);
  }

  /** Feeds a stream in random pieces and tells what a reader makes of it. */
  private static List<String> read(byte[] bytes, boolean fin, Random random) {
    MemoryLink link = new MemoryLink();
    link.client().sendBuffer(1 << 20);
    MemorySendStream out = link.client().openUni();
    out.write(bytes, 0, bytes.length);
    if (fin) {
      out.finish();
    }
    link.deliver(link.client(), out.id(), 0);
    RecvStream in = link.server().recvStream(out.id());
    FrameReader reader = new FrameReader(in, (type, length) -> {}, MAX_SECTION);
    List<String> told = new ArrayList<>();
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (int i = 0; i < 4 * bytes.length + 10; i++) {
      switch (reader.next()) {
        case NOTHING_NOW -> link.deliver(link.client(), out.id(), 1 + random.nextInt(700));
        case END -> {
          return told;
        }
        case SECTION_TOO_LARGE -> told.add("too large");
        case FRAME ->
            told.add(
                reader.frame() instanceof HeadersFrame(byte[] section)
                    ? "HEADERS " + Arrays.toString(section)
                    : reader.frame().toString());
        case DATA -> {
          byte[] buffer = new byte[1 + random.nextInt(500)];
          int read = reader.readData(buffer, 0, buffer.length);
          if (read == RecvStream.NOTHING_NOW) {
            link.deliver(link.client(), out.id(), 1 + random.nextInt(700));
          }
          data.write(buffer, 0, Math.max(read, 0));
          if (reader.dataRemaining() == 0) {
            told.add("DATA " + Arrays.toString(data.toByteArray()));
            data.reset();
          }
        }
      }
    }
    return told;
  }

  private static byte[] join(List<Written> frames) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    frames.forEach(frame -> all.writeBytes(frame.bytes));
    return all.toByteArray();
  }

  @Property(tries = 500)
  @Requirement({"RFC9114-7.1#1", "RFC9114-9#1"})
  void framesAreReadHoweverTheyAreCut(
      @ForAll @Size(max = 8) List<@From("frames") Written> frames, @ForAll long seed) {
    List<String> expected =
        frames.stream().map(Written::told).filter(told -> !told.isEmpty()).toList();
    assertEquals(expected, read(join(frames), true, new Random(seed)));
  }

  @Property(tries = 500)
  @Requirement("RFC9114-7.1#4")
  void aFinWithinAFrameIsAFrameError(@ForAll @From("frames") Written frame, @ForAll long seed) {
    Random random = new Random(seed);
    int cut = 1 + random.nextInt(frame.bytes.length - 1);
    byte[] start = Arrays.copyOf(frame.bytes, cut);
    try {
      read(start, true, random);
      fail("read to the end");
    } catch (ConnectionErrorException e) {
      assertEquals("H3_FRAME_ERROR", e.error().name());
    }
    // Without the FIN there is nothing wrong yet.
    read(start, false, random);
  }

  @Property(tries = 1000)
  void anyBytesGiveFramesOrADocumentedError(
      @ForAll @Size(max = 60) byte[] bytes, @ForAll boolean fin, @ForAll long seed) {
    try {
      read(bytes, fin, new Random(seed));
    } catch (ConnectionErrorException e) {
      assertTrue(e.getMessage().length() > 10);
      assertEquals(0, e.getStackTrace().length);
    }
  }

  @Test
  void aLengthAloneCostsNothing() {
    // HEADERS of 3000 bytes, of which none come: no more than a page is set aside.
    assertEquals(List.of(), read(new byte[] {0x01, 0x4b, (byte) 0xb8}, false, new Random(1)));
    byte[] tooLarge = frame(FrameType.HEADERS, new byte[MAX_SECTION + 1], 1, 2).bytes;
    assertEquals(List.of("too large"), read(tooLarge, true, new Random(1)));
  }

  @Test
  void pushPromiseIsReadToo() {
    PushPromiseFrame promise = new PushPromiseFrame(70_000, new byte[] {1, 2, 3});
    MemoryLink link = new MemoryLink();
    MemorySendStream out = link.client().openUni();
    byte[] bytes = promise.encode();
    out.write(bytes, 0, bytes.length);
    link.deliverAll();
    FrameReader reader =
        new FrameReader(link.server().recvStream(2), (type, length) -> {}, MAX_SECTION);
    assertEquals(FrameReader.Step.FRAME, reader.next());
    PushPromiseFrame read = (PushPromiseFrame) reader.frame();
    assertEquals(70_000, read.pushId());
    assertArrayEquals(promise.section(), read.section());
  }

  @Test
  void typesHaveNames() {
    assertEquals("SETTINGS", FrameType.name(0x04));
    assertEquals("PRIORITY_UPDATE", FrameType.name(0xf0701));
    assertEquals("frame type 0x21", FrameType.name(0x21));
    assertEquals("frame type 0x2", FrameType.name(0x02));
    for (long type : new long[] {0, 1, 3, 4, 5, 7, 0xd, 0xf0700, 0xf0701}) {
      assertTrue(FrameType.isKnown(type));
    }
  }
}
