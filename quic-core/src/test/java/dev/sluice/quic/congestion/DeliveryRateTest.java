package dev.sluice.quic.congestion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** draft-ietf-ccwg-bbr-06 §4.1. */
class DeliveryRateTest {
  private static final long MS = 1_000_000;
  private static final int SIZE = 1000;

  private final DeliveryRate rate = new DeliveryRate();
  private final List<DeliverySnapshot> snapshots = new ArrayList<>();
  private final List<Long> times = new ArrayList<>();
  private long inFlight;

  private void send(int packets, long from, long interval) {
    for (int i = 0; i < packets; i++) {
      times.add(from + i * interval);
      snapshots.add(rate.onPacketSent(inFlight == 0, from + i * interval));
      inFlight += SIZE;
    }
  }

  private SentPacket packet(int number) {
    return new SentPacket().set(number, SIZE, times.get(number), inFlight, snapshots.get(number));
  }

  private RateSample ack(long minRtt, long now, int... packets) {
    for (int number : packets) {
      rate.onPacketAcked(packet(number));
      inFlight -= SIZE;
    }
    return rate.onAckProcessed(minRtt, now);
  }

  @Test
  void theFirstWindow() {
    send(10, -5 * MS, 0);
    assertEquals(1000 * 1e9 / (20 * MS), ack(20 * MS, 15 * MS, 0).rate());
    RateSample last = ack(20 * MS, 16 * MS, 1, 2, 3);
    assertEquals(4000 * 1e9 / (21 * MS), last.rate());
    assertEquals(3000, last.newlyAcked());
    assertEquals(4000, last.delivered());
    assertEquals(0, last.priorDelivered());
  }

  @Test
  void bunchedAcknowledgmentsShowNoMoreThanWasSent() {
    send(21, 0, MS); // a megabyte a second
    ack(10 * MS, 10 * MS, 0);
    send(10, 21 * MS, MS);
    // Of the following, all arrive at once: 30 packets in a moment, but it took 30 ms to send them.
    int[] all = new int[30];
    for (int i = 0; i < 30; i++) {
      all[i] = i + 1;
    }
    RateSample sample = ack(10 * MS, 40 * MS, all);
    assertEquals(1e6, sample.rate(), 1e4);
  }

  @Test
  void anIntervalShorterThanTheRoundTripIsNoSample() {
    send(2, 0, 0);
    assertEquals(0, ack(20 * MS, 10 * MS, 0).rate());
    assertEquals(0, ack(20 * MS, 0, 1).rate());
  }

  @Test
  void packetsBetweenTwoAcknowledgmentsShareASnapshot() {
    send(3, 0, MS);
    assertSame(snapshots.get(1), snapshots.get(2));
    ack(0, 5 * MS, 0);
    send(1, 6 * MS, 0);
    assertEquals(1000, snapshots.get(3).delivered());
    assertEquals(5 * MS, snapshots.get(3).deliveredTime());
  }

  @Test
  void samplesAreMarkedUntilTheGapHasLeftThePipe() {
    send(2, 0, 0);
    rate.onApplicationLimited(inFlight);
    send(3, MS, 0);
    assertFalse(ack(0, 10 * MS, 0).applicationLimited(), "it was sent before");
    assertTrue(ack(0, 11 * MS, 1, 2).applicationLimited());
    assertFalse(rate.isApplicationLimited(), "what was in flight has been delivered");
    send(1, 12 * MS, 0);
    assertFalse(ack(0, 20 * MS, 5).applicationLimited());
  }

  @Test
  void lossesSinceAPacketWasSentAreCounted() {
    send(4, 0, 0);
    rate.onPacketLost(packet(0));
    rate.onPacketLost(packet(1));
    inFlight -= 2 * SIZE;
    assertEquals(2000, ack(0, 10 * MS, 3).lost());
    send(1, 11 * MS, 0);
    assertEquals(0, ack(0, 20 * MS, 4).lost());
  }
}
