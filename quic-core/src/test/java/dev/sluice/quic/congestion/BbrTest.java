package dev.sluice.quic.congestion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** draft-ietf-ccwg-bbr-06 on a bottleneck whose bandwidth and delay are known. */
class BbrTest {
  private static final double RATE = 1_250_000; // 10 Mbit/s
  private static final int RTT = 40;
  private static final double BDP = RATE * RTT / 1000;

  private final Bbr bbr = new Bbr(Pipe.SIZE, new SplittableRandom(1));
  private final Pipe pipe = new Pipe(bbr, RATE, RTT, 10 * (long) BDP);

  private void assertBandwidth(double expected) {
    assertEquals(expected, bbr.bandwidth.max(), 0.05 * expected, bbr::toString);
  }

  @Test
  void startupDoublesEachRoundAndEndsWhenThePipeIsFull() {
    assertEquals(BbrState.STARTUP, bbr.state());
    assertTrue(bbr.inSlowStart());
    pipe.run(3 * RTT);
    assertTrue(bbr.window() >= 30_000, bbr::toString);
    pipe.run(20 * RTT);
    assertTrue(bbr.fullPipe.isReached(), bbr::toString);
    assertTrue(bbr.state().isProbeBw(), bbr::toString);
    assertBandwidth(RATE);
  }

  @Test
  void usesThePathWithoutAQueue() {
    pipe.run(2_000);
    long before = pipe.delivered;
    long worst = 0;
    for (int i = 0; i < 2_500; i++) {
      pipe.run(1);
      worst = Math.max(worst, pipe.latestRtt);
    }
    assertTrue(pipe.delivered - before > 0.95 * 2.5 * RATE, () -> "" + (pipe.delivered - before));
    assertTrue(worst < 2L * RTT * Pipe.MS, "" + worst);
    assertEquals(0, pipe.lost);
  }

  @Test
  void goesThroughAllPhasesAndLooksAtTheRoundTripEveryFiveSeconds() {
    Set<BbrState> seen = EnumSet.noneOf(BbrState.class);
    int probes = 0;
    BbrState last = bbr.state();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 21_000; i++) {
      pipe.run(1);
      seen.add(bbr.state());
      if (bbr.state() == BbrState.PROBE_RTT) {
        probes += last == BbrState.PROBE_RTT ? 0 : 1;
        least = Math.min(least, pipe.bytesInFlight);
      }
      last = bbr.state();
    }
    assertEquals(EnumSet.allOf(BbrState.class), seen);
    assertTrue(probes == 3 || probes == 4, "" + probes);
    assertTrue(least <= BDP / 2 + Pipe.SIZE, "" + least);
  }

  /** Runs Startup on a path whose end is far, and loses something in its fifth round. */
  private Pipe startupThatLoses(int ranges, int length, int rounds) {
    Pipe fast = new Pipe(bbr, 125_000_000, RTT, Long.MAX_VALUE);
    fast.run((long) rounds * RTT);
    assertEquals(BbrState.STARTUP, bbr.state());
    long from = fast.number;
    int apart = length + 1;
    fast.drops = n -> n >= from && n < from + ranges * apart && (n - from) % apart < length;
    fast.run(2 * RTT + RTT / 2);
    assertEquals((long) ranges * length, fast.losses.size());
    return fast;
  }

  /** §5.3.1.3: six places of one round, and more than two in a hundred of what was in flight. */
  @ParameterizedTest
  @CsvSource({
    "6, 1, 4, true",
    "5, 1, 4, false",
    "1, 6, 4, false",
    "5, 3, 4, false",
    "6, 1, 7, false"
  })
  void lossesInManyPlacesOfARoundEndStartup(int ranges, int length, int rounds, boolean ends) {
    startupThatLoses(ranges, length, rounds);
    assertEquals(ends, bbr.fullPipe.isReached(), bbr::toString);
    assertEquals(ends, bbr.state() != BbrState.STARTUP, bbr::toString);
    assertEquals(ends, bbr.inflight.longTerm() < BbrInflight.UNBOUNDED, bbr::toString);
  }

  @Test
  void whatStartupDeliveredIsWhatThePipeHolds() {
    startupThatLoses(6, 1, 4);
    long most = Math.max((long) (bbr.bandwidth.max() * RTT / 1e3), 12_000);
    assertTrue(bbr.inflight.longTerm() >= most / 2, bbr::toString);
    assertTrue(bbr.inflight.longTerm() <= 2 * most, bbr::toString);
  }

  @Test
  void startupGoesOnWhenItsLossesWereOnlyLate() {
    Pipe fast = startupThatLoses(6, 1, 4);
    assertTrue(bbr.state() != BbrState.STARTUP);
    boolean undone = false;
    for (SentPacket late : fast.losses) {
      undone |= bbr.onSpuriousLoss(late, fast.now);
    }
    assertTrue(undone);
    assertEquals(BbrState.STARTUP, bbr.state());
    assertFalse(bbr.fullPipe.isReached());
  }

  /**
   * Also when they were found in a look at the round-trip time, after which it goes on (§5.3.4.4).
   */
  @Test
  void startupIsNotOverWhenTheLossesOfItsPauseWereOnlyLate() {
    Pipe fast = new Pipe(bbr, 125_000_000, RTT, Long.MAX_VALUE);
    fast.run(4 * RTT);
    long from = fast.number;
    fast.drops = n -> n >= from && n < from + 12 && (n - from) % 2 == 0;
    fast.run(RTT);
    bbr.state(BbrState.PROBE_RTT);
    fast.run(RTT + RTT / 2);
    assertEquals(BbrState.PROBE_RTT, bbr.state());
    assertTrue(bbr.fullPipe.isReached(), bbr::toString);
    fast.losses.forEach(late -> bbr.onSpuriousLoss(late, fast.now));
    assertFalse(bbr.fullPipe.isReached());
    fast.run(10 * RTT);
    assertEquals(BbrState.STARTUP, bbr.state());
  }

  @ParameterizedTest
  @CsvSource({"0.5", "3"})
  void followsAChangeOfTheBandwidth(double factor) {
    pipe.run(4_000);
    pipe.bytesPerSecond = RATE * factor;
    pipe.run(12_000);
    assertBandwidth(RATE * factor);
  }

  @Test
  void followsALongerWay() {
    pipe.run(4_000);
    pipe.roundTrip = 100 * Pipe.MS;
    pipe.run(25_000);
    assertEquals(100e6, bbr.minRtt.get(), 5e6, bbr::toString);
    long before = pipe.delivered;
    pipe.run(4_000);
    assertTrue(pipe.delivered - before > 0.9 * 4 * RATE, bbr::toString);
  }

  @Test
  void aSmallQueueEndsStartupAndKeepsLossesFew() {
    pipe.queueLimit = (long) (BDP / 4);
    pipe.run(1_000);
    assertTrue(bbr.fullPipe.isReached(), bbr::toString);
    assertTrue(bbr.inflight.longTerm() < BbrInflight.UNBOUNDED, bbr::toString);
    long before = pipe.delivered;
    long lostBefore = pipe.lost;
    pipe.run(15_000);
    assertTrue(pipe.delivered - before > 0.85 * 15 * RATE, bbr::toString);
    assertTrue(pipe.lost - lostBefore < 0.02 * 15 * RATE, () -> "" + (pipe.lost - lostBefore));
  }

  @Test
  void aPathThatHoldsFewDatagramsEndsStartupToo() {
    Pipe narrow = new Pipe(bbr, 5_000, 20, 3 * Pipe.SIZE);
    narrow.run(10_000);
    assertTrue(bbr.fullPipe.isReached(), bbr::toString);
    long lost = narrow.lost;
    narrow.run(60_000);
    assertTrue(narrow.lost - lost < 0.4 * 60 * 5_000, () -> "" + (narrow.lost - lost));
  }

  @Test
  void sendingLittleDoesNotLowerTheEstimate() {
    pipe.run(4_000);
    double before = bbr.bandwidth.max();
    for (int i = 0; i < 40; i++) {
      pipe.sending = false;
      pipe.run(90);
      pipe.sending = true;
      pipe.run(10);
    }
    assertTrue(bbr.bandwidth.max() > 0.9 * before, bbr::toString);
  }

  @Test
  void goesOnAfterAPauseAtTheBandwidthThatItHadFound() {
    pipe.run(4_000);
    pipe.sending = false;
    pipe.run(30_000);
    pipe.sending = true;
    pipe.run(2);
    assertEquals(RATE, bbr.pacingRate(1), 0.05 * RATE, bbr::toString);
    long before = pipe.delivered;
    pipe.run(1_000);
    assertTrue(pipe.delivered - before > 0.85 * RATE, bbr::toString);
  }

  @Test
  void whenAllLossesWereLateTheBoundsComeBack() {
    pipe.run(4_000);
    long window = bbr.window();
    SentPacket late = new SentPacket().set(1_000_000, Pipe.SIZE, pipe.now - 1, 50_000, null);
    bbr.onPacketLost(late, pipe.now);
    assertTrue(bbr.onCongestionEvent(pipe.now - 1, false, pipe.now));
    pipe.run(3 * RTT);
    assertTrue(bbr.onSpuriousLoss(late, pipe.now));
    assertEquals(BbrBandwidth.UNBOUNDED, bbr.bandwidth.shortTerm());
    assertEquals(BbrInflight.UNBOUNDED, bbr.inflight.shortTerm());
    assertTrue(bbr.window() >= window, bbr::toString);
    assertFalse(bbr.onSpuriousLoss(late, pipe.now), "once");
  }

  /** Two of them are more than the 64 KB that are to leave at a time otherwise (§5.6.3). */
  @Test
  void theLargestDatagrams() {
    Bbr large = new Bbr(65_527, new SplittableRandom(1));
    DeliverySnapshot snapshot = large.onPacketSent(65_527, 65_527, pipe.now);
    long later = pipe.now + RTT * Pipe.MS;
    large.onPacketAcked(new SentPacket().set(0, 65_527, pipe.now, 65_527, snapshot));
    large.onAckProcessed(new AckSample(later, pipe.now, RTT * Pipe.MS, RTT * Pipe.MS, 0, true));
    assertTrue(large.window() >= 4 * 65_527, large::toString);
  }

  @Test
  void marksEndStartupAndBoundWhatIsInFlight() {
    pipe.run(4 * RTT);
    assertEquals(BbrState.STARTUP, bbr.state());
    assertTrue(bbr.onCongestionEvent(pipe.now - 1, true, pipe.now));
    assertEquals(BbrState.DRAIN, bbr.state());
    assertTrue(bbr.inflight.longTerm() < BbrInflight.UNBOUNDED);
  }

  @Test
  void persistentCongestionCollapsesTheWindowForAMoment() {
    pipe.run(4_000);
    bbr.onPersistentCongestion(pipe.now);
    assertEquals(2 * Pipe.SIZE, bbr.window());
    pipe.run(10 * RTT);
    assertTrue(bbr.window() > BDP, bbr::toString);
  }

  @Test
  void theWindowOfANewPath() {
    assertEquals(12_000, bbr.window());
    bbr.onMaxDatagramSize(1400, false);
    assertEquals(14_000, bbr.window());
    pipe.run(1_000);
    bbr.reset();
    assertEquals(14_000, bbr.window());
    assertEquals(BbrState.STARTUP, bbr.state());
  }
}
