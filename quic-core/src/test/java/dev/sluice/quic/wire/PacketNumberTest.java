package dev.sluice.quic.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.Requirement;
import java.math.BigInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class PacketNumberTest {

  /** RFC 9000 §A.2 and §A.3. */
  @Test
  void appendixA() {
    assertEquals(2, PacketNumber.encodedLength(0xac5c02, 0xabe8b3));
    assertEquals(3, PacketNumber.encodedLength(0xace8fe, 0xabe8b3));
    assertEquals(0xa82f9b32L, PacketNumber.decode(0x9b32, 2, 0xa82f30eaL));
  }

  @Test
  @Requirement("RFC9000-17.1#1")
  void withoutAnAcknowledgmentTheFullNumberIsIncluded() {
    for (long full : new long[] {0, 1, 127, 255, 256, 40_000, 65_535, 1 << 20}) {
      int length = PacketNumber.encodedLength(full, -1);
      assertTrue(full < 1L << (8 * length), "packet " + full + " in " + length + " bytes");
    }
  }

  @Property(tries = 1000)
  @Requirement("RFC9000-17.1#2")
  void theRangeIsMoreThanTwiceTheDistance(
      @ForAll @LongRange(min = -1, max = 1L << 61) long acknowledged,
      @ForAll("distances") long distance) {
    int length = PacketNumber.encodedLength(acknowledged + distance, acknowledged);
    assertTrue(1L << (8 * length) > 2 * distance);
    assertTrue(length == 1 || 1L << (8 * (length - 1)) <= 2 * distance, "longer than needed");
  }

  /** A peer that got any part of what was sent since decodes the number that was sent. */
  @Property(tries = 1000)
  void decodesWhatWasEncoded(
      @ForAll @LongRange(min = -1, max = 1L << 61) long acknowledged,
      @ForAll("distances") long distance,
      @ForAll @LongRange(max = 1L << 31) long received) {
    long full = acknowledged + distance;
    int length = PacketNumber.encodedLength(full, acknowledged);
    byte[] field = new byte[4];
    new WireWriter(field, 0, 4).uint(full, length);
    long largestReceived = acknowledged + received % distance;
    assertEquals(
        full, PacketNumber.decode(PacketNumber.read(field, 0, length), length, largestReceived));
  }

  @Property(tries = 1000)
  void decodesToTheNearestCandidate(
      @ForAll @LongRange(max = 0xffff_ffffL) long bits,
      @ForAll @IntRange(min = 1, max = 4) int bytes,
      @ForAll("received") long largestReceived) {
    long truncated = bits & (1L << (8 * bytes)) - 1;
    long decoded = PacketNumber.decode(truncated, bytes, largestReceived);
    assertEquals(nearest(truncated, bytes, largestReceived + 1), decoded);
    assertTrue(decoded >= 0 && decoded <= PacketNumber.MAX);
  }

  /** Expected is 1000; 872 and 1128 end in the same byte and are equally far from it. */
  @Test
  void ofTwoEquallyNearTheHigherIsTaken() {
    assertEquals(1128, PacketNumber.decode(1128 & 0xff, 1, 999));
    assertEquals(1127, PacketNumber.decode(1127 & 0xff, 1, 999));
    assertEquals(873, PacketNumber.decode(873 & 0xff, 1, 999));
  }

  /** Of all numbers with these low bits, from 0 to 2^62-1, the one closest to what is expected. */
  private static long nearest(long truncated, int bytes, long expected) {
    BigInteger window = BigInteger.ONE.shiftLeft(8 * bytes);
    BigInteger target = BigInteger.valueOf(expected);
    BigInteger base = target.divide(window).multiply(window).add(BigInteger.valueOf(truncated));
    BigInteger best = null;
    for (int step = -1; step <= 1; step++) {
      BigInteger candidate = base.add(window.multiply(BigInteger.valueOf(step)));
      boolean possible =
          candidate.signum() >= 0 && candidate.compareTo(BigInteger.valueOf(VarInt.MAX)) <= 0;
      // At equal distance §A.3 takes the higher one: from its last test, "greater than" half.
      if (possible
          && (best == null
              || candidate.subtract(target).abs().compareTo(best.subtract(target).abs()) <= 0)) {
        best = candidate;
      }
    }
    return best.longValueExact();
  }

  @Provide
  Arbitrary<Long> distances() {
    return Arbitraries.longs()
        .between(1, (1L << 31) - 1)
        .edgeCases(e -> e.add(1L, 127L, 128L, 129L, 32767L, 32768L, 32769L, 1L << 23));
  }

  @Provide
  Arbitrary<Long> received() {
    return Arbitraries.longs()
        .between(-1, VarInt.MAX - 1)
        .edgeCases(e -> e.add(-1L, 0L, 127L, 128L, 255L, VarInt.MAX - 1, VarInt.MAX - 255));
  }
}
