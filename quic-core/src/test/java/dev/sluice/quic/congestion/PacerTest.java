package dev.sluice.quic.congestion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.Requirement;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

/** RFC 9002 §7.7. */
class PacerTest {
  private static final int SIZE = 1200;
  private static final long MS = 1_000_000;

  private final Pacer pacer = new Pacer(SIZE);
  private long now = -3 * MS;

  private int burst(double rate) {
    int sent = 0;
    pacer.advance(rate, now);
    while (pacer.allowance() > 0) {
      pacer.onPacketSent(SIZE);
      sent++;
    }
    return sent;
  }

  @Test
  @Requirement({"RFC9002-7.7#1", "RFC9002-7.7#2", "RFC9002-7.7#3"})
  void aSlowSenderMaySendTenThenOneAtATime() {
    double rate = 120_000; // a datagram each 10 ms
    assertEquals(10, burst(rate));
    long start = now;
    for (int i = 1; i <= 5; i++) {
      assertEquals(start + 10 * MS * i, pacer.nextSendTime(rate));
      now = pacer.nextSendTime(rate);
      assertEquals(1, burst(rate));
    }
    now += 1000 * MS;
    assertEquals(10, burst(rate), "idle time earns one burst, not more");
  }

  @Test
  void aFastSenderWakesForAWholeSystemCall() {
    double rate = 1e9;
    int first = burst(rate);
    assertTrue(first >= 2_000_000 / SIZE, "two ticks' worth: " + first);
    long wait = pacer.nextSendTime(rate) - now;
    assertTrue(wait >= 60_000 && wait <= MS, "wait " + wait);
    now += wait;
    assertTrue(burst(rate) >= 54);
    now += MS; // a timer that comes a tick late loses nothing
    assertTrue(burst(rate) >= 1_000_000 / SIZE - 60);
  }

  @Property(tries = 200)
  void theRateIsKeptOverTime(@ForAll @DoubleRange(min = 2_000, max = 5e9) double rate) {
    Pacer tested = new Pacer(SIZE);
    long start = -5 * MS;
    long time = start;
    double sent = 0;
    double burst = Math.max(10 * SIZE, rate * 0.002);
    for (int i = 0; i < 2000; i++) {
      tested.advance(rate, time);
      while (tested.allowance() > 0) {
        tested.onPacketSent(SIZE);
        sent += SIZE;
      }
      double earned = (time - start) * rate / 1e9;
      assertTrue(sent <= earned + burst + SIZE + 1, "too fast at " + rate);
      assertTrue(sent >= earned - 1, "too slow at " + rate);
      long next = tested.nextSendTime(rate);
      assertTrue(next > time, "waiting takes time");
      time = next;
    }
  }

  @Test
  void anotherRateAppliesAtOnce() {
    burst(120_000);
    assertEquals(now + MS, pacer.nextSendTime(1_200_000));
  }

  @Test
  void withoutPacingBurstsAreStillLimited() {
    Pacer unpaced = new Pacer(SIZE, false);
    long now = -9;
    int burst = 0;
    unpaced.advance(1, now);
    while (unpaced.allowance() > 0) {
      unpaced.onPacketSent(SIZE);
      burst++;
    }
    assertEquals(Pacer.MIN_BURST_DATAGRAMS, burst);
    assertEquals(now + Pacer.TIMER_GRANULARITY, unpaced.nextSendTime(1));
    unpaced.advance(1, now + 1);
    assertTrue(unpaced.allowance() > 0, "an acknowledgment lets the next go");
  }

  @Test
  void onlyTimeEarns() {
    assertTrue(pacer.isBehind(now), "nothing has been earned yet");
    burst(120_000);
    assertFalse(pacer.isBehind(now));
    pacer.advance(1e9, now);
    assertEquals(0, pacer.allowance(), "a higher rate earns nothing for no time");
    assertTrue(pacer.isBehind(now + 1));
  }
}
