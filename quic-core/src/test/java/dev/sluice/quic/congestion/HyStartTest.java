package dev.sluice.quic.congestion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.Requirement;
import org.junit.jupiter.api.Test;

/** RFC 9406. */
class HyStartTest {
  private static final long MS = 1_000_000;

  private final HyStart hyStart = new HyStart(true);
  private long now = -9 * MS;

  /**
   * A round with so many samples of one RTT; returns how much the window grew for 1000 a sample.
   */
  private long round(int samples, long rttMillis) {
    long sent = now;
    now += rttMillis * MS;
    long grown = 0;
    for (int i = 0; i < samples; i++) {
      grown +=
          hyStart.onAck(
              new AckSample(now, sent, rttMillis * MS, rttMillis * MS, 0, true), 1000, 1200);
      sent = Math.min(sent, now - 1); // the rest of the round
    }
    now += MS;
    return grown;
  }

  @Test
  @Requirement("RFC9406-4.3#1")
  void steadyRoundTripsKeepFullSpeed() {
    for (int i = 0; i < 20; i++) {
      assertEquals(10_000, round(10, 100));
    }
    assertFalse(hyStart.isConservative());
  }

  @Test
  @Requirement({"RFC9406-4.3#1", "RFC9406-4.3#4"})
  void anEighthMoreSlowsDownAfterEightSamples() {
    round(10, 100);
    assertEquals(7000 + 1000, round(8, 113));
    assertTrue(hyStart.isConservative());
    assertEquals(2500, round(10, 113));
  }

  @Test
  void tooFewSamplesSayNothing() {
    round(10, 100);
    round(7, 200);
    assertFalse(hyStart.isConservative());
  }

  @Test
  void theThresholdIsAtLeastFourAndAtMostSixteenMilliseconds() {
    round(10, 8);
    round(10, 11);
    assertFalse(hyStart.isConservative());
    round(10, 15);
    assertTrue(hyStart.isConservative());

    HyStartTest slow = new HyStartTest();
    slow.round(10, 1000);
    slow.round(10, 1015);
    assertFalse(slow.hyStart.isConservative());
    slow.round(10, 1031);
    assertTrue(slow.hyStart.isConservative());
  }

  @Test
  void aFalseAlarmIsTakenBack() {
    round(10, 100);
    round(10, 120);
    assertTrue(hyStart.isConservative());
    round(10, 118);
    assertFalse(hyStart.isConservative());
    round(10, 118);
    assertFalse(hyStart.isFinished());
  }

  @Test
  void fiveConservativeRoundsEndSlowStart() {
    round(10, 100);
    round(10, 120); // the round in which the sign came counts
    for (int i = 0; i < 4; i++) {
      round(10, 120);
      assertFalse(hyStart.isFinished());
    }
    round(10, 120);
    assertTrue(hyStart.isFinished());
  }

  @Test
  void withoutPacingAnAcknowledgmentCountsNoMoreThanEightDatagrams() {
    AckSample sample = new AckSample(0, 0, -1, MS, 0, true);
    assertEquals(20_000, new HyStart(true).onAck(sample, 20_000, 1200));
    assertEquals(9600, new HyStart(false).onAck(sample, 20_000, 1200));
    assertEquals(2000, new HyStart(false).onAck(sample, 2000, 1200));
  }
}
