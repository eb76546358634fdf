package dev.sluice.quic.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.recovery.MtuDiscovery.State;
import dev.sluice.testkit.Requirement;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The search of RFC 8899 against a path that carries so many bytes. */
class MtuDiscoveryTest {
  private static final long WINDOW = 1_000_000;

  private final MtuDiscovery mtu = new MtuDiscovery(MtuDiscovery.BASE);
  private long packet;
  private long now;
  private int probes;

  /** Probes until there is nothing to probe. */
  private void search(int pathMtu) {
    for (int size = mtu.probeSize(WINDOW, now); size > 0; size = mtu.probeSize(WINDOW, now)) {
      assertTrue(size > mtu.size(), size + " is no news");
      probes++;
      mtu.onProbeSent(packet, size);
      assertEquals(0, mtu.probeSize(WINDOW, now), "one at a time");
      now++;
      if (size <= pathMtu) {
        assertTrue(mtu.onAcked(packet++, size, now, true));
      } else {
        assertFalse(mtu.onLost(packet++, size, now, true));
      }
    }
  }

  @Test
  void doesNothingBeforeItIsStarted() {
    assertEquals(0, mtu.probeSize(WINDOW, now));
    assertEquals(1200, mtu.size());
    assertEquals(State.DISABLED, mtu.state());
  }

  @Test
  @Requirement("RFC8899-5.1.1#3")
  void oneProbeIsEnoughWhereThePathCarriesAll() {
    mtu.start(1452);
    assertEquals(State.SEARCHING, mtu.state());
    search(1500);
    assertEquals(1, probes);
    assertEquals(1452, mtu.size());
    assertEquals(State.SEARCH_COMPLETE, mtu.state());
    now += 2 * MtuDiscovery.RAISE_AFTER;
    assertEquals(0, mtu.probeSize(WINDOW, now)); // there is nothing to raise
  }

  @Property(tries = 500)
  @Requirement({"RFC9000-14.2#1"})
  void comesCloseToWhatThePathCarries(
      @ForAll @IntRange(min = 1200, max = 65_527) int pathMtu,
      @ForAll @IntRange(min = 1200, max = 65_527) int largest) {
    new MtuDiscoveryTest().assertComesClose(pathMtu, largest);
  }

  private void assertComesClose(int pathMtu, int largest) {
    mtu.start(largest);
    search(pathMtu);
    int best = Math.min(pathMtu, largest);
    assertTrue(mtu.size() <= best);
    assertTrue(mtu.size() >= best - MtuDiscovery.CLOSE_ENOUGH, mtu.size() + " of " + best);
    assertTrue(probes <= 3 * 18, probes + " probes");
  }

  @Test
  @Requirement("RFC8899-3#7")
  void aLostProbeIsSentAgainAndOnlyTheThirdLossCounts() {
    mtu.start(1452);
    for (int i = 0; i < MtuDiscovery.MAX_PROBES - 1; i++) {
      assertEquals(1452, mtu.probeSize(WINDOW, now));
      mtu.onProbeSent(packet, 1452);
      mtu.onLost(packet++, 1452, now, true);
    }
    assertEquals(1452, mtu.probeSize(WINDOW, now));
    mtu.onProbeSent(packet, 1452);
    assertTrue(mtu.onAcked(packet, 1452, now, true));
    assertEquals(1452, mtu.size());
  }

  @Test
  @Requirement("RFC8899-4.1#3")
  void probesOfAnotherKindAndOldOnesTellNothing() {
    mtu.start(1452);
    assertEquals(1452, mtu.probeSize(WINDOW, now));
    mtu.onProbeSent(7, 1452);
    assertFalse(mtu.onAcked(6, 1200, now, true));
    assertFalse(mtu.onAcked(7, 1452, now, false));
    assertEquals(1200, mtu.size());
  }

  @Test
  @Requirement("RFC8899-8#1")
  void triesAgainAfterTenMinutes() {
    mtu.start(1452);
    search(1300);
    int before = mtu.size();
    assertEquals(0, mtu.probeSize(WINDOW, now));
    now += MtuDiscovery.RAISE_AFTER - 1;
    assertEquals(0, mtu.probeSize(WINDOW, now));
    now++;
    search(1500);
    assertTrue(before <= 1300 && mtu.size() == 1452);
  }

  @Test
  void fullPacketsThatAllGetLostAreABlackHole() {
    mtu.start(1452);
    search(1500);
    for (int i = 0; i < MtuDiscovery.BLACK_HOLE_LOSSES - 1; i++) {
      assertFalse(mtu.onLost(packet++, 1452, ++now, false));
    }
    mtu.onAcked(packet++, 100, ++now, false); // small ones arrive
    assertTrue(mtu.onLost(packet++, 1452, ++now, false));
    assertEquals(1200, mtu.size());
    assertEquals(State.BASE, mtu.state());
    assertEquals(0, mtu.probeSize(WINDOW, now)); // not before something arrives
    mtu.onAcked(packet++, 1200, ++now, false);
    search(1300);
    assertTrue(mtu.size() > 1270 && mtu.size() <= 1300);
  }

  @Test
  void lossesThatCongestionExplainsAreNone() {
    mtu.start(1452);
    search(1500);
    long before = now;
    now += 100;
    mtu.onAcked(packet++, 1452, now, false); // sent after those that are lost
    for (int i = 0; i < 100; i++) {
      assertFalse(mtu.onLost(packet++, 1452, before + i, false));
    }
    for (int i = 0; i < 100; i++) {
      assertFalse(mtu.onLost(packet++, 1200, ++now, false));
    }
    assertEquals(1452, mtu.size());
  }

  @Test
  void timeoutsInARowAreABlackHoleToo() {
    mtu.start(1452);
    search(1500);
    assertFalse(mtu.onProbeTimeout(1));
    assertTrue(mtu.onProbeTimeout(2));
    assertEquals(1200, mtu.size());
    mtu.onAcked(packet++, 1200, ++now, false);
    search(1500);
    assertEquals(1452, mtu.size());
  }

  @Test
  @Requirement({"RFC9000-14.2.1#1", "RFC9000-14.2.1#6", "RFC8899-3#12"})
  void theSystemsWordMakesItSmallerAndNeverLarger() {
    mtu.start(65_527);
    mtu.onProbeSent(packet, 65_527);
    assertEquals(packet, mtu.probeOf(65_527));
    assertEquals(-1, mtu.probeOf(9000));
    assertFalse(mtu.onTooLarge(65_527));
    assertEquals(-1, mtu.probeOf(65_527));
    int next = mtu.probeSize(WINDOW, now);
    assertEquals((1200 + 65_527) / 2, next);
    mtu.onTooLarge(9000); // not of the present probe's size, and yet true
    assertTrue(mtu.probeSize(WINDOW, now) < 9000);
    search(1500);
    int found = mtu.size();
    assertTrue(found > 1400 && found <= 1500);
    assertFalse(mtu.onTooLarge(1200));
    assertFalse(mtu.onTooLarge(500));
    assertEquals(found, mtu.size());
    assertTrue(mtu.onTooLarge(found));
    assertEquals(1200, mtu.size());
    mtu.onAcked(packet++, 1200, ++now, false);
    search(65_527);
    assertTrue(mtu.size() < found);
  }

  @Test
  void aProbeTakesNoMoreThanHalfOfTheWindow() {
    mtu.start(9000);
    assertEquals(2400, mtu.probeSize(2400, now));
    assertEquals(6000, mtu.probeSize(12_000, now));
    mtu.onProbeSent(packet, 6000);
    assertTrue(mtu.onAcked(packet++, 6000, now, true));
    assertEquals(6000, mtu.size());
    assertEquals(0, mtu.probeSize(12_000, now));
    assertEquals(8000, mtu.probeSize(16_000, now));
    assertEquals(9000, mtu.probeSize(20_000, now));
  }

  @Test
  void whatIsConfiguredStaysWithoutASearch() {
    mtu.assume(1400);
    assertEquals(1400, mtu.size());
    assertEquals(0, mtu.probeSize(WINDOW, now));
    for (int i = 0; i < 10; i++) {
      mtu.onLost(packet++, 1400, ++now, false);
    }
    assertEquals(1200, mtu.size()); // and yet no black hole swallows everything
    assertEquals(0, mtu.probeSize(WINDOW, now));
  }
}
