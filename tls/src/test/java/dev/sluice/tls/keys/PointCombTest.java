package dev.sluice.tls.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.bouncycastle.math.ec.ECPoint;

/** Multiples by a comb beside those of Bouncy Castle's plain multiplication. */
class PointCombTest {
  private static final BigInteger ONE = BigInteger.ONE;

  private static ECPoint point(EcCurve curve, BigInteger multiple) {
    return curve.parameters().getG().multiply(multiple).normalize();
  }

  /** Any number below the order, and often one from either end. */
  private static Arbitrary<BigInteger> below(BigInteger order) {
    Arbitrary<BigInteger> any =
        Arbitraries.bigIntegers().between(BigInteger.ZERO, order.subtract(ONE));
    return Arbitraries.oneOf(
        any,
        any.map(n -> n.mod(BigInteger.TEN)),
        any.map(n -> order.subtract(ONE).subtract(n.mod(BigInteger.TEN))));
  }

  private record Case(EcCurve curve, BigInteger point, BigInteger u, BigInteger v) {}

  @Provide
  Arbitrary<Case> cases() {
    return Arbitraries.of(EcCurve.values())
        .flatMap(
            curve ->
                below(curve.order())
                    .list()
                    .ofSize(3)
                    .map(n -> new Case(curve, n.get(0).max(ONE), n.get(1), n.get(2))));
  }

  @Property(tries = 60)
  void multipliesAsThePointDoes(
      @ForAll("cases") Case c,
      @ForAll @IntRange(min = 1, max = 6) int teeth,
      @ForAll @IntRange(min = 1, max = 4) int tables) {
    ECPoint point = point(c.curve, c.point);
    assertEquals(point.multiply(c.u), new PointComb(point, teeth, tables).multiply(c.u));
  }

  @Property(tries = 60)
  void addsUpMultiplesOfTwoPoints(
      @ForAll("cases") Case c, @ForAll @IntRange(min = 1, max = 6) int teeth) {
    ECPoint point = point(c.curve, c.point);
    PointComb base = c.curve.basePointMultiples();
    for (int tables : List.of(1, 3)) {
      assertEquals(
          c.curve.parameters().getG().multiply(c.u).add(point.multiply(c.v)),
          PointComb.sumOfMultiples(base, c.u, new PointComb(point, teeth, tables), c.v));
    }
  }

  @Property(tries = 100)
  void theBasePointHasItsOwn(@ForAll("cases") Case c) {
    assertEquals(c.curve.parameters().getG().multiply(c.u), c.curve.multiplyBasePoint(c.u));
  }
}
