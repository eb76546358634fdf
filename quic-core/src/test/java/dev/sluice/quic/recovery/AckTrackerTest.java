package dev.sluice.quic.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.EcnCounts;
import dev.sluice.testkit.Requirement;
import java.util.BitSet;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** RFC 9000 §13.2. */
class AckTrackerTest {
  private static final long MS = 1_000_000;
  private static final long START = -77 * MS;

  private final AckTracker tracker = new AckTracker(PacketNumberSpace.APPLICATION, 25 * MS);

  private void receive(long... packets) {
    for (long packet : packets) {
      assertFalse(tracker.isDuplicate(packet));
      tracker.onReceived(packet, true, 0, START);
    }
  }

  private String ranges() {
    return tracker.build(START, 3).ranges().toString();
  }

  @Test
  @Requirement({"RFC9000-13.2.1#1", "RFC9000-13.2.1#2", "RFC9000-13.2.2#1"})
  void onePacketMayWaitTwoMayNot() {
    assertEquals(Long.MAX_VALUE, tracker.deadline());
    receive(0);
    assertFalse(tracker.shouldSendNow(START));
    assertTrue(tracker.hasNews());
    assertEquals(START + 25 * MS, tracker.deadline());
    assertFalse(tracker.shouldSendNow(START + 25 * MS - 1));
    assertTrue(tracker.shouldSendNow(START + 25 * MS));
    receive(1);
    assertTrue(tracker.shouldSendNow(START));
    assertEquals("[0-1]", ranges());
    assertFalse(tracker.shouldSendNow(START + 100 * MS));
    assertFalse(tracker.hasNews());
    assertEquals(Long.MAX_VALUE, tracker.deadline());
  }

  @Test
  @Requirement("RFC9000-13.2.1#2")
  void handshakePacketsAreAcknowledgedAtOnce() {
    for (PacketNumberSpace space :
        new PacketNumberSpace[] {PacketNumberSpace.INITIAL, PacketNumberSpace.HANDSHAKE}) {
      AckTracker early = new AckTracker(space, 25 * MS);
      early.onReceived(0, true, 0, START);
      assertTrue(early.shouldSendNow(START));
      assertEquals(0, early.build(START + 5 * MS, 3).ackDelay());
    }
  }

  @Test
  @Requirement({"RFC9000-13.2.1#3", "RFC9000-13.2.1#4", "RFC9000-13.2.1#6"})
  void packetsThatElicitNothingAreOnlyAcknowledgedAlongTheWay() {
    for (int i = 0; i < 20; i += 2) {
      tracker.onReceived(i, false, 0, START);
    }
    assertFalse(tracker.shouldSendNow(START + 1000 * MS));
    assertEquals(Long.MAX_VALUE, tracker.deadline());
    assertFalse(tracker.hasNews());
    receive(20);
    assertEquals("[20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0]", ranges());
  }

  @Test
  @Requirement("RFC9000-13.2.1#8")
  void gapsAndLatecomersAreReportedAtOnce() {
    receive(0);
    tracker.build(START, 3);
    receive(2);
    assertTrue(tracker.shouldSendNow(START), "1 is missing");
    tracker.build(START, 3);
    receive(1);
    assertTrue(tracker.shouldSendNow(START), "out of order");
    tracker.build(START, 3);
    receive(3);
    assertFalse(tracker.shouldSendNow(START), "all is well again");
  }

  @Test
  void aPacketThatElicitsNothingFillsNoGapButMakesNone() {
    receive(0);
    tracker.build(START, 3);
    tracker.onReceived(1, false, 0, START);
    receive(2);
    assertFalse(tracker.shouldSendNow(START));
  }

  @Test
  @Requirement({"RFC9000-13.2.1#9", "RFC9000-13.4.1#1"})
  void congestionMarksAreReportedAtOnceAndCounted() {
    tracker.onReceived(0, true, 2, START);
    assertFalse(tracker.shouldSendNow(START));
    tracker.onReceived(1, false, 1, START);
    tracker.onReceived(2, true, 3, START);
    assertTrue(tracker.shouldSendNow(START));
    assertEquals(new EcnCounts(1, 1, 1), tracker.build(START, 3).ecn());
    AckTracker marked = new AckTracker(PacketNumberSpace.APPLICATION, 25 * MS);
    marked.onReceived(0, true, 3, START);
    assertTrue(marked.shouldSendNow(START), "though it is the only one");
    AckTracker unmarked = new AckTracker(PacketNumberSpace.APPLICATION, 25 * MS);
    unmarked.onReceived(0, true, 0, START);
    assertNull(unmarked.build(START, 3).ecn());
  }

  @Test
  @Requirement("RFC9000-13.2.5#3")
  void theDelayIsThatOfTheLargestPacketInUnitsOfTheExponent() {
    receive(5);
    tracker.onReceived(3, true, 0, START + 90 * MS);
    assertEquals(100_000 >> 3, tracker.build(START + 100 * MS, 3).ackDelay());
    assertEquals(100_000, tracker.build(START + 100 * MS, 0).ackDelay());
  }

  @Test
  @Requirement({"RFC9000-13.2.3#2", "RFC9000-13.2.3#6", "RFC9000-13.2.3#5"})
  void whatThePeerKnowsIsNotRepeated() {
    receive(0, 1, 3, 5);
    assertEquals("[5, 3, 0-1]", ranges());
    receive(6);
    tracker.onAckOfAckAcked(3);
    assertEquals("[5-6]", ranges());
    tracker.onAckOfAckAcked(6);
    assertEquals("[6]", ranges(), "the largest stays");
    assertEquals(6, tracker.largestReceived());
    receive(4);
    assertEquals("[4-6]", ranges(), "a late one is reported");
    assertTrue(tracker.isDuplicate(0), "and nothing is forgotten");
    assertFalse(tracker.isDuplicate(2));
  }

  @Test
  @Requirement({"RFC9000-12.3#4", "RFC9000-13.2.3#4"})
  void duplicatesAreRecognised() {
    receive(0, 1, 5);
    assertTrue(tracker.isDuplicate(0));
    assertTrue(tracker.isDuplicate(5));
    assertFalse(tracker.isDuplicate(3));
    assertFalse(tracker.isDuplicate(6));
    assertEquals(5, tracker.largestReceived());
  }

  @Test
  @Requirement("RFC9000-13.2.3#4")
  void whatIsTooLongAgoToBeKnownCountsAsADuplicate() {
    for (int i = 0; i <= ReceivedPackets.MAX_RANGES; i++) {
      receive(2L * i);
    }
    assertTrue(tracker.isDuplicate(0));
    assertFalse(tracker.isDuplicate(2 * ReceivedPackets.MAX_RANGES - 1));
  }

  @Test
  @Requirement({"RFC9000-13.2.3#3", "RFC9000-13.2.3#1"})
  void aFrameFitsThePacketAtTheCostOfOldRanges() {
    for (int i = 0; i < 100; i++) {
      receive(3L * i);
    }
    AckFrame whole = tracker.build(START, 3);
    assertEquals(32, whole.ranges().count());
    AckFrame some = tracker.build(START, 3, 30);
    assertTrue(some.encodedLength() <= 30);
    assertEquals(297, some.largestAcknowledged());
    assertNull(tracker.build(START, 3, 4));
  }

  @Test
  void nothingReceivedNothingToBuild() {
    assertNull(tracker.build(START, 3));
  }

  @Test
  @Requirement("RFC9000-13.2.1#7")
  void anEndlessReceiverAsksForAnAcknowledgmentNowAndThen() {
    int asked = 0;
    for (int i = 0; i < 1000; i++) {
      receive(i);
      asked += tracker.shouldElicit() ? 1 : 0;
      tracker.build(START, 3);
    }
    assertTrue(asked > 5 && asked < 20, "asked " + asked + " times");
    tracker.onAckOfAckAcked(999);
    assertFalse(tracker.shouldElicit());
  }

  @Property(tries = 500)
  void rangesAreTheSetOfWhatWasReceived(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 90) int lossPercent) {
    SplittableRandom random = new SplittableRandom(seed);
    AckTracker tested = new AckTracker(PacketNumberSpace.APPLICATION, 25 * MS);
    BitSet model = new BitSet();
    int next = 0;
    for (int i = 0; i < 400; i++) {
      int packet = random.nextInt(10) == 0 ? Math.max(0, next - random.nextInt(40)) : next++;
      if (random.nextInt(100) < lossPercent) {
        continue;
      }
      assertEquals(model.get(packet), tested.isDuplicate(packet), () -> "packet " + packet);
      if (!model.get(packet)) {
        model.set(packet);
        tested.onReceived(packet, random.nextBoolean(), 0, START + i);
      }
      if (random.nextInt(4) == 0) {
        AckFrame frame = tested.build(START + i, 3);
        assertEquals(model.length() - 1, frame.largestAcknowledged());
        int top = model.length();
        for (int r = 0; r < frame.ranges().count(); r++) {
          // Descending, each as long as it can be, and nothing left out in between.
          int largest = model.previousSetBit(top - 1);
          assertEquals(largest, frame.ranges().largest(r));
          assertEquals(model.previousClearBit(largest) + 1, frame.ranges().smallest(r));
          top = model.previousClearBit(largest) + 1;
        }
        assertTrue(frame.ranges().count() == 32 || model.previousSetBit(top - 1) < 0);
      }
    }
  }

  @Property(tries = 200)
  void memoryIsBoundedAndNothingIsProcessedTwice(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    AckTracker tested = new AckTracker(PacketNumberSpace.APPLICATION, 25 * MS);
    BitSet model = new BitSet();
    for (int i = 0; i < 3000; i++) {
      int packet = random.nextInt(5000);
      if (!tested.isDuplicate(packet)) {
        assertFalse(model.get(packet), () -> packet + " would be processed twice");
        model.set(packet);
        tested.onReceived(packet, true, 0, START);
      }
      assertTrue(tested.isDuplicate(packet));
    }
  }

  /** Too many ranges to remember, and then all that was missing between them. */
  @Test
  void whatFillsAllGapsLeavesNone() {
    for (long packet = 0; packet <= 2 * ReceivedPackets.MAX_RANGES; packet += 2) {
      receive(packet);
    }
    for (long packet = 1; packet < 2 * ReceivedPackets.MAX_RANGES; packet += 2) {
      assertTrue(tracker.hasGap());
      receive(packet);
    }
    assertFalse(tracker.hasGap());
  }
}
