package dev.sluice.quic.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.tls.CipherSuite;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** More keys than places, used in any order, do what they do with ciphers of their own. */
class PacketCiphersTest {
  private static final int KEYS = 7;
  private static final int HEADER = 5;
  private static final int PAYLOAD = 100;

  @Property(tries = 200)
  void keysDoNotSeeEachOther(@ForAll long seed, @ForAll @IntRange(min = 1, max = 10) int places) {
    RandomGenerator random = new java.util.SplittableRandom(seed);
    PacketCiphers shared = new PacketCiphers(places);
    PacketKeys[] sealing = new PacketKeys[KEYS];
    PacketKeys[] opening = new PacketKeys[KEYS];
    PacketKeys[] own = new PacketKeys[KEYS];
    for (int i = 0; i < KEYS; i++) {
      CipherSuite suite = CipherSuite.values()[i % CipherSuite.values().length];
      byte[] secret = new byte[suite.hashLength()];
      Arrays.fill(secret, (byte) i);
      sealing[i] = PacketKeys.of(QuicVersion.V1, suite, secret, shared);
      opening[i] = PacketKeys.of(QuicVersion.V1, suite, secret, shared);
      own[i] = PacketKeys.of(QuicVersion.V1, suite, secret);
    }
    for (int number = 0; number < 50; number++) {
      int i = random.nextInt(KEYS);
      byte[] packet = new byte[HEADER + PAYLOAD + PacketKeys.TAG_LENGTH];
      packet[0] = 0x40;
      byte[] expected = packet.clone();
      int sealed = sealing[i].seal(packet, 0, HEADER, PAYLOAD, number);
      sealing[i].protectHeader(packet, 0, 1, 1);
      own[i].seal(expected, 0, HEADER, PAYLOAD, number);
      own[i].protectHeader(expected, 0, 1, 1);
      assertArrayEquals(expected, packet);
      opening[i].unprotectHeader(packet, 0, 1, packet.length);
      byte[] plain = new byte[sealed];
      assertEquals(PAYLOAD, opening[i].open(packet, 0, HEADER, sealed, number, plain));
    }
  }

  /** Whoever connects twice with one destination ID gives two connections the same Initial keys. */
  @Test
  void twoWithTheSameKeysSealTheSameNumbers() {
    for (CipherSuite suite : CipherSuite.values()) {
      PacketCiphers shared = new PacketCiphers(1);
      byte[] secret = new byte[suite.hashLength()];
      PacketKeys one = PacketKeys.of(QuicVersion.V1, suite, secret, shared);
      PacketKeys other = PacketKeys.of(QuicVersion.V1, suite, secret, shared);
      for (int number = 0; number < 3; number++) {
        assertArrayEquals(sealed(one, number), sealed(other, number));
      }
    }
  }

  /** A nonce that comes twice would give the plaintexts away. */
  @Test
  void oneKeyDoesNotSealANumberTwice() {
    for (CipherSuite suite : CipherSuite.values()) {
      PacketKeys keys = PacketKeys.of(QuicVersion.V1, suite, new byte[suite.hashLength()]);
      sealed(keys, 3);
      assertThrows(IllegalStateException.class, () -> sealed(keys, 3));
    }
  }

  private static byte[] sealed(PacketKeys keys, int number) {
    byte[] packet = new byte[HEADER + PAYLOAD + PacketKeys.TAG_LENGTH];
    keys.seal(packet, 0, HEADER, PAYLOAD, number);
    return packet;
  }
}
