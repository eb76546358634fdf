package dev.sluice.quic.recovery;

import static dev.sluice.quic.recovery.RecoveryHarness.APPLICATION;
import static dev.sluice.quic.recovery.RecoveryHarness.HANDSHAKE;
import static dev.sluice.quic.recovery.RecoveryHarness.INITIAL;
import static dev.sluice.quic.recovery.RecoveryHarness.MS;
import static dev.sluice.quic.recovery.RecoveryHarness.SIZE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.congestion.CongestionController;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.AckRanges;
import dev.sluice.testkit.Requirement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** RFC 9002 §5.1, §6.1, §6.4 and what RFC 9000 asks of acknowledgments that arrive. */
class LossDetectionTest {
  private final RecoveryHarness h = RecoveryHarness.confirmed(100);

  private long[] send(int count) {
    long[] numbers = new long[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = h.send(APPLICATION);
    }
    return numbers;
  }

  @Test
  @Requirement({"RFC9002-6.1.1#1", "RFC9002-6.1.1#2"})
  void threePacketsLaterAPacketIsLost() {
    long[] p = send(5);
    h.now += 100;
    h.ack(APPLICATION, p[2]);
    assertEquals(List.of(), h.lost);
    h.ack(APPLICATION, p[3]);
    assertEquals(List.of(p[0]), h.lost);
    h.ack(APPLICATION, p[4]);
    assertEquals(List.of(p[0], p[1]), h.lost);
    assertEquals(0, h.recovery.path().bytesInFlight());
    assertEquals(2, h.recovery.path().packetsLost());
  }

  @Test
  @Requirement({"RFC9002-6.1.2#1", "RFC9002-6.1.2#3", "RFC9002-6.2.1#6"})
  void nineEighthsOfARoundTripLaterAPacketIsLost() {
    long[] p = send(2);
    h.now += 100;
    h.ack(APPLICATION, p[1]);
    assertEquals(List.of(), h.lost);
    assertEquals(13, h.deadline()); // 112.5 ms after it was sent; no probe timeout meanwhile
    h.now += 12;
    assertInstanceOf(Timeout.Nothing.class, h.recovery.onDeadline(h.nanos()));
    h.now += 1;
    assertEquals(new Timeout.Loss(APPLICATION), h.recovery.onDeadline(h.nanos()));
    assertEquals(List.of(p[0]), h.lost);
    assertEquals(-1, h.deadline());
  }

  /** What a peer without keys could not read may count for nothing; what it read after that not. */
  @ParameterizedTest
  @EnumSource(PacketNumberSpace.class)
  @Requirement("RFC9002-7.4#2")
  void lossesAfterTheFirstAcknowledgedPacketCountInEverySpace(PacketNumberSpace space) {
    RecoveryHarness fresh = new RecoveryHarness(true);
    long first = fresh.send(space);
    long missing = fresh.send(space);
    for (int i = 0; i < 3; i++) {
      fresh.send(space);
    }
    fresh.now += 100;
    fresh.ack(space, first);
    long window = fresh.recovery.path().congestion().window();
    fresh.now += 10;
    fresh.ackRange(space, missing + 1, missing + 3, 0);
    assertEquals(List.of(missing), fresh.lost);
    assertEquals(1, fresh.recovery.path().packetsLost());
    assertTrue(fresh.recovery.path().congestion().window() < window);
  }

  @Test
  void onlyPacketsBeforeAnAcknowledgedOneAreLost() {
    long[] p = send(3);
    h.now += 500;
    h.ack(APPLICATION, p[0]);
    assertEquals(List.of(), h.lost);
    assertEquals(2 * SIZE, h.recovery.path().bytesInFlight());
  }

  @Test
  @Requirement("RFC9002-5.1#1")
  void noSampleUnlessTheLargestIsNew() {
    long[] p = send(2);
    h.now += 100;
    h.ack(APPLICATION, p[1]);
    h.now += 300;
    h.ackRange(APPLICATION, p[0], p[1], 0);
    assertEquals(List.of(p[1], p[0]), h.acked);
    assertEquals(100 * MS, h.recovery.path().rtt().latest());
  }

  @Test
  @Requirement("RFC9002-5.1#2")
  void noSampleUnlessSomethingElicitedIt() {
    long packet = h.sendAckOnly(APPLICATION, 40);
    h.now += 300;
    h.ack(APPLICATION, packet);
    assertEquals(100 * MS, h.recovery.path().rtt().latest());

    long eliciting = h.send(APPLICATION);
    packet = h.sendAckOnly(APPLICATION, 40);
    h.now += 200;
    h.ackRange(APPLICATION, eliciting, packet, 0);
    assertEquals(200 * MS, h.recovery.path().rtt().latest());
  }

  @Test
  @Requirement("RFC9002-5.3#5")
  void afterConfirmationADelayIsBelievedUpToMaxAckDelay() {
    h.recovery.setPeerMaxAckDelay(25 * MS);
    long[] p = send(1);
    h.now += 200;
    h.ackRange(APPLICATION, p[0], p[0], 90);
    assertEquals(100 * MS + 75 * MS / 8, h.recovery.path().rtt().smoothed());
  }

  @Test
  @Requirement({"RFC9002-5.3#1", "RFC9002-5.3#4", "RFC9002-5.3#3"})
  void beforeConfirmationTheWholeDelayIsBelievedExceptForInitialPackets() {
    RecoveryHarness early = new RecoveryHarness(true);
    long first = early.send(INITIAL);
    early.now += 100;
    early.ack(INITIAL, first);
    long handshake = early.send(HANDSHAKE);
    early.now += 200;
    early.ackRange(HANDSHAKE, handshake, handshake, 90);
    assertEquals(100 * MS + 10 * MS / 8, early.recovery.path().rtt().smoothed());

    RecoveryHarness initial = new RecoveryHarness(true);
    first = initial.send(INITIAL);
    initial.now += 100;
    initial.ack(INITIAL, first);
    long second = initial.send(INITIAL);
    initial.now += 200;
    initial.ackRange(INITIAL, second, second, 90);
    assertEquals(100 * MS + 100 * MS / 8, initial.recovery.path().rtt().smoothed());
  }

  @Test
  void packetsOfOnlyAcksAreNotInFlight() {
    h.sendAckOnly(APPLICATION, 40);
    assertEquals(0, h.recovery.path().bytesInFlight());
    assertEquals(-1, h.deadline());
  }

  @Test
  @Requirement("RFC9000-13.2.7#1")
  void paddingIsInFlightButElicitsNothing() {
    h.sendPadding(APPLICATION, 500);
    assertEquals(500, h.recovery.path().bytesInFlight());
    assertEquals(-1, h.deadline());
  }

  @Test
  @Requirement("RFC9000-13.3#6")
  void aLatePacketIsAcknowledgedAfterItsLoss() {
    long[] p = send(4);
    h.now += 100;
    h.ackRange(APPLICATION, p[1], p[3], 0);
    assertEquals(List.of(p[0]), h.lost);
    h.now += 5;
    h.ackRange(APPLICATION, p[0], p[3], 0);
    assertEquals(List.of(p[1], p[2], p[3], p[0]), h.acked);
    assertEquals(1, h.recovery.path().spuriousLosses());
    assertEquals(0, h.recovery.path().bytesInFlight());
    assertEquals(
        CongestionController.initialWindow(1200), h.congestion.window(), "nothing was lost");
    h.ackRange(APPLICATION, p[0], p[3], 0);
    assertEquals(4, h.acked.size(), "only once");
  }

  /** Its loss was no sign of congestion, so that its return is no sign of the contrary. */
  @Test
  void aLatePacketOfOnlyAcksTakesNothingBack() {
    long lost = h.send(APPLICATION);
    long late = h.sendAckOnly(APPLICATION, 40);
    send(3);
    h.now += 100;
    h.ackRange(APPLICATION, late + 1, late + 3, 0);
    assertEquals(List.of(lost, late), h.lost);
    assertEquals(1, h.recovery.path().packetsLost());
    long reduced = h.congestion.window();
    h.ack(APPLICATION, late);
    assertTrue(h.acked.contains(late));
    assertEquals(reduced, h.congestion.window());
    assertEquals(0, h.recovery.path().spuriousLosses());
  }

  @Test
  void aLostPacketIsForgottenInTime() {
    long[] p = send(4);
    h.now += 100;
    h.ackRange(APPLICATION, p[1], p[3], 0);
    h.now += 5000;
    long next = h.send(APPLICATION);
    h.now += 100;
    h.ack(APPLICATION, next);
    h.ack(APPLICATION, p[0]);
    assertFalse(h.acked.contains(p[0]));
    assertEquals(0, h.recovery.path().spuriousLosses());
  }

  @Test
  void acknowledgmentsOfWhatWasNeverSentAreAnError() {
    long[] p = send(2);
    TransportException error =
        assertThrows(TransportException.class, () -> h.ack(APPLICATION, p[1] + 1));
    assertEquals(TransportError.PROTOCOL_VIOLATION.code(), error.code());
    assertTrue(error.getMessage().startsWith("ACK of packet " + (p[1] + 1)), error.getMessage());
    assertThrows(
        TransportException.class,
        () -> new RecoveryHarness(true).ack(INITIAL, 0),
        "nothing sent in that space");
  }

  @Test
  @Requirement({"RFC9000-21.4#1", "RFC9000-12.3#1", "RFC9000-12.3#2"})
  void skippedNumbersAreATrapForOptimisticPeers() {
    long last = 0;
    long skipped = -1;
    for (int i = 0; i < 1000 && skipped < 0; i++) {
      long number = h.send(APPLICATION);
      h.now++;
      h.ack(APPLICATION, number);
      assertTrue(number > last);
      if (i > 0 && number != last + 1) {
        skipped = last + 1;
      }
      last = number;
    }
    assertTrue(skipped > 0, "some number was skipped");
    long trap = skipped;
    long top = last;
    assertThrows(TransportException.class, () -> h.ackRange(APPLICATION, 0, top, 0));
    AckFrame honest =
        new AckFrame(top, 0, AckRanges.builder().add(trap + 1, top).add(0, trap - 1).build(), null);
    h.recovery.onAck(APPLICATION, honest, 0, h.nanos());
  }

  @Test
  @Requirement({"RFC9002-6.4#1", "RFC9002-6.2.2#4"})
  void discardingASpaceTakesItsPacketsOutOfFlight() {
    RecoveryHarness early = new RecoveryHarness(true);
    early.send(INITIAL);
    early.send(INITIAL);
    early.send(HANDSHAKE);
    early.now += 3000;
    early.recovery.onDeadline(early.nanos());
    assertEquals(1, early.recovery.ptoCount());
    early.recovery.discard(INITIAL, early.nanos());
    assertEquals(SIZE, early.recovery.path().bytesInFlight());
    assertEquals(0, early.recovery.ptoCount());
    assertEquals(0, early.recovery.probesPending(INITIAL));
    assertEquals(List.of(), early.lost, "nobody repairs what nobody can read any more");
    early.recovery.discard(INITIAL, early.nanos());
    early.ack(INITIAL, 7); // a stray call for a space that is gone changes nothing
    assertEquals(SIZE, early.recovery.path().bytesInFlight());
  }

  @Test
  void aRetryStartsOverButNumbersGoOn() {
    RecoveryHarness early = new RecoveryHarness(true);
    long first = early.send(INITIAL);
    early.send(APPLICATION);
    early.now += 2000;
    early.recovery.onDeadline(early.nanos());
    early.recovery.resetForRetry(early.nanos());
    assertEquals(0, early.recovery.path().bytesInFlight());
    assertEquals(0, early.recovery.ptoCount());
    assertEquals(2, early.lost.size());
    assertEquals(0, early.recovery.path().packetsLost());
    assertEquals(first + 1, early.recovery.nextPacketNumber(INITIAL));
    early.ack(INITIAL, first); // sent once, so no violation, but forgotten
    assertEquals(List.of(), early.acked);
    early.send(INITIAL);
    assertEquals(999, early.deadline());
  }

  @Test
  void refusedEarlyDataComesBackWithoutBlame() {
    RecoveryHarness early = new RecoveryHarness(true);
    early.send(INITIAL);
    early.send(APPLICATION);
    long window = early.congestion.window();
    early.recovery.onZeroRttRejected(early.nanos());
    assertEquals(List.of(0L), early.lost);
    assertEquals(SIZE, early.recovery.path().bytesInFlight());
    assertEquals(window, early.congestion.window());
  }

  /** Where they had to be longer than an ACK frame makes them, they are in flight (§10.3). */
  @Test
  void aPeerThatNeverAcknowledgesPaddedAcksIsFoundOutAsWell() {
    h.send(APPLICATION);
    for (int i = 0; i < SentPackets.KEEP_UNACKNOWLEDGED / 2; i++) {
      h.sendPadding(APPLICATION, 30);
    }
    assertFalse(h.recovery.isNeglected());
    for (int i = 0; i < SentPackets.KEEP_UNACKNOWLEDGED / 2; i++) {
      h.sendPadding(APPLICATION, 30);
    }
    assertTrue(h.recovery.isNeglected());
  }

  @Test
  void aPeerThatNeverAcknowledgesOurAcksCostsBoundedMemory() {
    for (int i = 0; i < 100_000; i++) {
      h.sendAckOnly(APPLICATION, 40);
    }
    long packet = h.send(APPLICATION);
    for (int i = 0; i < 10_000; i++) {
      h.sendAckOnly(APPLICATION, 40);
    }
    h.now += 100;
    h.ack(APPLICATION, packet);
    assertEquals(List.of(packet), h.acked);
    assertEquals(0, h.recovery.path().bytesInFlight());
    assertEquals(0, h.recovery.path().packetsLost());
  }
}
