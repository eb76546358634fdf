package dev.sluice.tls.keys;

import java.util.Arrays;

/**
 * The X25519 function (RFC 7748 §5): multiplies a point of Curve25519, given by its u-coordinate,
 * with a number. Walks the number's bits from the top with two neighbouring multiples of the point,
 * of which one is doubled in each step and the other becomes their sum. Every step does the same
 * whatever the bit.
 */
final class MontgomeryLadder {
  /** The highest bit of a scalar. */
  private static final int TOP_BIT = 254;

  /** (486662 - 2) / 4, of the curve's equation (RFC 7748 §4.1). */
  private static final long A24 = 121665;

  // Coordinates as RFC 7748 §5 calls them: x/z is a point's u-coordinate.
  private final Field25519 x1;
  private final Field25519 x2 = Field25519.of(1);
  private final Field25519 z2 = Field25519.of(0);
  private final Field25519 x3 = Field25519.of(0);
  private final Field25519 z3 = Field25519.of(1);

  private final Field25519 a = new Field25519();
  private final Field25519 b = new Field25519();
  private final Field25519 c = new Field25519();
  private final Field25519 d = new Field25519();
  private final Field25519 da = new Field25519();
  private final Field25519 cb = new Field25519();
  private final Field25519 e = new Field25519();

  private MontgomeryLadder(byte[] point) {
    x1 = Field25519.decode(point);
    x3.set(x1);
  }

  /**
   * The u-coordinate of the multiple: all zero for a point of small order (RFC 7748 §6.1).
   *
   * @param scalar 32 secret bytes, of which the bits that the function fixes do not matter
   * @param point 32 bytes of a peer's: any are a point of the curve or of its twist
   */
  static byte[] x25519(byte[] scalar, byte[] point) {
    byte[] clamped = clamp(scalar);
    MontgomeryLadder ladder = new MontgomeryLadder(point);
    byte[] multiple = ladder.multiply(clamped);
    ladder.clear();
    Arrays.fill(clamped, (byte) 0);
    return multiple;
  }

  private byte[] multiply(byte[] scalar) {
    int previous = 0;
    for (int t = TOP_BIT; t >= 0; t--) {
      int bit = scalar[t >> 3] >> (t & 7) & 1;
      step(-(bit ^ previous));
      previous = bit;
    }
    // The last bit is zero, so that nothing is left to be swapped.
    z2.invert(z2);
    x2.multiply(x2, z2);
    return x2.encode();
  }

  /** decodeScalar25519: a multiple of eight whose highest bit is set. */
  private static byte[] clamp(byte[] scalar) {
    byte[] clamped = Arrays.copyOf(scalar, Field25519.LENGTH);
    clamped[0] &= (byte) 0xf8;
    clamped[Field25519.LENGTH - 1] &= 0x7f;
    clamped[Field25519.LENGTH - 1] |= 0x40;
    return clamped;
  }

  /**
   * One bit's worth.
   *
   * @param swap all ones when the other point than in the step before is to be doubled, else zero.
   *     The sum is the same for either, up to the sign of what is squared, so that only what is
   *     doubled needs to be chosen
   */
  private void step(long swap) {
    a.add(x2, z2);
    b.subtract(x2, z2);
    c.add(x3, z3);
    d.subtract(x3, z3);
    da.multiply(d, a);
    cb.multiply(c, b);
    a.select(swap, c);
    b.select(swap, d);
    x3.add(da, cb);
    x3.square(x3);
    z3.subtract(da, cb);
    z3.square(z3);
    z3.multiply(z3, x1);
    // A² and B², from here on.
    a.square(a);
    b.square(b);
    x2.multiply(a, b);
    e.subtract(a, b);
    a.multiplyAdd(e, A24, a);
    z2.multiply(e, a);
  }

  /** Leaves nothing that tells of the scalar. */
  private void clear() {
    for (Field25519 number : new Field25519[] {x2, z2, x3, z3, a, b, c, d, da, cb, e}) {
      number.clear();
    }
  }
}
