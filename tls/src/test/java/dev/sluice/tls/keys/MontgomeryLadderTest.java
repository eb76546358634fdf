package dev.sluice.tls.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.HexFormat;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The X25519 function by RFC 7748's known answers, and beside Bouncy Castle's. */
class MontgomeryLadderTest {
  private static final String BASE_POINT =
      "0900000000000000000000000000000000000000000000000000000000000000";

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private static String x25519(String scalar, String point) {
    return HexFormat.of().formatHex(MontgomeryLadder.x25519(hex(scalar), hex(point)));
  }

  /** RFC 7748 §5.2. */
  @ParameterizedTest
  @CsvSource({
    "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4,"
        + "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c,"
        + "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
    "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d,"
        + "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493,"
        + "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"
  })
  void knownAnswers(String scalar, String point, String multiple) {
    assertEquals(multiple, x25519(scalar, point));
  }

  /** RFC 7748 §5.2: the function called again and again with its own results. */
  @Test
  void aThousandTimesInARow() {
    byte[] k = hex(BASE_POINT);
    byte[] u = k;
    for (int i = 0; i < 1000; i++) {
      byte[] next = MontgomeryLadder.x25519(k, u);
      u = k;
      k = next;
    }
    assertEquals(
        "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51",
        HexFormat.of().formatHex(k));
  }

  /** RFC 7748 §6.1. */
  @Test
  void aliceAndBobAgree() {
    String alice = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";
    String bob = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb";
    String aliceShare = x25519(alice, BASE_POINT);
    String bobShare = x25519(bob, BASE_POINT);
    assertEquals("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a", aliceShare);
    assertEquals("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f", bobShare);
    String secret = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
    assertEquals(secret, x25519(alice, bobShare));
    assertEquals(secret, x25519(bob, aliceShare));
  }

  /** Any 32 bytes, and often ones near 0, p and 2^255. */
  @Provide
  Arbitrary<byte[]> points() {
    BigInteger p = BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));
    Arbitrary<byte[]> near =
        Arbitraries.of(BigInteger.ZERO, p, BigInteger.ONE.shiftLeft(256))
            .flatMap(
                end ->
                    Arbitraries.integers()
                        .between(-40, 40)
                        .map(n -> bytes(end.add(BigInteger.valueOf(n)))));
    return Arbitraries.oneOf(scalars(), near);
  }

  @Provide
  Arbitrary<byte[]> scalars() {
    return Arbitraries.bytes().array(byte[].class).ofSize(32);
  }

  private static byte[] bytes(BigInteger number) {
    byte[] bytes = new byte[32];
    for (int i = 0; i < 32; i++) {
      bytes[i] = number.shiftRight(8 * i).byteValue();
    }
    return bytes;
  }

  @Property(tries = 2000)
  void multipliesAsBouncyCastleDoes(
      @ForAll("scalars") byte[] scalar, @ForAll("points") byte[] point) {
    byte[] expected = new byte[32];
    X25519.calculateAgreement(scalar, 0, point, 0, expected, 0);
    assertArrayEquals(expected, MontgomeryLadder.x25519(scalar, point));
  }
}
