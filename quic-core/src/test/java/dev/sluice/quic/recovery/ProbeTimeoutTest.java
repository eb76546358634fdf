package dev.sluice.quic.recovery;

import static dev.sluice.quic.recovery.RecoveryHarness.APPLICATION;
import static dev.sluice.quic.recovery.RecoveryHarness.HANDSHAKE;
import static dev.sluice.quic.recovery.RecoveryHarness.INITIAL;
import static dev.sluice.quic.recovery.RecoveryHarness.MS;
import static dev.sluice.quic.recovery.RecoveryHarness.SIZE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.Requirement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** RFC 9002 §6.2: probe timeouts. */
class ProbeTimeoutTest {

  private static Timeout expire(RecoveryHarness h) {
    h.now += h.deadline();
    return h.recovery.onDeadline(h.nanos());
  }

  @Test
  @Requirement({"RFC9002-6.2.1#4", "RFC9002-6.2.1#5", "RFC9002-6.2#1", "RFC9002-6.2.4#2"})
  void aLostTailIsProbedForWithGrowingPatience() {
    RecoveryHarness h = RecoveryHarness.confirmed(100);
    h.recovery.setPeerMaxAckDelay(25 * MS);
    long packet = h.send(APPLICATION);
    // smoothed_rtt + 4 * rttvar + max_ack_delay
    assertEquals(100 + 200 + 25, h.deadline());
    h.now += 10;
    h.send(APPLICATION);
    assertEquals(325, h.deadline(), "starts again with every ack-eliciting packet");
    h.sendAckOnly(APPLICATION, 40);

    assertEquals(new Timeout.Probe(APPLICATION), expire(h));
    assertEquals(2, h.recovery.probesPending(APPLICATION));
    assertEquals(List.of(), h.lost, "a timeout loses nothing");
    assertEquals(2 * SIZE, h.recovery.path().bytesInFlight());
    h.send(APPLICATION);
    long probe = h.send(APPLICATION);
    assertEquals(0, h.recovery.probesPending(APPLICATION));
    assertEquals(4 * SIZE, h.recovery.path().bytesInFlight());
    assertEquals(650, h.deadline());
    assertEquals(new Timeout.Probe(APPLICATION), expire(h));
    h.send(APPLICATION);
    assertEquals(1300, h.deadline());

    h.now += 100;
    h.ack(APPLICATION, probe);
    assertEquals(0, h.recovery.ptoCount());
    assertEquals(List.of(packet), h.lost.subList(0, 1));
  }

  @Test
  @Requirement({"RFC9002-6.2.4#1", "RFC9002-6.2.4#6"})
  void withoutNewDataOldDataServes() {
    RecoveryHarness h = RecoveryHarness.confirmed(100);
    for (int i = 0; i < 3; i++) {
      h.send(APPLICATION);
    }
    assertFalse(h.recovery.resendForProbe(APPLICATION), "no probe is pending");
    expire(h);
    assertTrue(h.recovery.resendForProbe(APPLICATION));
    assertEquals(List.of(1L, 2L), h.lost);
    assertEquals(3 * SIZE, h.recovery.path().bytesInFlight());
    assertEquals(0, h.recovery.path().packetsLost());
  }

  /** What went out longest ago is next, so that all of it has gone out again some time. */
  @Test
  void probesTakeTurnsWithWhatTheyRepeat() {
    RecoveryHarness h = RecoveryHarness.confirmed(100);
    for (int i = 0; i < 3; i++) {
      h.send(APPLICATION); // 1, 2, 3
    }
    expire(h);
    h.recovery.resendForProbe(APPLICATION);
    h.send(APPLICATION); // 4 has what was in 1
    h.send(APPLICATION); // 5 has what was in 2
    expire(h);
    h.recovery.resendForProbe(APPLICATION);
    assertEquals(List.of(1L, 2L, 3L, 4L), h.lost);
    h.recovery.resendForProbe(APPLICATION);
    assertEquals(List.of(1L, 2L, 3L, 4L, 5L), h.lost, "nothing is left behind it");
    h.recovery.resendForProbe(APPLICATION);
    assertEquals(List.of(1L, 2L), h.lost.subList(5, 7), "from the beginning");
  }

  @Test
  @Requirement({"RFC9002-7#3", "RFC9002-7.5#1", "RFC9002-7.5#2"})
  void probesIgnoreTheWindow() {
    RecoveryHarness h = RecoveryHarness.confirmed(100);
    while (h.recovery.path().canSend(h.nanos())) {
      h.send(APPLICATION);
    }
    assertEquals(h.congestion.window() / SIZE, h.recovery.path().bytesInFlight() / SIZE);
    expire(h);
    assertFalse(h.recovery.path().canSend(h.nanos()));
    assertEquals(2, h.recovery.probesPending(APPLICATION));
    h.send(APPLICATION);
    assertTrue(h.recovery.path().bytesInFlight() > h.congestion.window());
  }

  @Test
  @Requirement("RFC9002-6.2.1#3")
  void noneForApplicationDataBeforeConfirmation() {
    RecoveryHarness server = new RecoveryHarness(false);
    server.send(APPLICATION);
    assertEquals(-1, server.deadline());
    server.recovery.onHandshakeConfirmed();
    assertEquals(999 + 25, server.deadline());
  }

  /** Otherwise a lost Finished could wait for ever behind data that nobody can acknowledge. */
  @Test
  void applicationDataBeforeConfirmationKeepsTheHandshakeAlive() {
    RecoveryHarness client = new RecoveryHarness(true);
    client.recovery.onHandshakeKeys();
    client.recovery.setPeerCompletedAddressValidation(true);
    assertEquals(-1, client.deadline());
    client.send(APPLICATION);
    assertEquals(999, client.deadline());
    client.now = client.deadline();
    assertEquals(new Timeout.Probe(HANDSHAKE), client.recovery.onDeadline(client.now));
    assertEquals(0, client.recovery.probesPending(APPLICATION));
  }

  @Test
  @Requirement({"RFC9002-6.2.1#2", "RFC9002-6.2.4#4"})
  void theEarlierSpaceIsProbedFirstAndOthersRideAlong() {
    RecoveryHarness server = new RecoveryHarness(false);
    server.send(INITIAL);
    server.now += 10;
    server.send(HANDSHAKE);
    server.send(APPLICATION);
    assertEquals(989, server.deadline());
    assertEquals(new Timeout.Probe(INITIAL), expire(server));
    assertEquals(2, server.recovery.probesPending(INITIAL));
    assertEquals(1, server.recovery.probesPending(HANDSHAKE));
    assertEquals(1, server.recovery.probesPending(APPLICATION));
  }

  @Test
  @Requirement("RFC9002-6.2.2.1#1")
  void aBlockedServerWaitsForItsClient() {
    RecoveryHarness server = new RecoveryHarness(false);
    server.send(INITIAL);
    server.recovery.setAntiAmplificationBlocked(true);
    assertEquals(-1, server.deadline());
    server.now += 5000;
    server.recovery.setAntiAmplificationBlocked(false);
    assertTrue(server.deadline() <= 0, "overdue, so it is executed at once");
    assertEquals(new Timeout.Probe(INITIAL), server.recovery.onDeadline(server.nanos()));
  }

  @Test
  @Requirement({"RFC9002-6.2.2.1#2", "RFC9002-6.2.2.1#3", "RFC9000-8.1#6"})
  void aClientKeepsProbingUntilItsAddressIsValidated() {
    RecoveryHarness client = new RecoveryHarness(true);
    long initial = client.send(INITIAL);
    client.now += 100;
    client.ack(INITIAL, initial);
    assertEquals(0, client.recovery.path().bytesInFlight());
    assertEquals(300, client.deadline(), "nothing is in flight, and yet");
    assertEquals(new Timeout.Probe(INITIAL), expire(client));
    assertEquals(1, client.recovery.probesPending(INITIAL));
    client.recovery.onHandshakeKeys();
    assertEquals(600, client.deadline());
    assertEquals(new Timeout.Probe(HANDSHAKE), expire(client));
    long handshake = client.send(HANDSHAKE);
    client.now += 100;
    client.ack(HANDSHAKE, handshake);
    assertEquals(-1, client.deadline(), "the server has heard us");
  }

  @Test
  void aClientWithNothingButEarlyDataInFlightProbesToo() {
    RecoveryHarness client = new RecoveryHarness(true);
    long initial = client.send(INITIAL);
    client.send(APPLICATION);
    client.now += 100;
    client.ack(INITIAL, initial);
    assertEquals(300, client.deadline());
    assertEquals(new Timeout.Probe(INITIAL), expire(client));
    assertEquals(1, client.recovery.probesPending(INITIAL));
  }

  @Test
  void aClientKeepsItsBackoffUntilItsAddressIsValidated() {
    RecoveryHarness client = new RecoveryHarness(true);
    long initial = client.send(INITIAL);
    expire(client);
    long again = client.send(INITIAL);
    client.now += 100;
    client.ackRange(INITIAL, initial, again, 0);
    assertEquals(1, client.recovery.ptoCount());
    long handshake = client.send(HANDSHAKE);
    client.now += 100;
    client.ack(HANDSHAKE, handshake);
    assertEquals(0, client.recovery.ptoCount());

    RecoveryHarness server = new RecoveryHarness(false);
    initial = server.send(INITIAL);
    expire(server);
    server.ack(INITIAL, initial);
    assertEquals(0, server.recovery.ptoCount());
  }

  @Test
  void theBackoffNeverOverflows() {
    RecoveryHarness h = RecoveryHarness.confirmed(60_000);
    h.send(APPLICATION);
    long last = h.recovery.deadline();
    for (int i = 0; i < 100; i++) {
      h.recovery.onDeadline(h.recovery.deadline());
      assertTrue(h.recovery.deadline() >= last, "timeout " + i);
      last = h.recovery.deadline();
    }
  }

  @Test
  void anAcknowledgmentMakesPendingProbesNeedless() {
    RecoveryHarness h = RecoveryHarness.confirmed(100);
    long packet = h.send(APPLICATION);
    expire(h);
    h.ack(APPLICATION, packet);
    assertEquals(0, h.recovery.probesPending(APPLICATION));
  }

  @Test
  void probeTimeoutsForOthersIncludeTheAckDelayButNoBackoff() {
    RecoveryHarness h = RecoveryHarness.confirmed(100);
    h.recovery.setPeerMaxAckDelay(40 * MS);
    h.send(APPLICATION);
    expire(h);
    assertEquals(340 * MS, h.recovery.ptoNanos());
  }
}
