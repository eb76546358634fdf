package dev.sluice.quic.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class WireTest {

  private static final List<Consumer<WireReader>> READS =
      List.of(
          WireReader::peekU8,
          WireReader::u8,
          WireReader::u16,
          WireReader::u24,
          WireReader::u32,
          WireReader::i32,
          WireReader::i64,
          WireReader::varInt,
          in -> in.bytes(5),
          in -> in.slice(3),
          in -> in.slice(1L << 40),
          in -> in.skip(7));

  @Property(tries = 500)
  void readsWithinItsRangeOrThrowsAndStays(
      @ForAll byte[] bytes, @ForAll @Size(max = 20) List<@IntRange(max = 11) Integer> reads) {
    byte[] around = new byte[bytes.length + 20];
    System.arraycopy(bytes, 0, around, 10, bytes.length);
    WireReader in = new WireReader(around, 10, bytes.length);
    for (int read : reads) {
      int before = in.position();
      try {
        READS.get(read).accept(in);
        assertTrue(in.position() >= before && in.position() <= 10 + bytes.length);
      } catch (WireException e) {
        assertEquals(before, in.position());
      }
    }
  }

  @Property(tries = 500)
  void fixedWidthsRoundTrip(@ForAll long value) {
    WireWriter out = new WireWriter(new byte[64], 3, 40);
    out.u8((int) value).u16((int) value).u24((int) value).u32(value).i64(value).uint(value, 5);
    WireReader in = new WireReader(out.buffer(), 3, out.position() - 3);
    assertEquals(value & 0xff, in.u8());
    assertEquals(value & 0xffff, in.u16());
    assertEquals(value & 0xff_ffff, in.u24());
    assertEquals(value & 0xffff_ffffL, in.u32());
    assertEquals(value, in.i64());
    assertEquals(value & 0xff_ffff_ffffL, (long) in.u8() << 32 | in.u32());
    assertEquals(0, in.remaining());
  }

  @Test
  void writerKeepsToItsRange() {
    WireWriter out = new WireWriter(new byte[10], 2, 4);
    assertThrows(IndexOutOfBoundsException.class, () -> out.zeros(5));
    assertThrows(IndexOutOfBoundsException.class, () -> out.i64(0));
    assertThrows(IndexOutOfBoundsException.class, () -> out.bytes(new byte[5]));
    assertThrows(IndexOutOfBoundsException.class, () -> out.position(1));
    assertThrows(IndexOutOfBoundsException.class, () -> out.position(7));
    out.u32(0xdeadbeefL);
    assertEquals(0, out.remaining());
    assertThrows(IndexOutOfBoundsException.class, () -> out.u8(0));
    assertThrows(IndexOutOfBoundsException.class, () -> out.limit(5));
    out.limit(8);
    out.u16(0x0102);
    assertArrayEquals(
        new byte[] {0, 0, (byte) 0xde, (byte) 0xad, (byte) 0xbe, (byte) 0xef, 1, 2, 0, 0},
        out.buffer());
  }

  @Test
  void viewsAreEqualByContent() {
    Bytes a = Bytes.of(new byte[] {9, 1, 2, 3, 9}, 1, 3);
    Bytes b = Bytes.of(new byte[] {1, 2, 3});
    assertEquals(a, b);
    assertEquals(a.hashCode(), b.hashCode());
    assertNotEquals(a, b.slice(0, 2));
    assertEquals(Bytes.of(new byte[] {2}), a.slice(1, 1));
    assertEquals(3, a.at(2));
    assertThrows(IndexOutOfBoundsException.class, () -> a.at(3));
    assertThrows(IndexOutOfBoundsException.class, () -> Bytes.of(new byte[3], 2, 2));
    assertEquals("3 bytes", a.toString());
  }

  @Test
  void connectionIdsAreValues() {
    byte[] bytes = {1, 2, 3, 4};
    ConnectionId id = ConnectionId.of(bytes, 1, 2);
    bytes[1] = 99;
    assertEquals(ConnectionId.of(new byte[] {2, 3}), id);
    assertEquals("0203", id.toString());
    assertTrue(id.matches(new byte[] {0, 2, 3}, 1, 3));
    assertEquals(false, id.matches(new byte[] {0, 2, 3}, 1, 2));
    assertEquals(0, ConnectionId.of(new byte[0]).length());
    assertEquals(255, ConnectionId.of(new byte[255]).length());
    assertThrows(IllegalArgumentException.class, () -> ConnectionId.of(new byte[256]));
  }
}
