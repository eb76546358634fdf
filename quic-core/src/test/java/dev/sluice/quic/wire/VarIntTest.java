package dev.sluice.quic.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VarIntTest {

  /** RFC 9000 §A.1; the last is a longer encoding of 37 than necessary. */
  @ParameterizedTest
  @CsvSource({
    "c2197c5eff14e88c, 151288809941952652",
    "9d7f3e7d, 494878333",
    "7bbd, 15293",
    "25, 37",
    "4025, 37"
  })
  void appendixA1(String hex, long value) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    WireReader in = WireReader.of(bytes);
    assertEquals(value, in.varInt());
    assertFalse(in.hasRemaining());
    WireWriter out = new WireWriter(new byte[8], 0, 8);
    out.varInt(value, bytes.length);
    assertEquals(bytes.length, out.position());
    assertEquals(value, WireReader.of(out.buffer()).varInt());
  }

  @Test
  void lengthsChangeWhereTheRfcSays() {
    assertEquals(1, VarInt.length(0));
    assertEquals(1, VarInt.length(63));
    assertEquals(2, VarInt.length(64));
    assertEquals(2, VarInt.length(16383));
    assertEquals(4, VarInt.length(16384));
    assertEquals(4, VarInt.length(1073741823));
    assertEquals(8, VarInt.length(1073741824));
    assertEquals(8, VarInt.length(4611686018427387903L));
    assertThrows(IllegalArgumentException.class, () -> VarInt.length(VarInt.MAX + 1));
    assertThrows(IllegalArgumentException.class, () -> VarInt.length(-1));
  }

  @Property(tries = 1000)
  void roundTripsInEveryWidthThatFits(@ForAll @LongRange(max = VarInt.MAX) long value) {
    for (int width = 1; width <= 8; width *= 2) {
      WireWriter out = new WireWriter(new byte[8], 0, 8);
      if (width < VarInt.length(value)) {
        int tooNarrow = width;
        assertThrows(IllegalArgumentException.class, () -> out.varInt(value, tooNarrow));
        continue;
      }
      out.varInt(value, width);
      assertEquals(width, out.position());
      assertEquals(width, VarInt.lengthOf(out.buffer()[0]));
      WireReader in = WireReader.of(out.buffer());
      assertEquals(value, in.varInt());
      assertEquals(width, in.position());
    }
  }

  @Test
  void writesBytesInNetworkOrder() {
    WireWriter out = new WireWriter(new byte[4], 0, 4);
    out.varInt(494878333);
    assertArrayEquals(HexFormat.of().parseHex("9d7f3e7d"), out.buffer());
  }
}
