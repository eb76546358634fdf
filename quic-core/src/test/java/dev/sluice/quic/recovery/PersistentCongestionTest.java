package dev.sluice.quic.recovery;

import static dev.sluice.quic.recovery.RecoveryHarness.APPLICATION;
import static dev.sluice.quic.recovery.RecoveryHarness.HANDSHAKE;
import static dev.sluice.quic.recovery.RecoveryHarness.INITIAL;
import static dev.sluice.quic.recovery.RecoveryHarness.MS;
import static dev.sluice.quic.recovery.RecoveryHarness.SIZE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.AckRanges;
import dev.sluice.testkit.Requirement;
import org.junit.jupiter.api.Test;

/** RFC 9002 §7.6. After two samples of 200 ms its duration is 3 * (200 + 300 + 25) ms. */
class PersistentCongestionTest {
  private static final long DURATION = 1575;
  private static final long MINIMUM = 2 * SIZE;

  private final RecoveryHarness h = RecoveryHarness.confirmed(200);

  private boolean collapsed() {
    return h.congestion.window() == MINIMUM;
  }

  /** Sends a packet now and then, and lets only the last one, sent later, be acknowledged. */
  private void loseAllOver(long millis) {
    h.send(APPLICATION);
    h.now += millis / 2;
    h.send(APPLICATION);
    h.now += millis - millis / 2;
    h.send(APPLICATION);
    h.now += 300;
    long survivor = h.send(APPLICATION);
    h.now += 200;
    h.ack(APPLICATION, survivor);
  }

  @Test
  @Requirement({"RFC9002-7.6.1#1", "RFC9002-7.6.2#5"})
  void losingEverythingForLongCollapsesTheWindow() {
    loseAllOver(DURATION + 1);
    assertEquals(3, h.lost.size());
    assertTrue(collapsed());
    assertTrue(h.congestion.inSlowStart());
  }

  @Test
  void losingEverythingForLessDoesNot() {
    loseAllOver(DURATION);
    assertEquals(3, h.lost.size());
    assertTrue(!collapsed());
  }

  @Test
  void anAcknowledgmentInBetweenSpeaksAgainstIt() {
    h.send(APPLICATION);
    h.now += 1000;
    long delivered = h.send(APPLICATION);
    h.now += 200;
    h.ack(APPLICATION, delivered);
    h.now += 800;
    h.send(APPLICATION);
    h.now += 300;
    long survivor = h.send(APPLICATION);
    h.now += 200;
    h.ack(APPLICATION, survivor);
    assertEquals(2, h.lost.size());
    assertTrue(3 * h.recovery.ptoNanos() < 2000 * MS, "the time itself would do");
    assertTrue(!collapsed());
  }

  /** None of the packets between may be acknowledged, whatever they carried (§7.6.2). */
  @Test
  void aLateProbeInBetweenSpeaksAgainstIt() {
    h.send(APPLICATION);
    h.now += 900;
    long probe = h.sendProbe(h.recovery.path());
    h.send(APPLICATION);
    h.now += 1000;
    h.send(APPLICATION);
    long survivor = h.send(APPLICATION);
    h.now += 200;
    h.ack(APPLICATION, survivor);
    assertEquals(3, h.lost.size(), "the last one waits for the time threshold");
    AckFrame late =
        new AckFrame(
            survivor,
            0,
            AckRanges.builder().add(survivor, survivor).add(probe, probe).build(),
            null);
    h.recovery.onAck(APPLICATION, late, 0, h.nanos());
    h.now += h.deadline();
    h.recovery.onDeadline(h.nanos());
    assertEquals(4, h.lost.size());
    assertTrue(!collapsed());
  }

  @Test
  void lossesFoundAtDifferentTimesAddUp() {
    h.send(APPLICATION);
    h.now += 1900;
    h.send(APPLICATION);
    long survivor = h.send(APPLICATION);
    h.now += 200;
    h.ack(APPLICATION, survivor);
    assertEquals(1, h.lost.size(), "the second one waits for the time threshold");
    assertTrue(!collapsed());
    h.now += h.deadline();
    h.recovery.onDeadline(h.nanos());
    assertEquals(2, h.lost.size());
    assertTrue(collapsed());
  }

  @Test
  @Requirement("RFC9002-7.6.2#1")
  void packetsThatElicitNothingDoNotCount() {
    h.sendPadding(APPLICATION, 500);
    h.now += DURATION + 1;
    h.send(APPLICATION);
    h.now += 300;
    long survivor = h.send(APPLICATION);
    h.now += 200;
    h.ack(APPLICATION, survivor);
    assertTrue(!collapsed());
  }

  @Test
  @Requirement("RFC9002-7.6.2#3")
  void anotherSpaceThatGetsThroughSpeaksAgainstIt() {
    RecoveryHarness early = new RecoveryHarness(true);
    long first = early.send(INITIAL);
    early.now += 100;
    early.ack(INITIAL, first);
    early.now += 1;
    early.send(HANDSHAKE);
    early.now += 500;
    long between = early.send(INITIAL);
    early.now += 100;
    early.ack(INITIAL, between);
    early.now += 900;
    early.send(HANDSHAKE);
    early.now += 600;
    early.send(HANDSHAKE);
    long survivor = early.send(HANDSHAKE);
    early.now += 100;
    early.ack(HANDSHAKE, survivor);
    early.now += 1000;
    early.recovery.onDeadline(early.nanos());
    assertEquals(3, early.lost.size());
    assertTrue(3 * early.recovery.ptoNanos() < 2000 * MS, "the time itself would do");
    assertTrue(early.congestion.window() > MINIMUM);
  }

  @Test
  @Requirement("RFC9002-7.6.2#2")
  void theTimeBeforeTheFirstSampleDoesNotCount() {
    RecoveryHarness fresh = new RecoveryHarness(false);
    fresh.recovery.onHandshakeConfirmed();
    for (int i = 0; i < 5; i++) {
      fresh.send(APPLICATION);
      fresh.now += 2000;
    }
    long survivor = fresh.send(APPLICATION);
    fresh.now += 10;
    fresh.ack(APPLICATION, survivor);
    assertEquals(5, fresh.lost.size());
    assertTrue(fresh.congestion.window() > MINIMUM);
  }

  /**
   * By a later and shorter probe timeout it would have been one; but nothing of it is news then.
   */
  @Test
  @Requirement("RFC9002-7.6.2#1")
  void whatWasJudgedIsNotJudgedAgain() {
    loseAllOver(DURATION);
    for (int i = 0; i < 60; i++) {
      long packet = h.send(APPLICATION);
      h.now += 10;
      h.ack(APPLICATION, packet);
    }
    h.sendPadding(APPLICATION, 500);
    h.send(APPLICATION);
    h.send(APPLICATION);
    long survivor = h.send(APPLICATION);
    h.now += 10;
    h.ack(APPLICATION, survivor);
    assertTrue(3 * h.recovery.ptoNanos() < DURATION * MS);
    assertTrue(!collapsed());
  }

  @Test
  void theExampleOfTheRfc() {
    // §7.6.3 in units of 100 ms. The samples make the duration just less than 7 units.
    RecoveryHarness example = new RecoveryHarness(true);
    example.recovery.onHandshakeConfirmed();
    example.recovery.setPeerMaxAckDelay(10 * MS);
    long zero = example.send(APPLICATION);
    example.now += 58;
    example.ack(APPLICATION, zero);
    example.now += 1;
    long start = example.now;
    long one = example.send(APPLICATION);
    for (int t : new int[] {100, 200, 300, 400, 500, 600, 800, 1200}) {
      example.now = start + t;
      example.send(APPLICATION);
      if (t == 100) {
        example.now += 20;
        example.ack(APPLICATION, one);
      }
    }
    example.now = start + 1220;
    example.ack(APPLICATION, zero + 9);
    assertEquals(7, example.lost.size());
    assertEquals(6.8, 3 * example.recovery.ptoNanos() / (100.0 * MS), 0.1);
    assertEquals(MINIMUM, example.congestion.window());
  }
}
