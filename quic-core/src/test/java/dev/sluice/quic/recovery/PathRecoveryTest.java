package dev.sluice.quic.recovery;

import static dev.sluice.quic.recovery.RecoveryHarness.APPLICATION;
import static dev.sluice.quic.recovery.RecoveryHarness.MS;
import static dev.sluice.quic.recovery.RecoveryHarness.SIZE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.congestion.CongestionController;
import dev.sluice.quic.congestion.NewReno;
import dev.sluice.testkit.Requirement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each path has its own window and round-trip time, RFC 9000 §9.4. */
class PathRecoveryTest {
  private static final long FRESH = CongestionController.initialWindow(SIZE);

  private final RecoveryHarness h = RecoveryHarness.confirmed(100);
  private final PathRecovery old = h.recovery.path();
  private final PathRecovery fresh = h.recovery.newPath(new NewReno(SIZE));

  @Test
  @Requirement({"RFC9000-9.4#1", "RFC9000-9.4#2"})
  void anOldPathsPacketsDoNothingToTheNewPath() {
    long lost = h.send(APPLICATION);
    for (int i = 0; i < 3; i++) {
      h.send(APPLICATION);
    }
    h.recovery.usePath(fresh, h.nanos());
    assertEquals(4 * SIZE, old.bytesInFlight());
    assertEquals(0, fresh.bytesInFlight());
    h.now += 250;
    h.ackRange(APPLICATION, lost + 1, lost + 3, 0);
    assertEquals(List.of(lost), h.lost);
    assertEquals(250 * MS, old.rtt().latest());
    assertTrue(old.congestion().window() < FRESH);
    assertFalse(fresh.rtt().isSampled());
    assertEquals(FRESH, fresh.congestion().window());
    assertEquals(0, fresh.packetsLost());
    assertEquals(0, old.bytesInFlight());
  }

  @Test
  void aNewPathsLossesDoNothingToTheOldPath() {
    h.recovery.usePath(fresh, h.nanos());
    long window = old.congestion().window();
    long lost = h.send(APPLICATION);
    for (int i = 0; i < 3; i++) {
      h.send(APPLICATION);
    }
    h.now += 30;
    h.ackRange(APPLICATION, lost + 1, lost + 3, 0);
    assertEquals(1, fresh.packetsLost());
    assertEquals(30 * MS, fresh.rtt().latest());
    assertEquals(100 * MS, old.rtt().latest());
    assertEquals(window, old.congestion().window());
    assertEquals(0, old.packetsLost());
  }

  @Test
  void oneFrameThatAcknowledgesPacketsOfBothPathsIsSharedOut() {
    long first = h.send(APPLICATION);
    h.recovery.usePath(fresh, h.nanos());
    long second = h.send(APPLICATION);
    h.now += 40;
    h.ackRange(APPLICATION, first, second, 0);
    assertEquals(0, old.bytesInFlight());
    assertEquals(0, fresh.bytesInFlight());
    assertEquals(40 * MS, fresh.rtt().latest());
    assertEquals(100 * MS, old.rtt().latest());
  }

  @Test
  void timersFollowThePathInUse() {
    h.send(APPLICATION);
    long before = h.recovery.ptoNanos();
    h.recovery.usePath(fresh, h.nanos());
    assertEquals(333 * MS + 4 * 333 * MS / 2 + 25 * MS, h.recovery.ptoNanos(), MS);
    h.recovery.usePath(old, h.nanos());
    assertEquals(before, h.recovery.ptoNanos());
  }

  /** A packet of a slow path is not late only because one of a fast path overtook it. */
  @Test
  void theTimeThresholdIsThatOfThePacketsPath() {
    h.recovery.usePath(fresh, h.nanos());
    long sample = h.send(APPLICATION);
    h.now += 10;
    h.ack(APPLICATION, sample);
    h.recovery.usePath(old, h.nanos());
    long slow = h.send(APPLICATION);
    h.recovery.usePath(fresh, h.nanos());
    long quick = h.send(APPLICATION);
    h.now += 60;
    h.ack(APPLICATION, quick);
    assertEquals(List.of(), h.lost);
    h.now += 40;
    h.ack(APPLICATION, slow);
    assertEquals(0, old.packetsLost());
  }

  @Test
  void lossesOfOnePathAreNoPersistentCongestionOfAnother() {
    long first = h.send(APPLICATION);
    h.now += 1000;
    h.recovery.usePath(fresh, h.nanos());
    long sample = h.send(APPLICATION);
    h.now += 50;
    h.ack(APPLICATION, sample);
    h.now += 1000;
    long[] last = new long[5];
    for (int i = 0; i < last.length; i++) {
      last[i] = h.send(APPLICATION);
    }
    h.now += 50;
    h.ackRange(APPLICATION, last[1], last[4], 0);
    assertEquals(List.of(first, last[0]), h.lost);
    assertTrue(fresh.congestion().window() > CongestionController.minimumWindow(SIZE));
    assertTrue(old.congestion().window() > CongestionController.minimumWindow(SIZE));
  }

  /** A path with a round trip of 10 ms beside the one of 100 ms. */
  private void sampleFresh() {
    long sample = h.sendOn(fresh, APPLICATION);
    h.now += 10;
    h.ack(APPLICATION, sample);
  }

  @Test
  void packetsThatOvertakeOnAnotherPathLoseNothing() {
    sampleFresh();
    long slow = h.sendOn(old, APPLICATION);
    long first = h.sendOn(fresh, APPLICATION);
    for (int i = 0; i < 5; i++) {
      h.sendOn(fresh, APPLICATION);
    }
    h.now += 10;
    h.ackRange(APPLICATION, first, first + 5, 0);
    assertEquals(List.of(), h.lost);
    h.now += 90;
    h.ack(APPLICATION, slow);
    assertEquals(0, old.packetsLost());
    assertEquals(0, old.bytesInFlight());
  }

  @Test
  void onlyPacketsOfTheSamePathCount() {
    sampleFresh();
    long lost = h.sendOn(old, APPLICATION);
    long[] later = new long[3];
    for (int i = 0; i < 3; i++) {
      for (int other = 0; other < 10; other++) {
        h.sendOn(fresh, APPLICATION);
      }
      later[i] = h.sendOn(old, APPLICATION);
    }
    h.now += 10;
    h.ack(APPLICATION, later[1]);
    assertFalse(h.lost.contains(lost), "two packets on its path came after it");
    h.ack(APPLICATION, later[2]);
    assertTrue(h.lost.contains(lost), "three did");
    assertEquals(List.of(lost), h.lost);
  }

  /** Nothing sent later on its path has arrived: that is silence, and not reordering (§6.2). */
  @Test
  void whereAllIsSilentAProbeTimeoutDecides() {
    sampleFresh();
    h.recovery.usePath(fresh, h.nanos());
    long silent = h.sendOn(old, APPLICATION);
    long timeout = old.probeTimeout() / MS + 25;
    long sentAt = h.now;
    long quick = h.send(APPLICATION);
    h.now += 10;
    h.ack(APPLICATION, quick);
    assertEquals(sentAt + timeout, h.now + h.deadline());
    h.now = sentAt + timeout - 1;
    h.recovery.onDeadline(h.nanos());
    assertEquals(List.of(), h.lost);
    h.now++;
    assertEquals(new Timeout.Loss(APPLICATION), h.recovery.onDeadline(h.nanos()));
    assertEquals(List.of(silent), h.lost);
    assertEquals(0, h.recovery.ptoCount());
  }

  /** Of a path without a sample nothing is known but the initial RTT. */
  @Test
  void aPathWithoutASampleMayBeSlow() {
    long probe = h.sendProbe(fresh);
    long other = h.send(APPLICATION);
    h.now += 100;
    h.ack(APPLICATION, other);
    h.now += 700; // the round trip of a satellite
    h.recovery.onDeadline(h.nanos());
    assertEquals(List.of(), h.lost);
    h.ack(APPLICATION, probe);
    assertEquals(800 * MS, fresh.rtt().smoothed());
  }

  /** It is as long as the path in use takes, whatever waits for an answer on another. */
  @Test
  void aProbeOfAnotherPathDoesNotHoldUpTheTimer() {
    h.sendProbe(fresh);
    long other = h.send(APPLICATION);
    h.now += 100;
    h.ack(APPLICATION, other); // from now on silence is measured on the other path
    h.send(APPLICATION);
    assertEquals(h.recovery.ptoNanos() / MS, h.deadline());
    h.now += h.deadline();
    assertEquals(new Timeout.Probe(APPLICATION), h.recovery.onDeadline(h.nanos()));
  }

  @Test
  void aProbeOfAnotherPathDoesNotMakeTheTimerFireOnThisOne() {
    sampleFresh();
    h.recovery.usePath(fresh, h.nanos());
    h.sendProbe(old);
    assertEquals(old.probeTimeout() / MS + 25, h.deadline());
    h.send(APPLICATION);
    long timeout = h.deadline();
    assertEquals(fresh.probeTimeout() / MS + 25, timeout);
    h.now += 5;
    h.sendProbe(old);
    assertEquals(timeout - 5, h.deadline(), "it runs from what was sent on the path in use");
  }

  /** What asks for another path is no use to this one. */
  @Test
  void aProbeTimeoutDoesNotRepeatProbesOfPaths() {
    h.sendProbe(fresh);
    long data = h.send(APPLICATION);
    h.now += h.deadline();
    h.recovery.onDeadline(h.nanos());
    h.recovery.resendForProbe(APPLICATION);
    assertEquals(List.of(data), h.lost);
  }

  /** What was in vain on one path says nothing of another (§9.4; RFC 9002 §A.4). */
  @Test
  void aMoveStartsWithoutBackoff() {
    h.send(APPLICATION);
    for (int i = 0; i < 3; i++) {
      h.now += h.deadline();
      assertEquals(new Timeout.Probe(APPLICATION), h.recovery.onDeadline(h.nanos()));
      h.send(APPLICATION);
      h.send(APPLICATION);
    }
    assertEquals(3, h.recovery.ptoCount());
    h.recovery.usePath(fresh, h.nanos());
    h.send(APPLICATION);
    assertEquals(fresh.probeTimeout() / MS + 25, h.deadline());
  }

  @Test
  @Requirement("RFC9002-6.2.1#6")
  void aMoveSetsTheTimerAnew() {
    sampleFresh();
    h.recovery.usePath(fresh, h.nanos());
    long early = h.sendOn(old, APPLICATION);
    long late = h.sendOn(old, APPLICATION);
    h.sendOn(fresh, APPLICATION);
    h.now += 10;
    h.ack(APPLICATION, late);
    long waiting = h.deadline(); // for the probe timeout of the fast path
    h.recovery.usePath(old, h.nanos());
    assertTrue(h.deadline() > waiting, "the time threshold holds back probes (§6.2.1)");
    h.now += h.deadline();
    assertEquals(new Timeout.Loss(APPLICATION), h.recovery.onDeadline(h.nanos()));
    assertEquals(early, h.lost.getFirst());
  }
}
