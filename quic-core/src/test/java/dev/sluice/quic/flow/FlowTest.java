package dev.sluice.quic.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.Requirement;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FlowTest {
  private static final long MS = 1_000_000;

  @Test
  @Requirement("RFC9000-4.1#3")
  void creditOnlyGrows() {
    SendCredit credit = new SendCredit(10);
    credit.use(4);
    assertFalse(credit.raise(10));
    assertFalse(credit.raise(3));
    assertEquals(6, credit.available());
    assertThrows(IllegalStateException.class, () -> credit.use(7));
    assertTrue(credit.raise(11));
    credit.use(7);
    assertEquals(0, credit.available());
  }

  @Test
  void blockedIsReportedOncePerLimit() {
    SendCredit credit = new SendCredit(10);
    credit.use(10);
    credit.blocked();
    assertTrue(credit.isReportPending());
    credit.onReportSent();
    credit.blocked();
    assertFalse(credit.isReportPending());
    credit.reportAgain();
    assertTrue(credit.isReportPending());
    credit.raise(20);
    assertFalse(credit.isReportPending());
    credit.reportAgain();
    assertFalse(credit.isReportPending());
  }

  @Test
  void aWindowIsRenewedWhenHalfOfItIsRead() {
    ReceiveWindow window = new ReceiveWindow(100, 1000);
    window.onReceived(0);
    window.consume(49);
    assertFalse(window.isUpdateDue());
    assertEquals(100, window.update(1, 0));
    window.consume(1);
    assertTrue(window.isUpdateDue());
    assertEquals(150, window.update(1, 0));
    assertFalse(window.isUpdateDue());
  }

  @Test
  void aWindowDoublesWhileItHoldsTheSenderUpAndStopsAtItsMaximum() {
    ReceiveWindow window = new ReceiveWindow(1000, 3000);
    long now = 5;
    window.onReceived(now);
    window.consume(500);
    now += 10 * MS;
    assertEquals(2500, window.update(now, 10 * MS), "half a window in one round trip");
    assertEquals(2000, window.size());
    window.consume(2000);
    now += 10 * MS;
    window.update(now, 10 * MS);
    assertEquals(3000, window.size());
    window.consume(3000);
    window.update(now, 10 * MS);
    assertEquals(3000, window.size());
  }

  @Test
  void aWindowStaysForASlowReaderAndWithoutARoundTrip() {
    ReceiveWindow window = new ReceiveWindow(1000, 3000);
    window.onReceived(0);
    window.consume(500);
    window.update(20 * MS, 10 * MS);
    assertEquals(1000, window.size(), "a quarter of a window in a round trip");
    window.consume(1000);
    window.update(20 * MS, 0);
    assertEquals(1000, window.size());
  }

  @Test
  void creditIsRenewedEarlierWhenMoreOfItIsWantedAhead() {
    ReceiveWindow window = new ReceiveWindow(100, 100);
    window.onReceived(0);
    window.consume(20);
    window.wantAhead(80);
    assertFalse(window.isUpdateDue(), "80 are left");
    window.wantAhead(81);
    assertTrue(window.isUpdateDue());
    assertEquals(120, window.update(1, 0));
    assertFalse(window.isUpdateDue());
    window.wantAhead(1000);
    assertFalse(window.isUpdateDue(), "there is nothing to renew");
  }

  @Test
  void aWindowThatStartsLargerThanTheMaximumStays() {
    ReceiveWindow window = new ReceiveWindow(1000, 10);
    window.onReceived(0);
    window.consume(1000);
    assertEquals(2000, window.update(1, 10 * MS));
  }

  @Property(tries = 300)
  void aWindowNeverShrinksNorAllowsMoreThanItsMaximumUnread(
      @ForAll @Size(max = 50) int[] reads, @ForAll @IntRange(max = 4000) int rtt) {
    ReceiveWindow window = new ReceiveWindow(1000, 5000);
    window.onReceived(0);
    long consumed = 0;
    long now = 0;
    for (int read : reads) {
      long limit = window.limit();
      long n = Math.min(limit - consumed, Math.abs((long) read) % 1500);
      consumed += n;
      window.consume(n);
      now += Math.abs((long) read) % 700;
      assertTrue(window.update(now, rtt) >= limit);
      assertTrue(window.limit() - consumed <= 5000);
      assertTrue(window.limit() - consumed > 0, "a reader that has read all leaves credit");
    }
  }

  @Test
  @Requirement({"RFC9000-4.6#2", "RFC9000-4.6#4", "RFC9000-4.6#5", "RFC9000-19.11#2"})
  void streamsAreOpenedUpToTheLimit() {
    OpenCredit credit = new OpenCredit();
    assertFalse(credit.raise(2), "nobody waits");
    assertEquals(0, credit.open());
    assertEquals(1, credit.open());
    assertFalse(credit.isReportPending());
    assertEquals(-1, credit.open());
    assertTrue(credit.isReportPending());
    credit.onReportSent();
    assertEquals(-1, credit.open());
    assertFalse(credit.isReportPending());
    credit.reportAgain();
    assertTrue(credit.isReportPending());
    assertFalse(credit.raise(1));
    assertTrue(credit.raise(3), "someone was refused");
    assertFalse(credit.isReportPending());
    assertFalse(credit.raise(4));
    assertEquals(2, credit.open());
    assertEquals(3, credit.open());
  }

  @Test
  @Requirement("RFC9000-4.6#6")
  void theLimitOnThePeersStreamsFollowsTheClosedOnes() {
    AcceptWindow window = new AcceptWindow(8);
    for (int i = 0; i < 4; i++) {
      window.open();
    }
    window.close(false);
    assertFalse(window.isUpdateDue(), "one of eight is not worth a frame");
    window.close(false);
    assertTrue(window.isUpdateDue());
    assertEquals(10, window.update());
    assertFalse(window.isUpdateDue());
    for (int i = 4; i < 9; i++) {
      window.open();
    }
    window.close(false);
    assertTrue(window.isUpdateDue(), "one is, for a peer that has but one left");
  }

  @Test
  void aSingleStreamAtATimeWorks() {
    AcceptWindow window = new AcceptWindow(1);
    window.open();
    assertFalse(window.isUpdateDue());
    window.close(false);
    assertTrue(window.isUpdateDue());
    assertEquals(2, window.update());
    AcceptWindow none = new AcceptWindow(0);
    assertFalse(none.isUpdateDue());
  }

  @Test
  void streamsThatLingerMakeRoomForAsManyAgainButNoMore() {
    AcceptWindow window = new AcceptWindow(8);
    for (int i = 0; i < 8; i++) {
      window.open();
      window.linger();
    }
    assertTrue(window.isUpdateDue());
    assertEquals(16, window.update());
    for (int i = 0; i < 8; i++) {
      window.open();
      window.linger();
    }
    assertFalse(window.isUpdateDue(), "nothing was acknowledged");
    window.close(true);
    assertTrue(window.isUpdateDue());
    assertEquals(17, window.update());
    for (int i = 0; i < 15; i++) {
      window.close(true);
    }
    assertEquals(24, window.update(), "as ever when nothing lingers");
  }

  @Test
  void streamCountsEndAtTwoToTheSixtieth() {
    AcceptWindow window = new AcceptWindow(1L << 60);
    window.open();
    window.close(false);
    assertFalse(window.isUpdateDue());
  }
}
