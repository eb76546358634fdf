package dev.sluice.quic.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.tls.CipherSuite;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Many headers at once against one at a time. */
class HeaderBatchTest {

  @Property(tries = 200)
  void doesWhatOneAtATimeDoes(
      @ForAll CipherSuite suite, @ForAll @IntRange(max = 150) int packets, @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] secret = new byte[suite.hashLength()];
    random.nextBytes(secret);
    PacketKeys keys = PacketKeys.of(QuicVersion.V1, suite, secret);
    HeaderBatch batch = new HeaderBatch();
    byte[] expected = new byte[packets * 100];
    random.nextBytes(expected);
    byte[] actual = expected.clone();
    byte[] bare = expected.clone();
    int[] numberOffsets = new int[packets];
    for (int i = 0; i < packets; i++) {
      int start = i * 100;
      byte firstByte = (byte) (expected[start] & 0x7f);
      expected[start] = firstByte;
      actual[start] = firstByte;
      bare[start] = firstByte;
      numberOffsets[i] = start + 1 + random.nextInt(20);
      batch.add(start, numberOffsets[i]);
      keys.protectHeader(expected, start, numberOffsets[i], (firstByte & 3) + 1);
    }
    batch.protect(actual, keys.headerProtection());
    assertArrayEquals(expected, actual);
    for (int i = 0; i < packets; i++) {
      batch.add(i * 100, numberOffsets[i]);
    }
    batch.unprotect(actual, keys.headerProtection());
    assertArrayEquals(bare, actual);
  }
}
