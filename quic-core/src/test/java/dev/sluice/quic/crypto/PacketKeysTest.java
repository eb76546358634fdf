package dev.sluice.quic.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.wire.VarInt;
import dev.sluice.testkit.Requirement;
import dev.sluice.tls.CipherSuite;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PacketKeysTest {
  private static final int START = 5;

  private static PacketKeys keys(CipherSuite suite, int seed) {
    byte[] secret = new byte[suite.hashLength()];
    new Random(seed).nextBytes(secret);
    return PacketKeys.of(QuicVersion.V1, suite, secret);
  }

  @Property(tries = 500)
  void whatIsSealedOpens(
      @ForAll CipherSuite suite,
      @ForAll @IntRange(min = 1, max = 60) int headerLength,
      @ForAll @IntRange(max = 3000) int payloadLength,
      @ForAll @LongRange(max = VarInt.MAX) long packetNumber) {
    byte[] buffer = new byte[START + headerLength + payloadLength + PacketKeys.TAG_LENGTH + START];
    new Random(packetNumber).nextBytes(buffer);
    byte[] before = buffer.clone();
    int length = keys(suite, 1).seal(buffer, START, headerLength, payloadLength, packetNumber);
    assertEquals(payloadLength + PacketKeys.TAG_LENGTH, length);
    int payload = START + headerLength;
    assertArrayEquals(Arrays.copyOf(before, payload), Arrays.copyOf(buffer, payload));
    assertArrayEquals(
        Arrays.copyOfRange(before, payload + length, before.length),
        Arrays.copyOfRange(buffer, payload + length, buffer.length));
    byte[] sealed = buffer.clone();
    byte[] plaintext = new byte[payloadLength];
    assertEquals(
        payloadLength,
        keys(suite, 1).open(buffer, START, headerLength, length, packetNumber, plaintext));
    assertArrayEquals(Arrays.copyOfRange(before, payload, payload + payloadLength), plaintext);
    assertArrayEquals(sealed, buffer);
  }

  @ParameterizedTest
  @EnumSource(CipherSuite.class)
  void anyFlippedBitIsNoticedAndTheBufferLeftAlone(CipherSuite suite) {
    byte[] packet = new byte[9 + 40 + PacketKeys.TAG_LENGTH];
    PacketKeys sender = keys(suite, 2);
    sender.seal(packet, 0, 9, 40, 77);
    PacketKeys receiver = keys(suite, 2);
    for (int bit = 0; bit < 8 * packet.length; bit++) {
      byte[] flipped = packet.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      byte[] before = flipped.clone();
      assertEquals(-1, receiver.open(flipped, 0, 9, 56, 77, new byte[64]), "bit " + bit);
      assertArrayEquals(before, flipped);
    }
    assertEquals(8 * packet.length, receiver.failedOpens());
    assertEquals(-1, receiver.open(packet, 0, 9, 56, 78, new byte[64]), "another packet number");
    assertEquals(-1, keys(suite, 3).open(packet, 0, 9, 56, 77, new byte[64]), "another secret");
    assertEquals(-1, receiver.open(packet, 0, 9, 15, 77, new byte[64]), "shorter than a tag");
    assertEquals(40, receiver.open(packet, 0, 9, 56, 77, new byte[64]));
  }

  @ParameterizedTest
  @EnumSource(CipherSuite.class)
  void aPacketNumberIsNeverSealedTwiceInARow(CipherSuite suite) {
    PacketKeys sender = keys(suite, 2);
    sender.seal(new byte[60], 0, 9, 30, 77);
    assertThrows(IllegalStateException.class, () -> sender.seal(new byte[60], 0, 9, 30, 77));
    assertEquals(1, sender.sealed());
  }

  @Property(tries = 500)
  void headerProtectionUndoesItself(
      @ForAll CipherSuite suite,
      @ForAll boolean isLong,
      @ForAll @IntRange(min = 1, max = 4) int packetNumberLength,
      @ForAll @IntRange(min = 1, max = 50) int packetNumberOffset,
      @ForAll long seed) {
    byte[] packet = new byte[120];
    new Random(seed).nextBytes(packet);
    packet[0] = (byte) (isLong ? packet[0] | 0x80 : packet[0] & 0x7f);
    packet[0] = (byte) (packet[0] & 0xfc | packetNumberLength - 1);
    byte[] before = packet.clone();
    PacketKeys keys = keys(suite, 4);
    keys.protectHeader(packet, 0, packetNumberOffset, packetNumberLength);
    assertEquals(
        before[0] & (isLong ? 0xf0 : 0xe0),
        packet[0] & (isLong ? 0xf0 : 0xe0),
        "bits that are not protected");
    assertEquals(packetNumberLength, keys.unprotectHeader(packet, 0, packetNumberOffset, 120));
    assertArrayEquals(before, packet);
  }

  @Test
  @Requirement("RFC9001-5.4.2#1")
  void packetsTooShortToSampleAreRefused() {
    byte[] packet = new byte[40];
    PacketKeys keys = keys(CipherSuite.TLS_AES_128_GCM_SHA256, 1);
    assertEquals(-1, keys.unprotectHeader(packet, 0, 9, 9 + 19));
    assertEquals(-1, keys.unprotectHeader(packet, 0, 9, 9));
    assertArrayEquals(new byte[40], packet);
    assertNotEquals(-1, keys.unprotectHeader(packet, 0, 9, 9 + 20));
  }

  @ParameterizedTest
  @EnumSource(CipherSuite.class)
  @Requirement({"RFC9001-5.3#1", "RFC9001-5.4.1#1"})
  void anUpdateChangesThePacketKeyAndKeepsTheHeaderKey(CipherSuite suite) {
    PacketKeys first = keys(suite, 5);
    PacketKeys second = first.next();
    byte[] packet = new byte[9 + 40 + PacketKeys.TAG_LENGTH];
    packet[0] = 0x43;
    second.seal(packet, 0, 9, 40, 1);
    assertEquals(-1, first.open(packet, 0, 9, 56, 1, new byte[64]));
    byte[] masked = packet.clone();
    byte[] maskedByOld = packet.clone();
    second.protectHeader(masked, 0, 5, 4);
    first.protectHeader(maskedByOld, 0, 5, 4);
    assertArrayEquals(maskedByOld, masked);
    first.destroy();
    assertEquals(4, second.unprotectHeader(masked, 0, 5, masked.length));
    assertArrayEquals(packet, masked);
    assertEquals(40, keys(suite, 5).next().open(packet, 0, 9, 56, 1, new byte[64]));
  }

  @Test
  @Requirement({"RFC9001-6.6#10", "RFC9001-6.6#11"})
  void limits() {
    for (CipherSuite suite : CipherSuite.values()) {
      PacketKeys keys = keys(suite, 6);
      boolean gcm = suite != CipherSuite.TLS_CHACHA20_POLY1305_SHA256;
      assertEquals(gcm ? 8_388_608L : VarInt.MAX, keys.confidentialityLimit());
      assertEquals(gcm ? 4_503_599_627_370_496L : 68_719_476_736L, keys.integrityLimit());
    }
  }

  @Test
  void namesNoSecrets() {
    byte[] secret = new byte[32];
    Arrays.fill(secret, (byte) 0x5a);
    PacketKeys keys = PacketKeys.of(QuicVersion.V1, CipherSuite.TLS_AES_128_GCM_SHA256, secret);
    assertEquals("PacketKeys[TLS_AES_128_GCM_SHA256]", keys.toString());
    assertFalse(keys.headerProtection().toString().contains("5a5a"));
    assertEquals(0x5a, secret[0], "the caller's secret is the caller's to wipe");
  }
}
