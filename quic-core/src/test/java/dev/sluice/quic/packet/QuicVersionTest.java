package dev.sluice.quic.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class QuicVersionTest {

  @Test
  void numbers() {
    assertSame(QuicVersion.V1, QuicVersion.of(1));
    assertNull(QuicVersion.of(0));
    assertSame(QuicVersion.V2, QuicVersion.of(0x6b3343cf));
    assertNull(QuicVersion.of(2));
    assertNotNull(QuicVersion.V1.initialSalt());
  }

  /** Table 5 of RFC 9000 §17.2. */
  @Test
  void longHeaderTypes() {
    assertSame(PacketType.INITIAL, QuicVersion.V1.longHeaderType(0xc3));
    assertSame(PacketType.ZERO_RTT, QuicVersion.V1.longHeaderType(0xd3));
    assertSame(PacketType.HANDSHAKE, QuicVersion.V1.longHeaderType(0xe3));
    assertSame(PacketType.RETRY, QuicVersion.V1.longHeaderType((byte) 0xff));
    assertEquals(0x00, QuicVersion.V1.longHeaderTypeBits(PacketType.INITIAL));
    assertEquals(0x30, QuicVersion.V1.longHeaderTypeBits(PacketType.RETRY));
    assertThrows(
        IllegalArgumentException.class,
        () -> QuicVersion.V1.longHeaderTypeBits(PacketType.ONE_RTT));
  }

  /** RFC 9369 §3.2: every type is another. */
  @Test
  void longHeaderTypesOfVersion2() {
    assertSame(PacketType.RETRY, QuicVersion.V2.longHeaderType(0xc3));
    assertSame(PacketType.INITIAL, QuicVersion.V2.longHeaderType(0xd3));
    assertSame(PacketType.ZERO_RTT, QuicVersion.V2.longHeaderType(0xe3));
    assertSame(PacketType.HANDSHAKE, QuicVersion.V2.longHeaderType((byte) 0xff));
  }

  /** RFC 9369 §4. */
  @Test
  void eachVersionCanBeTurnedIntoTheOther() {
    for (QuicVersion one : QuicVersion.values()) {
      for (QuicVersion other : QuicVersion.values()) {
        assertTrue(one.isCompatibleWith(other));
      }
    }
  }

  /** RFC 9000 §15: 0x?a?a?a?a. */
  @Test
  void greaseHasTheReservedPattern() {
    Random random = new Random(1);
    for (int i = 0; i < 100; i++) {
      String hex = String.format("%08x", QuicVersion.grease(random));
      assertTrue(hex.matches("(.a){4}"), hex);
    }
    assertTrue(QuicVersion.isGrease(0x1a2a3a4a));
  }
}
