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
    h.recovery.usePath(fresh);
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
    h.recovery.usePath(fresh);
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
    h.recovery.usePath(fresh);
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
    h.recovery.usePath(fresh);
    assertEquals(333 * MS + 4 * 333 * MS / 2 + 25 * MS, h.recovery.ptoNanos(), MS);
    h.recovery.usePath(old);
    assertEquals(before, h.recovery.ptoNanos());
  }

  /** A packet of a slow path is not late only because one of a fast path overtook it. */
  @Test
  void theTimeThresholdIsThatOfThePacketsPath() {
    h.recovery.usePath(fresh);
    long sample = h.send(APPLICATION);
    h.now += 10;
    h.ack(APPLICATION, sample);
    h.recovery.usePath(old);
    long slow = h.send(APPLICATION);
    h.recovery.usePath(fresh);
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
    h.recovery.usePath(fresh);
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
}
