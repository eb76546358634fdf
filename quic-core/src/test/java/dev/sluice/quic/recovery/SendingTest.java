package dev.sluice.quic.recovery;

import static dev.sluice.quic.recovery.RecoveryHarness.APPLICATION;
import static dev.sluice.quic.recovery.RecoveryHarness.MS;
import static dev.sluice.quic.recovery.RecoveryHarness.SIZE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.Requirement;
import org.junit.jupiter.api.Test;

/** RFC 9002 §7: when recovery lets a packet go, and when the window may grow. */
class SendingTest {
  private final RecoveryHarness h = RecoveryHarness.confirmed(100);

  /** Sends as much as may be sent, over as much time as pacing takes. */
  private long fillWindow() {
    long last = -1;
    while (h.recovery.path().paceUntil() != Long.MAX_VALUE) {
      long wait = h.recovery.path().paceUntil() - h.nanos();
      h.now += Math.max(0, Math.ceilDiv(wait, MS));
      if (h.recovery.path().canSend(h.nanos())) {
        last = h.send(APPLICATION);
      }
    }
    assertFalse(h.recovery.path().canSend(h.nanos()));
    return last;
  }

  @Test
  @Requirement("RFC9002-7#3")
  void theWindowIsNeverExceeded() {
    fillWindow();
    assertEquals(h.congestion.window(), h.recovery.path().bytesInFlight());
    assertEquals(0, h.recovery.path().sendAllowance(h.nanos()));
  }

  @Test
  @Requirement("RFC9002-7#3")
  void norIsItByAProbeForALargerDatagram() {
    PathRecovery path = h.recovery.path();
    path.discoverMtu(9000);
    assertEquals(6000, path.mtuProbe(h.nanos()), "half of the window");
    long first = h.send(APPLICATION);
    for (int i = 1; i < 7; i++) {
      h.send(APPLICATION);
    }
    assertEquals(3600, path.mtuProbe(h.nanos()), "what is left of it");
    h.send(APPLICATION);
    assertEquals(2400, path.mtuProbe(h.nanos()));
    h.send(APPLICATION);
    assertEquals(0, path.mtuProbe(h.nanos()), "there will be more");
    h.now += 100;
    h.ack(APPLICATION, first);
    assertEquals(2400, path.mtuProbe(h.nanos()));
  }

  @Test
  @Requirement("RFC9002-7.7#1")
  void onlyABurstLeavesAtOnce() {
    long first = fillWindow();
    h.now += 100;
    h.ackRange(APPLICATION, 1, first, 0);
    assertEquals(24_000, h.congestion.window());
    h.now += 1000;
    int burst = 0;
    while (h.recovery.path().canSend(h.nanos())) {
      h.send(APPLICATION);
      burst++;
    }
    assertEquals(10, burst);
    assertTrue(h.recovery.path().paceUntil() > h.nanos());
    assertTrue(h.recovery.path().paceUntil() < h.nanos() + 10 * MS);
  }

  @Test
  @Requirement("RFC9002-7.7#5")
  void packetsOfOnlyAcksCostNothing() {
    long allowance = h.recovery.path().sendAllowance(h.nanos());
    for (int i = 0; i < 50; i++) {
      h.sendAckOnly(APPLICATION, 100);
    }
    assertEquals(allowance, h.recovery.path().sendAllowance(h.nanos()));
  }

  @Test
  @Requirement("RFC9002-7.8#1")
  void aSenderWithNothingToSendDoesNotGrowItsWindow() {
    long window = h.congestion.window();
    for (int i = 0; i < 20; i++) {
      assertTrue(h.recovery.path().canSend(h.nanos()));
      long packet = h.send(APPLICATION);
      h.now += 100;
      h.ack(APPLICATION, packet);
    }
    assertEquals(window, h.congestion.window());
  }

  @Test
  @Requirement("RFC9002-7.8#2")
  void aSenderThatThePacerHoldsBackDoes() {
    long last = fillWindow();
    h.now += 100;
    h.ackRange(APPLICATION, 1, last, 0);
    long window = h.congestion.window();
    assertEquals(24_000, window);
    while (h.recovery.path().canSend(h.nanos())) {
      last = h.send(APPLICATION);
    }
    assertTrue(h.recovery.path().bytesInFlight() < window);
    h.now += 100;
    h.ackRange(APPLICATION, 1, last, 0);
    assertTrue(h.congestion.window() > window);
  }

  @Test
  @Requirement("RFC9002-7.8#1")
  void unlessItHadNothingMoreToSendAnyway() {
    long last = fillWindow();
    h.now += 100;
    h.ackRange(APPLICATION, 1, last, 0);
    while (h.recovery.path().canSend(h.nanos())) {
      last = h.send(APPLICATION);
    }
    h.recovery.path().onApplicationLimited();
    h.now += 100;
    h.ackRange(APPLICATION, 1, last, 0);
    assertEquals(24_000, h.congestion.window());
  }

  @Test
  void severalAcksWithoutATurnToSendAllGrowTheWindow() {
    long last = fillWindow();
    h.now += 100;
    for (long packet = 1; packet <= last; packet++) {
      h.ack(APPLICATION, packet);
    }
    assertEquals(24_000, h.congestion.window());
  }

  @Test
  @Requirement("RFC9002-7.3.2#3")
  void onePacketMayLeaveWhenRecoveryBegins() {
    long last = fillWindow();
    h.now += 100;
    h.ackRange(APPLICATION, last - 5, last - 4, 0); // loses what lies three before
    assertTrue(h.recovery.path().packetsLost() > 0);
    assertTrue(
        h.recovery.path().bytesInFlight() + SIZE > h.congestion.window() || h.lost.size() > 1);
    assertTrue(h.recovery.path().canSend(h.nanos()));
  }

  @Test
  void lossesOfOneRoundTripReduceTheWindowOnce() {
    long last = fillWindow();
    h.now += 100;
    h.ack(APPLICATION, 4);
    assertEquals(6000, h.congestion.window());
    h.ack(APPLICATION, last);
    assertEquals(6000, h.congestion.window());
    assertTrue(h.lost.size() > 4);
    long fresh = h.send(APPLICATION);
    h.send(APPLICATION);
    h.send(APPLICATION);
    long newest = h.send(APPLICATION);
    h.now += 100;
    h.ack(APPLICATION, newest);
    assertTrue(h.lost.contains(fresh));
    assertEquals(6000, h.congestion.window(), "sent at the instant in which the period began");
  }

  @Test
  void anotherDatagramSizeChangesWhatFits() {
    h.recovery.path().setMaxDatagramSize(1400);
    assertEquals(14_000, h.congestion.window());
    fillWindow();
    assertTrue(h.recovery.path().bytesInFlight() > 14_000 - 1400);
  }
}
