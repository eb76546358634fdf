package dev.sluice.tls.keys;

import java.math.BigInteger;
import org.bouncycastle.math.ec.ECCurve;
import org.bouncycastle.math.ec.ECLookupTable;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.raw.Nat;

/**
 * Multiples of a point that many numbers will be multiplied with, and the multiplication that uses
 * them (Lim and Lee, "More Flexible Exponentiation with Precomputation", 1994).
 *
 * <p>The bits of a number are written in {@code teeth} lines under each other, and each line is cut
 * into as many blocks as there are tables. A column of the bits in one block names a sum of powers
 * of two times the point, which the block's table has ready; so a number takes one addition for
 * each column, but doublings only for the columns of one block:
 *
 * <pre>
 *             table 1   table 0
 *   tooth 1   7   6  |  5   4        bits of a number of 8 bits, with 2 teeth and 2 tables:
 *   tooth 0   3   2  |  1   0        row 1 looks up (7,3) and (5,1), row 0 (6,2) and (4,0)
 * </pre>
 *
 * <p>More tables mean fewer doublings; more teeth mean fewer additions, but longer tables, all of
 * which is read where the number is a secret. Any thread may use it.
 */
final class PointComb {
  private final int teeth;
  private final int rows;
  private final ECLookupTable[] tables;

  /** Takes away what each entry of a table has too much. */
  private final ECPoint correction;

  /**
   * Computes the tables, which takes as long as several multiplications.
   *
   * @param point of a curve of prime order, not infinity
   * @param teeth 1 to 8; a table has 2 to the power of it entries
   * @param tables 1 or more
   */
  PointComb(ECPoint point, int teeth, int tables) {
    ECCurve curve = point.getCurve();
    this.teeth = teeth;
    this.rows = Math.ceilDiv(curve.getOrder().bitLength(), teeth * tables);
    this.tables = new ECLookupTable[tables];
    ECPoint[] tooth = new ECPoint[teeth + 1];
    tooth[0] = point;
    for (int i = 1; i <= teeth; i++) {
      tooth[i] = tooth[i - 1].timesPow2(rows * tables);
    }
    // In each entry, since a table has no room for infinity: where all bits are zero.
    ECPoint excess = tooth[teeth];
    for (int i = 0; i < tables; i++) {
      this.tables[i] = table(curve, tooth, excess);
      for (int j = 0; j < teeth; j++) {
        tooth[j] = tooth[j].timesPow2(rows);
      }
    }
    BigInteger times = BigInteger.ONE.shiftLeft(rows).subtract(BigInteger.ONE);
    this.correction =
        excess.multiply(times.multiply(BigInteger.valueOf(tables))).negate().normalize();
  }

  private ECLookupTable table(ECCurve curve, ECPoint[] tooth, ECPoint excess) {
    ECPoint[] entries = new ECPoint[1 << teeth];
    entries[0] = excess;
    for (int i = 0; i < teeth; i++) {
      for (int j = 0; j < 1 << i; j++) {
        entries[(1 << i) + j] = entries[j].add(tooth[i]);
      }
    }
    curve.normalizeAll(entries);
    return curve.createCacheSafeLookupTable(entries, 0, entries.length);
  }

  /**
   * The multiple by a secret number: every entry of a table is read whichever is meant, so that
   * neither time nor cache tells.
   *
   * @param number at least 0 and below the curve's order
   */
  ECPoint multiply(BigInteger number) {
    int[] bits = bits(number);
    ECPoint sum = correction.getCurve().getInfinity();
    for (int row = rows - 1; row >= 0; row--) {
      sum = sum.twice();
      for (int i = 0; i < tables.length; i++) {
        sum = sum.add(tables[i].lookup(column(bits, row, i)));
      }
    }
    ECPoint multiple = sum.add(correction);
    if (!multiple.isValid()) {
      // Signatures with a point computed wrongly would give their key away.
      throw new IllegalStateException("The multiple of a point is not on its curve");
    }
    return multiple;
  }

  /**
   * One point's multiple and another's, added up. The numbers are public: how long it takes tells
   * of them.
   *
   * @param u for the first point, at least 0 and below the curve's order
   * @param v for the second one, likewise
   */
  static ECPoint sumOfMultiples(PointComb first, BigInteger u, PointComb second, BigInteger v) {
    int[] uBits = first.bits(u);
    int[] vBits = second.bits(v);
    ECPoint sum = first.correction.getCurve().getInfinity();
    for (int row = Math.max(first.rows, second.rows) - 1; row >= 0; row--) {
      sum = second.addRow(row, vBits, first.addRow(row, uBits, sum.twice()));
    }
    return sum.add(first.correction).add(second.correction);
  }

  private ECPoint addRow(int row, int[] bits, ECPoint sum) {
    if (row >= rows) {
      return sum;
    }
    ECPoint added = sum;
    for (int i = 0; i < tables.length; i++) {
      added = added.add(tables[i].lookupVar(column(bits, row, i)));
    }
    return added;
  }

  private int[] bits(BigInteger number) {
    return Nat.fromBigInteger(teeth * tables.length * rows, number);
  }

  /** The bits of one column, the last tooth's first. */
  private int column(int[] bits, int row, int table) {
    int column = 0;
    for (int tooth = teeth - 1; tooth >= 0; tooth--) {
      int bit = (tooth * tables.length + table) * rows + row;
      column = column << 1 | bits[bit >> 5] >>> (bit & 31) & 1;
    }
    return column;
  }
}
