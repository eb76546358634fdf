package dev.sluice.quic.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;
import java.util.HexFormat;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class AckRangesTest {

  @Test
  void readsTheArithmeticOfTheRfc() {
    // Largest 20, three ranges: 18-20; gap 1 leaves 16 and 17 out: 15; gap 0 leaves 14 out: 10-13.
    Frame frame = FrameReader.read(WireReader.of(HexFormat.of().parseHex("021407020201000003")));
    AckFrame ack = (AckFrame) frame;
    assertEquals("[18-20, 15, 10-13]", ack.ranges().toString());
    assertEquals(20, ack.largestAcknowledged());
    assertEquals(7, ack.ackDelay());
  }

  @Test
  void refusesRangesThatTouchOrRise() {
    AckRanges.Builder builder = AckRanges.builder();
    assertThrows(IllegalStateException.class, builder::build);
    builder.add(10, 12);
    assertThrows(IllegalArgumentException.class, () -> builder.add(8, 9));
    assertThrows(IllegalArgumentException.class, () -> builder.add(20, 21));
    assertThrows(IllegalArgumentException.class, () -> builder.add(8, 7));
    assertThrows(IllegalArgumentException.class, () -> builder.add(-1, 7));
    assertEquals("[10-12, 8]", builder.add(8, 8).build().toString());
  }

  @Property(tries = 300)
  void containsExactlyWhatItLists(@ForAll("ranges") AckRanges ranges) {
    for (int i = 0; i < ranges.count(); i++) {
      assertTrue(ranges.contains(ranges.largest(i)));
      assertTrue(ranges.contains(ranges.smallest(i)));
      assertFalse(ranges.contains(ranges.largest(i) + 1));
      assertEquals(false, ranges.contains(ranges.smallest(i) - 1));
    }
    AckRanges top = ranges.first(1);
    assertEquals(1, top.count());
    assertEquals(ranges.largest(), top.largest());
    assertEquals(ranges, ranges.first(ranges.count()));
  }

  @Test
  void keepsABoundedNumberOfRangesAndReadsPastTheRest() {
    int sent = 5000;
    WireWriter out = new WireWriter(new byte[20_000], 0, 20_000);
    out.u8(0x02).varInt(1_000_000).varInt(0).varInt(sent - 1).varInt(0);
    for (int i = 1; i < sent; i++) {
      out.varInt(0).varInt(0);
    }
    new PingFrame().write(out);
    WireReader in = new WireReader(out.buffer(), 0, out.position());
    AckRanges ranges = ((AckFrame) FrameReader.read(in)).ranges();
    assertEquals(AckRanges.MAX_RANGES, ranges.count());
    assertEquals(1_000_000, ranges.largest());
    assertEquals(new PingFrame(), FrameReader.read(in));
  }

  @Provide
  Arbitrary<AckRanges> ranges() {
    return AnyFrame.ranges();
  }
}
