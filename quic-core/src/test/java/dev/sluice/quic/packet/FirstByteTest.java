package dev.sluice.quic.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FirstByteTest {

  /** RFC 9000 §17.2 and §17.3.1; RFC 9001 §5.4.1. */
  @Test
  void bitsAreWhereTheRfcPutsThem() {
    assertTrue(FirstByte.isLong((byte) 0x80));
    assertFalse(FirstByte.isLong(0x7f));
    assertTrue(FirstByte.hasFixedBit(0x40));
    assertFalse(FirstByte.hasFixedBit((byte) 0xbf));
    assertEquals(0x0f, FirstByte.protectedBits((byte) 0xc0));
    assertEquals(0x1f, FirstByte.protectedBits(0x40));
    assertEquals(0x0c, FirstByte.reservedBits((byte) 0xff));
    assertEquals(0x18, FirstByte.reservedBits(0x7f));
    assertEquals(0, FirstByte.reservedBits((byte) 0xf3));
    assertEquals(0, FirstByte.reservedBits(0x67));
    assertEquals(1, FirstByte.packetNumberLength(0x40));
    assertEquals(4, FirstByte.packetNumberLength((byte) 0xff));
    assertTrue(FirstByte.keyPhase(0x44));
    assertFalse(FirstByte.keyPhase(0x7b));
    assertTrue(FirstByte.spin(0x60));
    assertFalse(FirstByte.spin(0x5f));
  }
}
