package dev.sluice.quic.congestion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.Requirement;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** RFC 9002 §7 and Appendix B. */
class NewRenoTest {
  private static final int SIZE = 1200;
  private static final long MS = 1_000_000;

  private final NewReno reno = new NewReno(SIZE);
  private long now = -50 * MS;

  /** Acknowledges bytes that were sent 20 ms ago. */
  private void ack(int bytes, boolean utilised) {
    now += 30 * MS;
    reno.onPacketAcked(new SentPacket().set(0, bytes, now - 20 * MS, 0, null));
    reno.onAckProcessed(new AckSample(now, now - 20 * MS, 20 * MS, 20 * MS, 0, utilised));
  }

  @ParameterizedTest
  @CsvSource({"1200, 12000", "1252, 12520", "1472, 14720", "1500, 14720", "9000, 18000"})
  @Requirement("RFC9002-7.2#1")
  void theInitialWindowIsTenDatagrams(int datagram, long window) {
    assertEquals(window, new NewReno(datagram).window());
  }

  @Test
  void slowStartDoublesEachRoundTrip() {
    assertTrue(reno.inSlowStart());
    ack(12_000, true);
    assertEquals(24_000, reno.window());
  }

  @Test
  @Requirement({"RFC9002-7.3.1#1", "RFC9002-7.3.2#1", "RFC9002-7.3.2#2", "RFC9000-13.3#7"})
  void aLossHalvesTheWindowOncePerRoundTrip() {
    assertTrue(reno.onCongestionEvent(now - 10, false, now));
    assertEquals(6000, reno.window());
    assertEquals(6000, reno.slowStartThreshold());
    assertFalse(reno.inSlowStart());
    assertFalse(reno.onCongestionEvent(now - 5, false, now + 5), "sent before the period began");
    assertFalse(reno.onCongestionEvent(now, false, now + 5));
    assertEquals(6000, reno.window());
    assertTrue(reno.onCongestionEvent(now + 1, true, now + 9), "sent during the period");
    assertEquals(3000, reno.window());
  }

  @Test
  void acknowledgmentsOfEarlierPacketsDoNotGrowTheWindowInRecovery() {
    reno.onCongestionEvent(now, false, now);
    reno.onPacketAcked(new SentPacket().set(0, 6000, now, 0, null));
    reno.onAckProcessed(new AckSample(now + MS, now, 20 * MS, 20 * MS, 0, true));
    assertEquals(6000, reno.window());
  }

  @Test
  @Requirement("RFC9002-7.3.3#1")
  void congestionAvoidanceAddsOneDatagramAWindow() {
    reno.onCongestionEvent(now, false, now);
    for (int i = 0; i < 4; i++) {
      ack(1200, true);
      assertEquals(6000, reno.window());
    }
    ack(1200, true);
    assertEquals(7200, reno.window());
    ack(7200, true);
    assertEquals(8400, reno.window());
  }

  @Test
  @Requirement("RFC9002-7.8#1")
  void anUnusedWindowDoesNotGrow() {
    ack(12_000, false);
    assertEquals(12_000, reno.window());
    reno.onCongestionEvent(now, false, now);
    ack(60_000, false);
    assertEquals(6000, reno.window());
  }

  @Test
  @Requirement({"RFC9002-7.2#4", "RFC9002-7.6.2#5"})
  void theWindowNeverFallsBelowTwoDatagrams() {
    for (int i = 0; i < 10; i++) {
      now += MS;
      reno.onCongestionEvent(now, false, now);
    }
    assertEquals(2400, reno.window());
    NewReno other = new NewReno(SIZE);
    other.onCongestionEvent(now, false, now);
    other.onPersistentCongestion(now);
    assertEquals(2400, other.window());
    assertTrue(other.inSlowStart());
    assertTrue(other.onCongestionEvent(now - 1, false, now + 1), "the recovery period is over");
  }

  @Test
  @Requirement("RFC9002-7.2#2")
  void anotherDatagramSizeMovesAnUntouchedWindow() {
    reno.onMaxDatagramSize(1400, false);
    assertEquals(14_000, reno.window());
    reno.onCongestionEvent(now, false, now);
    reno.onMaxDatagramSize(1200, false);
    assertEquals(7000, reno.window());
  }

  @ParameterizedTest
  @EnumSource(CongestionAlgorithm.class)
  @Requirement("RFC8899-3#17")
  void whatProbesFindDoesNotEnlargeTheWindow(CongestionAlgorithm algorithm) {
    CongestionController any = algorithm.create(1200, new SplittableRandom(1));
    any.onMaxDatagramSize(1400, true);
    assertEquals(12_000, any.window());
    any.onMaxDatagramSize(1200, true);
    assertEquals(12_000, any.window());
    any.onPersistentCongestion(now);
    long least = any.window();
    any.onMaxDatagramSize(1400, true);
    assertEquals(least, any.window());
  }

  @Test
  @Requirement("RFC9002-7.2#2")
  void aSizeThatGetsThroughNoMoreTakesItsInitialWindowWithIt() {
    reno.onMaxDatagramSize(1400, false);
    reno.onMaxDatagramSize(1200, true);
    assertEquals(12_000, reno.window());
  }

  @Test
  void pacesTwiceAsFastInSlowStart() {
    assertEquals(2 * 12_000 / 0.1, reno.pacingRate(100 * MS));
    reno.onCongestionEvent(now, false, now);
    assertEquals(1.25 * 6000 / 0.1, reno.pacingRate(100 * MS));
  }

  private SentPacket sent(long time) {
    return new SentPacket().set(0, SIZE, time, 0, null);
  }

  @Test
  void whenAllLossesWereLateTheWindowComesBack() {
    long before = reno.window();
    reno.onPacketLost(sent(now - 5), now);
    reno.onPacketLost(sent(now - 4), now);
    assertTrue(reno.onCongestionEvent(now - 4, false, now));
    assertFalse(reno.onSpuriousLoss(sent(now - 5), now + 1), "the other may be lost");
    assertEquals(before / 2, reno.window());
    reno.onPacketLost(sent(now - 3), now + 2);
    assertFalse(reno.onSpuriousLoss(sent(now - 4), now + 3));
    assertTrue(reno.onSpuriousLoss(sent(now - 3), now + 4));
    assertEquals(before, reno.window());
    assertTrue(reno.inSlowStart());
    assertFalse(reno.onSpuriousLoss(sent(now - 3), now + 5));
  }

  @Test
  void marksAndPersistentCongestionAreNotTakenBack() {
    reno.onPacketLost(sent(now - 5), now);
    reno.onCongestionEvent(now - 5, true, now);
    assertFalse(reno.onSpuriousLoss(sent(now - 5), now + 1));
    assertEquals(6000, reno.window());
    reno.onPacketLost(sent(now + 1), now + 2);
    reno.onCongestionEvent(now + 1, false, now + 2);
    reno.onPersistentCongestion(now + 2);
    assertFalse(reno.onSpuriousLoss(sent(now + 1), now + 3));
    assertEquals(2400, reno.window());
  }

  /** A mark is answered by the reduction for losses, which then has a reason of its own. */
  @ParameterizedTest
  @EnumSource(CongestionAlgorithm.class)
  void aMarkInARecoveryPeriodKeepsItsReductionFromBeingTakenBack(CongestionAlgorithm algorithm) {
    CongestionController any = algorithm.create(SIZE, new SplittableRandom(1));
    any.onPacketLost(sent(now - 5), now);
    assertTrue(any.onCongestionEvent(now - 5, false, now));
    assertFalse(any.onCongestionEvent(now - 4, true, now + 1));
    assertFalse(any.onSpuriousLoss(sent(now - 5), now + 2));
  }

  @Test
  void lossesOfAnEarlierPeriodDoNotCount() {
    reno.onPacketLost(sent(now - 5), now);
    reno.onCongestionEvent(now - 5, false, now);
    reno.onPacketLost(sent(now + 1), now + 9);
    reno.onCongestionEvent(now + 1, false, now + 9);
    assertEquals(3000, reno.window());
    assertFalse(reno.onSpuriousLoss(sent(now - 5), now + 10), "of the first period");
    assertTrue(reno.onSpuriousLoss(sent(now + 1), now + 11));
    assertEquals(6000, reno.window(), "the first reduction stays");
  }
}
