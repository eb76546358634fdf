package dev.sluice.quic.congestion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.Requirement;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** RFC 9438. */
class CubicTest {
  private static final int SIZE = 1200;
  private static final long MS = 1_000_000;

  private Cubic cubic = new Cubic(SIZE);
  private long now = -50 * MS;

  private void ack(long bytes, long rtt, boolean utilised) {
    for (long left = bytes; left > 0; left -= SIZE) {
      cubic.onPacketAcked(new SentPacket().set(0, (int) Math.min(SIZE, left), now, 0, null));
    }
    cubic.onAckProcessed(new AckSample(now, now, rtt, Math.max(rtt, MS), 0, utilised));
  }

  /** Brings the window to so many datagrams in slow start, then loses one. */
  private void loseAt(int datagrams) {
    ack((long) datagrams * SIZE - cubic.window(), -1, true);
    now += MS;
    assertEquals((long) datagrams * SIZE, cubic.window());
    assertTrue(cubic.onCongestionEvent(now, false, now));
  }

  /** A round trip in which the window is acknowledged datagram by datagram. */
  private void roundTrip(long rtt) {
    long datagrams = cubic.window() / SIZE;
    for (long i = 0; i < datagrams; i++) {
      now += rtt / datagrams;
      ack(SIZE, rtt, true);
    }
  }

  @Test
  @Requirement({"RFC9438-4.6#1", "RFC9438-4.6#2"})
  void aLossTakesThreeTenths() {
    loseAt(100);
    assertEquals(70 * SIZE, cubic.window());
    assertEquals(70 * SIZE, cubic.slowStartThreshold());
    assertFalse(cubic.onCongestionEvent(now, false, now + MS));
    assertEquals(70 * SIZE, cubic.window());
  }

  /** W_cubic(t) in segments, as §4.2 gives it in figures 1 and 2. */
  private static double formula(double t, double max, double epoch) {
    double k = Math.cbrt((max - epoch) / 0.4);
    return 0.4 * Math.pow(t - k, 3) + max;
  }

  @Property(tries = 100)
  @Requirement({"RFC9438-4.4#1", "RFC9438-4.5#1", "RFC9438-5.1#2"})
  void followsTheFormula(
      @ForAll @IntRange(min = 400, max = 2000) int max,
      @ForAll @LongRange(min = 80, max = 200) long rtt) {
    cubic = new Cubic(SIZE);
    loseAt(max);
    long epoch = now + rtt * MS / (cubic.window() / SIZE);
    double k = Math.cbrt(0.3 * max / 0.4);
    while ((now - epoch) / 1e9 < 1.3 * k) {
      roundTrip(rtt * MS);
      double t = (now - epoch) / 1e9;
      // Every acknowledgment closes a share of the distance to where the function will be a round
      // trip later (§4.4), so the window lies between the function now and then.
      double low = formula(t - rtt / 1e3, max, 0.7 * max);
      double high = formula(t + rtt / 1e3, max, 0.7 * max);
      double window = cubic.window() / (double) SIZE;
      assertTrue(window >= low - 1, () -> t + " s: " + window + " is below " + low);
      assertTrue(window <= high + 1, () -> t + " s: " + window + " is above " + high);
    }
    assertTrue(cubic.window() > (long) max * SIZE, "beyond the old maximum");
  }

  @Test
  @Requirement({"RFC9438-4.3#1", "RFC9438-4.3#2"})
  void isAsFastAsRenoWhereRenoIsFaster() {
    // A short round trip: the cubic function would need seconds, Reno needs some round trips.
    loseAt(20);
    double expected = 14;
    boolean first = true;
    for (int i = 0; i < 60; i++) {
      double alpha = expected >= 20 ? 1 : 3 * 0.3 / 1.7;
      long datagrams = cubic.window() / SIZE;
      for (long d = 0; d < datagrams; d++) {
        double window = Math.max(expected, cubic.window() / (double) SIZE);
        expected += (expected >= 20 ? 1 : alpha) / window;
      }
      roundTrip(MS);
      double window = cubic.window() / (double) SIZE;
      assertTrue(
          Math.abs(window - expected) < 0.05 * expected + (first ? 1 : 0.5),
          i + ": " + window + " is not " + expected);
      first = false;
    }
    assertTrue(cubic.window() > 40L * SIZE);
  }

  @Test
  @Requirement({"RFC9438-4.2#1", "RFC9438-4.6#3", "RFC9438-4.6#4"})
  void timeWithoutNeedDoesNotCount() {
    loseAt(500);
    roundTrip(100 * MS);
    roundTrip(100 * MS);
    long before = cubic.window();
    for (int i = 0; i < 100; i++) {
      now += 100 * MS;
      ack(SIZE, 100 * MS, false);
    }
    assertEquals(before, cubic.window());
    roundTrip(100 * MS);
    assertTrue(cubic.window() < before * 1.15, before + " became " + cubic.window());

    before = cubic.window();
    now += 60_000 * MS; // silence, and then the window is used at once
    cubic.onPacketSent(SIZE, SIZE, now);
    roundTrip(100 * MS);
    assertTrue(cubic.window() < before * 1.15, before + " became " + cubic.window());
  }

  @Test
  @Requirement("RFC9438-4.7#1")
  void makesRoomForOthersWhenTheMaximumFalls() {
    loseAt(1000);
    roundTrip(100 * MS);
    now += MS;
    double window = cubic.window() / (double) SIZE;
    cubic.onCongestionEvent(now, false, now);
    // W_max is now 0.85 of the window, less than the window that had the loss.
    for (int i = 0; i < 30; i++) {
      roundTrip(100 * MS);
    }
    double k = Math.cbrt((0.85 - 0.7) * window / 0.4);
    assertTrue(k < 7);
    assertEquals(0.85 * window, cubic.window() / (double) SIZE, 0.05 * window);
  }

  @Test
  @Requirement("RFC9438-4.8#1")
  void persistentCongestionStartsOver() {
    loseAt(100);
    cubic.onPersistentCongestion(now);
    assertEquals(2 * SIZE, cubic.window());
    assertTrue(cubic.inSlowStart());
    now += MS;
    ack(68 * SIZE, 50 * MS, true);
    assertEquals(70 * SIZE, cubic.window());
    roundTrip(50 * MS);
    assertTrue(cubic.window() >= 70 * SIZE && cubic.window() < 75 * SIZE, "K is 0");
  }

  @Test
  void neverGrowsFasterThanHalfAWindowARoundTrip() {
    loseAt(10);
    for (int i = 0; i < 12; i++) {
      long before = cubic.window();
      roundTrip(20_000 * MS);
      assertTrue(cubic.window() <= 1.66 * before + SIZE, before + " became " + cubic.window());
    }
  }

  @Test
  @Requirement({"RFC9438-4.10#1", "RFC9438-4.6#3", "RFC9438-4.6#4"})
  void slowStartGrowsByWhatIsAcknowledged() {
    ack(12_000, -1, true);
    assertEquals(24_000, cubic.window());
    ack(12_000, -1, false);
    assertEquals(24_000, cubic.window());
  }

  @Test
  @Requirement("RFC9438-4.10#2")
  void risingRoundTripsEndSlowStartWithoutALoss() {
    long rtt = 50 * MS;
    int rounds = 0;
    while (cubic.inSlowStart() && rounds++ < 30) {
      for (int i = 0; i < 20; i++) {
        now += rtt / 20;
        cubic.onPacketAcked(new SentPacket().set(0, SIZE, now - rtt, 0, null));
        cubic.onAckProcessed(new AckSample(now, now - rtt, rtt, rtt, 0, true));
      }
      rtt += 10 * MS;
    }
    assertTrue(rounds < 12, "left after " + rounds);
    assertEquals(cubic.window(), cubic.slowStartThreshold(), SIZE);
  }

  @Test
  void whenAllLossesWereLateTheCurveGoesOn() {
    loseAt(50);
    for (int i = 0; i < 5; i++) {
      roundTrip(50 * MS);
    }
    SentPacket late = new SentPacket().set(0, SIZE, now, 0, null);
    long before = cubic.window();
    long threshold = cubic.slowStartThreshold();
    cubic.onPacketLost(late, now);
    assertTrue(cubic.onCongestionEvent(now, false, now));
    assertTrue(cubic.window() < before);
    assertTrue(cubic.onSpuriousLoss(late, now + 5 * MS));
    assertEquals(before, cubic.window());
    assertEquals(threshold, cubic.slowStartThreshold());
    roundTrip(50 * MS);
    assertTrue(cubic.window() >= before);
  }

  @Test
  void aWindowThatHasGrownBeyondStays() {
    loseAt(50);
    SentPacket late = new SentPacket().set(0, SIZE, now, 0, null);
    cubic.onPacketLost(late, now);
    now += MS;
    ack(100L * SIZE, 50 * MS, true);
    for (int i = 0; cubic.window() < 50L * SIZE && i < 500; i++) {
      roundTrip(50 * MS);
    }
    long grown = cubic.window();
    assertFalse(cubic.onSpuriousLoss(late, now));
    assertEquals(grown, cubic.window());
  }
}
