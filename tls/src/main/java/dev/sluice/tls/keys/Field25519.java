package dev.sluice.tls.keys;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A number modulo p = 2^255 - 19, to compute with on Curve25519 (RFC 7748 §4.1). What is computed
 * replaces what was held, and operands may be the object itself, so that a multiplication of points
 * needs no other memory than its dozen numbers. Neither time nor the memory that is read depends on
 * a value. Not for several threads.
 *
 * <p>Five signed limbs stand for l0 + 2^51·l1 + 2^102·l2 + 2^153·l3 + 2^204·l4. A product leaves
 * limbs of 51 bits and little more; a sum or difference of two of those has less than 53, and that
 * is as much as {@link #multiply} and {@link #square} take. Nothing is reduced below p before
 * {@link #encode}.
 */
final class Field25519 {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Bytes of an encoded number. */
  static final int LENGTH = 32;

  private static final int BITS = 51;
  private static final long MASK = (1L << BITS) - 1;

  /** What 2^255 is, modulo p. */
  private static final long WRAPPED = 19;

  // multiplyHigh gives bits from 64 on; operands moved up by 13 together give those from 51 on.
  // The first has no more than 53 bits; the second up to 57, as it may have been multiplied by 19.
  private static final int FIRST_SHIFT = 10;
  private static final int SECOND_SHIFT = 64 - BITS - FIRST_SHIFT;

  private long l0;
  private long l1;
  private long l2;
  private long l3;
  private long l4;

  /** A small number, below 2^51. */
  static Field25519 of(long value) {
    Field25519 number = new Field25519();
    number.l0 = value;
    return number;
  }

  /**
   * From {@link #LENGTH} bytes, least significant first; the highest bit is ignored (RFC 7748 §5).
   */
  static Field25519 decode(byte[] bytes) {
    long word0 = (long) WORD.get(bytes, 0);
    long word1 = (long) WORD.get(bytes, 8);
    long word2 = (long) WORD.get(bytes, 16);
    long word3 = (long) WORD.get(bytes, 24);
    Field25519 number = new Field25519();
    number.l0 = word0 & MASK;
    number.l1 = (word0 >>> 51 | word1 << 13) & MASK;
    number.l2 = (word1 >>> 38 | word2 << 26) & MASK;
    number.l3 = (word2 >>> 25 | word3 << 39) & MASK;
    number.l4 = word3 >>> 12 & MASK;
    return number;
  }

  /** Takes another's value. */
  void set(Field25519 other) {
    l0 = other.l0;
    l1 = other.l1;
    l2 = other.l2;
    l3 = other.l3;
    l4 = other.l4;
  }

  /** Takes another's value if the mask is all ones, and keeps its own if it is zero. */
  void select(long mask, Field25519 other) {
    l0 ^= mask & (l0 ^ other.l0);
    l1 ^= mask & (l1 ^ other.l1);
    l2 ^= mask & (l2 ^ other.l2);
    l3 ^= mask & (l3 ^ other.l3);
    l4 ^= mask & (l4 ^ other.l4);
  }

  /** a + b, of which neither is a sum or difference. */
  void add(Field25519 a, Field25519 b) {
    l0 = a.l0 + b.l0;
    l1 = a.l1 + b.l1;
    l2 = a.l2 + b.l2;
    l3 = a.l3 + b.l3;
    l4 = a.l4 + b.l4;
  }

  /** a - b, of which neither is a sum or difference. */
  void subtract(Field25519 a, Field25519 b) {
    l0 = a.l0 - b.l0;
    l1 = a.l1 - b.l1;
    l2 = a.l2 - b.l2;
    l3 = a.l3 - b.l3;
    l4 = a.l4 - b.l4;
  }

  /**
   * a · b. Each limb of the product is a sum of five products, the ones from 2^255 on taken 19
   * times. Of such a sum the bits from 51 on are added up by themselves, each product's rounded
   * down; what is left is then less than 5 · 2^51, so that the low words, which overflow, give it
   * all the same.
   */
  void multiply(Field25519 a, Field25519 b) {
    long a0 = a.l0;
    long a1 = a.l1;
    long a2 = a.l2;
    long a3 = a.l3;
    long a4 = a.l4;
    long b0 = b.l0;
    long b1 = b.l1;
    long b2 = b.l2;
    long b3 = b.l3;
    long b4 = b.l4;
    long w1 = WRAPPED * b1;
    long w2 = WRAPPED * b2;
    long w3 = WRAPPED * b3;
    long w4 = WRAPPED * b4;
    final long low0 = a0 * b0 + a1 * w4 + a2 * w3 + a3 * w2 + a4 * w1;
    final long low1 = a0 * b1 + a1 * b0 + a2 * w4 + a3 * w3 + a4 * w2;
    final long low2 = a0 * b2 + a1 * b1 + a2 * b0 + a3 * w4 + a4 * w3;
    final long low3 = a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + a4 * w4;
    final long low4 = a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0;
    a0 <<= FIRST_SHIFT;
    a1 <<= FIRST_SHIFT;
    a2 <<= FIRST_SHIFT;
    a3 <<= FIRST_SHIFT;
    a4 <<= FIRST_SHIFT;
    b0 <<= SECOND_SHIFT;
    b1 <<= SECOND_SHIFT;
    b2 <<= SECOND_SHIFT;
    b3 <<= SECOND_SHIFT;
    b4 <<= SECOND_SHIFT;
    w1 <<= SECOND_SHIFT;
    w2 <<= SECOND_SHIFT;
    w3 <<= SECOND_SHIFT;
    w4 <<= SECOND_SHIFT;
    long high0 = high(a0, b0) + high(a1, w4) + high(a2, w3) + high(a3, w2) + high(a4, w1);
    long high1 = high(a0, b1) + high(a1, b0) + high(a2, w4) + high(a3, w3) + high(a4, w2);
    long high2 = high(a0, b2) + high(a1, b1) + high(a2, b0) + high(a3, w4) + high(a4, w3);
    long high3 = high(a0, b3) + high(a1, b2) + high(a2, b1) + high(a3, b0) + high(a4, w4);
    long high4 = high(a0, b4) + high(a1, b3) + high(a2, b2) + high(a3, b1) + high(a4, b0);
    carry(
        low0 - (high0 << BITS) + WRAPPED * high4,
        low1 - (high1 << BITS) + high0,
        low2 - (high2 << BITS) + high1,
        low3 - (high3 << BITS) + high2,
        low4 - (high4 << BITS) + high3);
  }

  /** a · a, in which most products occur twice; otherwise as {@link #multiply}. */
  void square(Field25519 a) {
    long a0 = a.l0;
    long a1 = a.l1;
    long a2 = a.l2;
    long a3 = a.l3;
    long a4 = a.l4;
    long d0 = 2 * a0;
    long d1 = 2 * a1;
    long w3 = WRAPPED * a3;
    long w4 = WRAPPED * a4;
    final long low0 = a0 * a0 + 2 * (a1 * w4 + a2 * w3);
    final long low1 = d0 * a1 + 2 * a2 * w4 + a3 * w3;
    final long low2 = d0 * a2 + a1 * a1 + 2 * a3 * w4;
    final long low3 = d0 * a3 + d1 * a2 + a4 * w4;
    final long low4 = d0 * a4 + d1 * a3 + a2 * a2;
    final long s0 = a0 << SECOND_SHIFT;
    final long s1 = a1 << SECOND_SHIFT;
    final long s2 = a2 << SECOND_SHIFT;
    d0 <<= SECOND_SHIFT;
    d1 <<= SECOND_SHIFT;
    w3 <<= SECOND_SHIFT;
    w4 <<= SECOND_SHIFT;
    a0 <<= FIRST_SHIFT;
    a1 <<= FIRST_SHIFT;
    a2 <<= FIRST_SHIFT;
    a3 <<= FIRST_SHIFT;
    a4 <<= FIRST_SHIFT;
    long high0 = high(a0, s0) + 2 * (high(a1, w4) + high(a2, w3));
    long high1 = high(a1, d0) + 2 * high(a2, w4) + high(a3, w3);
    long high2 = high(a2, d0) + high(a1, s1) + 2 * high(a3, w4);
    long high3 = high(a3, d0) + high(a2, d1) + high(a4, w4);
    long high4 = high(a4, d0) + high(a3, d1) + high(a2, s2);
    carry(
        low0 - (high0 << BITS) + WRAPPED * high4,
        low1 - (high1 << BITS) + high0,
        low2 - (high2 << BITS) + high1,
        low3 - (high3 << BITS) + high2,
        low4 - (high4 << BITS) + high3);
  }

  /**
   * a · factor + b, for a factor of up to 18 bits and a b that is no sum; what comes of it is one.
   */
  void multiplyAdd(Field25519 a, long factor, Field25519 b) {
    long shifted = factor << SECOND_SHIFT;
    long high0 = high(a.l0 << FIRST_SHIFT, shifted);
    long high1 = high(a.l1 << FIRST_SHIFT, shifted);
    long high2 = high(a.l2 << FIRST_SHIFT, shifted);
    long high3 = high(a.l3 << FIRST_SHIFT, shifted);
    long high4 = high(a.l4 << FIRST_SHIFT, shifted);
    l0 = a.l0 * factor - (high0 << BITS) + WRAPPED * high4 + b.l0;
    l1 = a.l1 * factor - (high1 << BITS) + high0 + b.l1;
    l2 = a.l2 * factor - (high2 << BITS) + high1 + b.l2;
    l3 = a.l3 * factor - (high3 << BITS) + high2 + b.l3;
    l4 = a.l4 * factor - (high4 << BITS) + high3 + b.l4;
  }

  private static long high(long first, long second) {
    return Math.multiplyHigh(first, second);
  }

  /** Limbs of up to 62 bits, of which each hands what is above 51 bits on to the next. */
  private void carry(long r0, long r1, long r2, long r3, long r4) {
    l0 = (r0 & MASK) + WRAPPED * (r4 >> BITS);
    l1 = (r1 & MASK) + (r0 >> BITS);
    l2 = (r2 & MASK) + (r1 >> BITS);
    l3 = (r3 & MASK) + (r2 >> BITS);
    l4 = (r4 & MASK) + (r3 >> BITS);
  }

  /** a to the power of p - 2, which is 1/a (Fermat), or zero for zero. */
  void invert(Field25519 a) {
    Field25519 power2 = new Field25519();
    power2.square(a);
    Field25519 power9 = new Field25519();
    power9.squareTimes(2, power2);
    power9.multiply(power9, a);
    Field25519 power11 = new Field25519();
    power11.multiply(power9, power2);
    // Each of these is a to the power of 2^n - 1, the n ones of the exponent; 11 and 9 make 31.
    Field25519 ones5 = new Field25519();
    ones5.square(power11);
    ones5.multiply(ones5, power9);
    Field25519 ones10 = ones5.twiceAsManyOnes(5);
    Field25519 ones20 = ones10.twiceAsManyOnes(10);
    Field25519 ones40 = ones20.twiceAsManyOnes(20);
    Field25519 ones50 = new Field25519();
    ones50.squareTimes(10, ones40);
    ones50.multiply(ones50, ones10);
    Field25519 ones100 = ones50.twiceAsManyOnes(50);
    Field25519 ones200 = ones100.twiceAsManyOnes(100);
    Field25519 ones250 = new Field25519();
    ones250.squareTimes(50, ones200);
    ones250.multiply(ones250, ones50);
    // p - 2 is 250 ones and the five bits of 11.
    squareTimes(5, ones250);
    multiply(this, power11);
  }

  private Field25519 twiceAsManyOnes(int ones) {
    Field25519 more = new Field25519();
    more.squareTimes(ones, this);
    more.multiply(more, this);
    return more;
  }

  private void squareTimes(int times, Field25519 a) {
    square(a);
    for (int i = 1; i < times; i++) {
      square(this);
    }
  }

  /** The {@link #LENGTH} bytes of the number below p, least significant first. */
  byte[] encode() {
    carryAround();
    // Now one goes around at most, for which the first limb then has room.
    carryAround();
    // From p on 19 more reach 2^255, and the rest of that is what is wanted.
    long reached = l0 + WRAPPED >> BITS;
    reached = l1 + reached >> BITS;
    reached = l2 + reached >> BITS;
    reached = l3 + reached >> BITS;
    reached = l4 + reached >> BITS;
    l0 += WRAPPED * reached;
    carryUp();
    byte[] bytes = new byte[LENGTH];
    WORD.set(bytes, 0, l0 | l1 << 51);
    WORD.set(bytes, 8, l1 >>> 13 | l2 << 38);
    WORD.set(bytes, 16, l2 >>> 26 | l3 << 25);
    WORD.set(bytes, 24, l3 >>> 39 | l4 << 12);
    return bytes;
  }

  /** Leaves 51 bits in each limb, but more in the first where 2^255 was contained. */
  private void carryAround() {
    long above = carryUp();
    l0 += WRAPPED * above;
  }

  /** Leaves 51 bits in each limb, and says how often 2^255 was contained. */
  private long carryUp() {
    l1 += l0 >> BITS;
    l2 += l1 >> BITS;
    l3 += l2 >> BITS;
    l4 += l3 >> BITS;
    long above = l4 >> BITS;
    l0 &= MASK;
    l1 &= MASK;
    l2 &= MASK;
    l3 &= MASK;
    l4 &= MASK;
    return above;
  }

  /** Forgets the number. */
  void clear() {
    set(of(0));
  }
}
