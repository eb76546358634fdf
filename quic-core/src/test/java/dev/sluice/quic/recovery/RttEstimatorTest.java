package dev.sluice.quic.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.Requirement;
import org.junit.jupiter.api.Test;

class RttEstimatorTest {
  private static final long MS = 1_000_000;

  private final RttEstimator rtt = new RttEstimator(333 * MS);

  @Test
  @Requirement("RFC9002-6.2.2#2")
  void startsWithTheInitialRtt() {
    assertFalse(rtt.isSampled());
    assertEquals(333 * MS, rtt.smoothed());
    assertEquals(333 * MS / 2, rtt.variation());
    assertEquals(333 * MS + 2 * 333 * MS, rtt.probeTimeout()); // one second, as RFC 6298 has it
  }

  @Test
  @Requirement("RFC9002-5.2#1")
  void theFirstSampleReplacesEverything() {
    rtt.update(100 * MS, 40 * MS, -5);
    assertTrue(rtt.isSampled());
    assertEquals(-5, rtt.firstSampleTime());
    assertEquals(100 * MS, rtt.latest());
    assertEquals(100 * MS, rtt.min());
    assertEquals(100 * MS, rtt.smoothed());
    assertEquals(50 * MS, rtt.variation());
  }

  @Test
  void laterSamplesAreSmoothed() {
    rtt.update(100 * MS, 0, 0);
    rtt.update(180 * MS, 20 * MS, 1);
    // adjusted 160: rttvar = 3/4 * 50 + 1/4 * |100 - 160|, srtt = 7/8 * 100 + 1/8 * 160
    assertEquals(52_500_000, rtt.variation());
    assertEquals(107_500_000, rtt.smoothed());
    assertEquals(180 * MS, rtt.latest());
  }

  @Test
  @Requirement({"RFC9002-5.2#1", "RFC9002-5.3#6"})
  void aDelayIsNotSubtractedBelowTheMinimum() {
    rtt.update(100 * MS, 0, 0);
    rtt.update(110 * MS, 20 * MS, 1);
    assertEquals(100 * MS + 10 * MS / 8, rtt.smoothed());
    rtt.update(110 * MS, 10 * MS, 2); // exactly down to the minimum is allowed
    assertEquals(101_250_000 - 1_250_000 / 8, rtt.smoothed());
    rtt.update(60 * MS, 50 * MS, 3);
    assertEquals(60 * MS, rtt.min());
  }

  @Test
  @Requirement({"RFC9002-6.1.2#1", "RFC9002-6.1.2#2", "RFC9002-6.1.2#4", "RFC9002-6.1.2#5"})
  void theLossDelayIsNineEighthsOfTheLargerRtt() {
    rtt.update(80 * MS, 0, 0);
    assertEquals(90 * MS, rtt.lossDelay());
    rtt.update(160 * MS, 0, 1); // latest is larger than smoothed
    assertEquals(180 * MS, rtt.lossDelay());
    rtt.update(40 * MS, 0, 2); // smoothed is larger than latest
    assertEquals(rtt.smoothed() + rtt.smoothed() / 8, rtt.lossDelay());
    RttEstimator tiny = new RttEstimator(333 * MS);
    tiny.update(1000, 0, 0);
    assertEquals(MS, tiny.lossDelay());
  }

  @Test
  @Requirement("RFC9002-6.2.1#1")
  void aProbeTimeoutIsAtLeastTheGranularity() {
    for (int i = 0; i < 100; i++) {
      rtt.update(1000, 0, i);
    }
    assertTrue(rtt.probeTimeout() >= MS);
    assertTrue(rtt.probeTimeout() < 2 * MS);
  }

  @Test
  @Requirement("RFC9002-5.2#2")
  void persistentCongestionForgetsTheMinimum() {
    rtt.update(100 * MS, 0, 0);
    rtt.update(300 * MS, 0, 1);
    rtt.onPersistentCongestion();
    assertEquals(300 * MS, rtt.min());
  }

  @Test
  void twoEventsInOneReadingOfTheClockAreNoRoundTripOfZero() {
    rtt.update(0, 0, 0);
    assertEquals(1, rtt.latest());
    assertEquals(1, rtt.smoothed());
  }
}
