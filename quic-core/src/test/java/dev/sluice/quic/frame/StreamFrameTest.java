package dev.sluice.quic.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class StreamFrameTest {

  @Property(tries = 1000)
  void fillsTheRoomAndNoMore(
      @ForAll @LongRange(max = VarInt.MAX) long streamId,
      @ForAll @LongRange(max = 1L << 61) long offset,
      @ForAll @IntRange(max = 20_000) int room) {
    int data = StreamFrame.dataThatFits(streamId, offset, room);
    if (data >= 0) {
      assertTrue(StreamFrame.headerLength(streamId, offset, data) + data <= room);
    }
    int more = Math.max(0, data + 1);
    assertTrue(StreamFrame.headerLength(streamId, offset, more) + more > room);
  }

  @Property(tries = 1000)
  void cryptoFillsTheRoomAndNoMore(
      @ForAll @LongRange(max = 1L << 61) long offset, @ForAll @IntRange(max = 20_000) int room) {
    int data = CryptoFrame.dataThatFits(offset, room);
    if (data >= 0) {
      assertTrue(CryptoFrame.headerLength(offset, data) + data <= room);
    }
    int more = Math.max(0, data + 1);
    assertTrue(CryptoFrame.headerLength(offset, more) + more > room);
  }

  @Test
  void headersWrittenAloneAreThoseOfTheFrame() {
    for (long offset : new long[] {0, 1, 70_000}) {
      Bytes data = Bytes.of(new byte[300]);
      StreamFrame frame = new StreamFrame(4, offset, data, true);
      WireWriter out = new WireWriter(new byte[400], 0, 400);
      StreamFrame.writeHeader(out, 4, offset, 300, true);
      assertEquals(StreamFrame.headerLength(4, offset, 300), out.position());
      out.bytes(data);
      assertEquals(frame, FrameReader.read(new WireReader(out.buffer(), 0, frame.encodedLength())));
    }
  }

  @Test
  void theLastFrameReachesToTheEndOfThePacket() {
    WireWriter out = new WireWriter(new byte[100], 0, 100);
    StreamFrame.writeLastHeader(out, 7, 9, false);
    assertEquals(StreamFrame.lastHeaderLength(7, 9), out.position());
    StreamFrame frame = (StreamFrame) FrameReader.read(WireReader.of(out.buffer()));
    assertEquals(100 - StreamFrame.lastHeaderLength(7, 9), frame.data().length());
    assertEquals(9, frame.offset());
    assertEquals(false, frame.fin());
  }

  @Test
  void dataIsAViewOfTheDatagram() {
    byte[] datagram = {0x0b, 0x04, 0x02, 0x55, 0x66};
    StreamFrame frame = (StreamFrame) FrameReader.read(WireReader.of(datagram));
    assertSame(datagram, frame.data().array());
    assertEquals(3, frame.data().offset());
    assertEquals(2, frame.data().length());
    assertTrue(frame.fin());
  }
}
