package dev.sluice.tls.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Arithmetic modulo 2^255 - 19 beside that of {@link BigInteger}. */
class Field25519Test {
  private static final BigInteger P =
      BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));

  /** Numbers of up to 255 bits, also those from p on, and often ones with limbs full of ones. */
  @Provide
  Arbitrary<BigInteger> numbers() {
    BigInteger end = BigInteger.ONE.shiftLeft(255);
    Arbitrary<BigInteger> any =
        Arbitraries.bigIntegers().between(BigInteger.ZERO, end.subtract(BigInteger.ONE));
    Arbitrary<BigInteger> near =
        Arbitraries.integers()
            .between(0, 5)
            .flatMap(
                limbs ->
                    Arbitraries.integers()
                        .between(-20, 20)
                        .map(n -> BigInteger.ONE.shiftLeft(51 * limbs).add(BigInteger.valueOf(n))))
            .filter(n -> n.signum() >= 0 && n.compareTo(end) < 0);
    return Arbitraries.oneOf(any, near);
  }

  private static Field25519 field(BigInteger number) {
    byte[] bytes = new byte[Field25519.LENGTH];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = number.shiftRight(8 * i).byteValue();
    }
    return Field25519.decode(bytes);
  }

  private static void assertValue(BigInteger expected, Field25519 actual) {
    byte[] bytes = actual.encode();
    BigInteger number = BigInteger.ZERO;
    for (int i = bytes.length - 1; i >= 0; i--) {
      number = number.shiftLeft(8).or(BigInteger.valueOf(bytes[i] & 0xff));
    }
    assertEquals(expected.mod(P), number);
  }

  @Property(tries = 300)
  void decodesAndEncodes(@ForAll("numbers") BigInteger n) {
    assertValue(n, field(n));
    assertValue(n, field(n.setBit(255)));
  }

  @Property(tries = 300)
  void multiplies(@ForAll("numbers") BigInteger m, @ForAll("numbers") BigInteger n) {
    Field25519 a = field(m);
    Field25519 b = field(n);
    Field25519 product = new Field25519();
    product.multiply(a, b);
    assertValue(m.multiply(n), product);
    product.square(a);
    assertValue(m.multiply(m), product);
    a.multiply(a, b);
    assertValue(m.multiply(n), a);
    b.square(b);
    assertValue(n.multiply(n), b);
  }

  /** Operands as large as the ladder makes them: sums and differences of products. */
  @Property(tries = 300)
  void multipliesSumsAndDifferences(
      @ForAll("numbers") BigInteger m, @ForAll("numbers") BigInteger n) {
    Field25519 sum = new Field25519();
    Field25519 difference = new Field25519();
    sum.add(field(m), field(n));
    difference.subtract(field(m), field(n));
    Field25519 result = new Field25519();
    result.multiply(sum, difference);
    assertValue(m.multiply(m).subtract(n.multiply(n)), result);
    result.square(difference);
    assertValue(m.subtract(n).pow(2), result);
    result.square(sum);
    assertValue(m.add(n).pow(2), result);
    result.multiplyAdd(difference, 121665, sum);
    assertValue(m.subtract(n).multiply(BigInteger.valueOf(121665)).add(m).add(n), result);
    result.multiply(result, difference);
    assertValue(
        m.subtract(n).multiply(BigInteger.valueOf(121665)).add(m).add(n).multiply(m.subtract(n)),
        result);
  }

  @Property(tries = 100)
  void inverts(@ForAll("numbers") BigInteger n) {
    Field25519 inverse = new Field25519();
    inverse.invert(field(n));
    assertValue(n.modPow(P.subtract(BigInteger.TWO), P), inverse);
  }

  @Property(tries = 100)
  void selects(@ForAll("numbers") BigInteger m, @ForAll("numbers") BigInteger n) {
    Field25519 own = field(m);
    own.select(0, field(n));
    assertValue(m, own);
    own.select(-1, field(n));
    assertValue(n, own);
  }
}
