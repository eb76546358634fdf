package dev.sluice.quic.crypto;

import static dev.sluice.quic.crypto.Rfc9001AppendixA.hex;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.sluice.tls.CipherSuite;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class HeaderProtectionTest {

  /** RFC 9001 §A.2, §A.3 and §A.5. */
  @ParameterizedTest
  @CsvSource({
    "TLS_AES_128_GCM_SHA256, 9f50449e04a0e810283a1e9933adedd2,"
        + " d1b1c98dd7689fb8ec11d242b123dc9b, 437b9aec36",
    "TLS_AES_128_GCM_SHA256, c206b8d9b9f0f37644430b490eeaa314,"
        + " 2cd0991cd25b0aac406a5816b6394100, 2ec0d8356a",
    "TLS_CHACHA20_POLY1305_SHA256,"
        + " 25a282b9e82f06f21f488917a4fc8f1b73573685608597d0efcb076b0ab7a7a4,"
        + " 5e5cd55c41f69080575d7999c25a5bfb, aefefe7d03"
  })
  void appendixA(CipherSuite suite, String key, String sample, String mask) {
    byte[] out = new byte[HeaderProtection.SAMPLE_LENGTH];
    new HeaderProtection(suite, hex(key), new PacketCiphers(1)).mask(hex(sample), 0, out);
    assertArrayEquals(hex(mask), Arrays.copyOf(out, HeaderProtection.MASK_LENGTH));
  }

  @ParameterizedTest
  @EnumSource(CipherSuite.class)
  void manyMasksAtOnceAreThoseOfEachSample(CipherSuite suite) {
    Random random = new Random(1);
    byte[] key = new byte[suite.keyLength()];
    random.nextBytes(key);
    HeaderProtection protection = new HeaderProtection(suite, key, new PacketCiphers(1));
    byte[] samples = new byte[48 * HeaderProtection.SAMPLE_LENGTH];
    random.nextBytes(samples);
    byte[] together = new byte[samples.length];
    protection.masks(samples, 48, together);
    byte[] single = new byte[HeaderProtection.SAMPLE_LENGTH];
    for (int i = 0; i < samples.length; i += HeaderProtection.SAMPLE_LENGTH) {
      protection.mask(samples, i, single);
      assertArrayEquals(
          Arrays.copyOf(single, HeaderProtection.MASK_LENGTH),
          Arrays.copyOfRange(together, i, i + HeaderProtection.MASK_LENGTH));
    }
    protection.masks(samples, 48, samples);
    for (int i = 0; i < samples.length; i += HeaderProtection.SAMPLE_LENGTH) {
      assertArrayEquals(
          Arrays.copyOfRange(together, i, i + HeaderProtection.MASK_LENGTH),
          Arrays.copyOfRange(samples, i, i + HeaderProtection.MASK_LENGTH));
    }
  }

  /** Whoever sends a packet twice, or picks the sample, must not bring the cipher to refuse. */
  @Test
  void chaCha20TakesAnySampleAnyNumberOfTimes() {
    HeaderProtection protection =
        new HeaderProtection(
            CipherSuite.TLS_CHACHA20_POLY1305_SHA256, new byte[32], new PacketCiphers(1));
    byte[] sample = new byte[HeaderProtection.SAMPLE_LENGTH];
    byte[] first = new byte[HeaderProtection.SAMPLE_LENGTH];
    byte[] second = new byte[HeaderProtection.SAMPLE_LENGTH];
    for (int fill : new int[] {0x00, 0x7f, 0x80, 0xff}) {
      Arrays.fill(sample, (byte) fill);
      protection.mask(sample, 0, first);
      protection.mask(sample, 0, second);
      assertArrayEquals(first, second);
    }
  }
}
