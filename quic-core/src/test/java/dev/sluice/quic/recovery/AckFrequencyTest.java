package dev.sluice.quic.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.congestion.AckSample;
import dev.sluice.quic.congestion.NewReno;
import dev.sluice.quic.congestion.SentPacket;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.frame.AckFrequencyFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.FrameReader;
import dev.sluice.quic.frame.ImmediateAckFrame;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** draft-ietf-quic-ack-frequency-12, both sides of it. */
class AckFrequencyTest {
  private static final long MS = 1_000_000;
  private static final int MIN_ACK_DELAY = 1000;
  private static final long MANY = 1000;

  private final AckTracker tracker = new AckTracker(PacketNumberSpace.APPLICATION, 20 * MS);
  private long now = -5 * MS;

  private void ask(long sequence, long threshold, long delayMicros, long reordering) {
    tracker.onFrequency(
        new AckFrequencyFrame(sequence, threshold, delayMicros, reordering), MIN_ACK_DELAY);
  }

  private boolean receive(long packet, int ecn) {
    tracker.onReceived(packet, true, ecn, now);
    boolean due = tracker.shouldSendNow(now);
    if (due) {
      tracker.build(now, 3);
    }
    return due;
  }

  // ---- the side that acknowledges

  @Test
  void waitsForAsManyPacketsAndAsLongAsWanted() {
    ask(0, 4, 40_000, 3);
    for (long packet = 0; packet < 20; packet++) {
      assertEquals(packet % 5 == 4, receive(packet, 0), "" + packet);
    }
    receive(20, 0);
    assertEquals(now + 35 * MS, tracker.deadline(), "less what a timer may be late");
    ask(1, 0, 2_000, 3);
    assertTrue(receive(21, 0));
    ask(2, 9, 2_000, 3);
    receive(22, 0);
    assertEquals(now + MS, tracker.deadline());
  }

  @Test
  void obsoleteWishesAreIgnored() {
    ask(5, 0, 25_000, 1);
    ask(5, 100, 25_000, 1);
    ask(4, 100, 25_000, 1);
    assertTrue(receive(0, 0));
  }

  @ParameterizedTest
  @CsvSource({"999", "0", "16384000", "4611686018427387903"})
  void delaysOutOfRangeAreAnError(long micros) {
    TransportException e = assertThrows(TransportException.class, () -> ask(0, 1, micros, 1));
    assertEquals(TransportError.PROTOCOL_VIOLATION.code(), e.code());
    ask(0, 1, 1000, 1);
    ask(1, 1, 16_383_999, 1);
  }

  @Test
  void anImmediateAcknowledgmentIsDueAtOnce() {
    ask(0, MANY, 25_000, 3);
    assertFalse(receive(0, 0));
    tracker.onImmediateAck();
    assertTrue(receive(1, 0));
    assertFalse(receive(2, 0), "once");
  }

  @ParameterizedTest
  @CsvSource({
    // The examples of section 6.2.1: threshold, packets received, after which of them one is due
    "3, 0 1 3 4 5 8 9 10, 5 9 10",
    "5, 0 1 3 5 6 7 8 9, 7 9",
    "1, 0 1 3 4 5 8 9 10, 3 8",
    "0, 0 5 1 9 20 2, ''",
    // And late ones, of which the sender believes that they are lost
    "3, 0 1 3 4 5 2, 5 2",
  })
  void reorderingIsToldOfOnceItMatters(long threshold, String packets, String due) {
    ask(0, MANY, 25_000, threshold);
    StringBuilder told = new StringBuilder();
    for (String packet : packets.split(" ")) {
      if (receive(Long.parseLong(packet), 0)) {
        told.append(told.isEmpty() ? "" : " ").append(packet);
      }
    }
    assertEquals(due, told.toString());
  }

  @Test
  void theFirstMarkOfARowIsToldOf() {
    ask(0, MANY, 25_000, 3);
    int[] marks = {1, 3, 3, 3, 1, 1, 3};
    boolean[] due = {false, true, false, false, false, false, true};
    for (int i = 0; i < marks.length; i++) {
      assertEquals(due[i], receive(i, marks[i]), "" + i);
    }
    ask(1, 1, 25_000, 3);
    assertTrue(receive(7, 3), "with the default threshold every mark is");
  }

  // ---- the side that asks

  private final NewReno reno = new NewReno(1200);
  private final Recovery recovery =
      new Recovery(
          RecoveryConfig.of(true, 1200, new SplittableRandom(1)), reno, new RecoveryHarness(true));
  private final AckFrequency asking = new AckFrequency();
  private final byte[] buffer = new byte[100];

  private Frame written() {
    PacketContents contents = new PacketContents();
    WireWriter writer = new WireWriter(buffer, 0, buffer.length);
    contents.begin(writer);
    asking.write(contents, recovery.path(), Recovery.PACKET_THRESHOLD, now);
    return contents.isEmpty()
        ? null
        : FrameReader.read(new WireReader(buffer, 0, writer.position()));
  }

  private void window(int packets) {
    reno.reset();
    reno.onMaxDatagramSize(1200, false);
    long more = packets * 1200L - reno.window();
    reno.onPacketAcked(new SentPacket().set(0, (int) more, now, 0, null));
    reno.onAckProcessed(new AckSample(now, now, 40 * MS, 40 * MS, 0, true));
    reno.onCongestionEvent(now + 1, false, now); // halves it, and ends slow start
  }

  @Test
  void asksForFewerWhenMuchIsInFlight() {
    recovery.path().rtt().update(40 * MS, 0, now);
    window(400);
    assertNull(written(), "before the peer says that it understands");
    asking.onPeer(MS, 25 * MS);
    assertEquals(new AckFrequencyFrame(0, 24, 10_000, 3), written());
    now += 100 * MS;
    window(1000);
    assertNull(written(), "one at a time");
    asking.onAcked(new RecoveryToken.AckFrequency(0));
    assertEquals(10 * MS, asking.peerMaxAckDelay());
    window(500);
    assertNull(written(), "hardly different");
    now += 100 * MS;
    window(40);
    assertEquals(new AckFrequencyFrame(1, 1, 10_000, 3), written());
    assertEquals(10 * MS, asking.peerMaxAckDelay());
  }

  @Test
  void aLostWishIsReplacedAndUntilThenTheLongerDelayHolds() {
    recovery.path().rtt().update(40 * MS, 0, now);
    window(400);
    asking.onPeer(MS, 25 * MS);
    written();
    assertEquals(25 * MS, asking.peerMaxAckDelay());
    asking.onLost(new RecoveryToken.AckFrequency(0));
    window(100);
    assertEquals(new AckFrequencyFrame(1, 5, 10_000, 3), written());
    asking.onAcked(new RecoveryToken.AckFrequency(0));
    assertEquals(25 * MS, asking.peerMaxAckDelay(), "that was the old one");
    asking.onAcked(new RecoveryToken.AckFrequency(1));
    assertEquals(10 * MS, asking.peerMaxAckDelay());
  }

  @Test
  void aPeerThatNeverDelaysIsNotAskedForThatAgain() {
    recovery.path().rtt().update(40 * MS, 0, now);
    window(400);
    asking.onPeer(0, 0);
    assertEquals(new AckFrequencyFrame(0, 24, 0, 3), written());
    asking.onAcked(new RecoveryToken.AckFrequency(0));
    now += 100 * MS;
    assertNull(written(), "nothing has changed");
  }

  @Test
  void smallWindowsNeedNoFrame() {
    recovery.path().rtt().update(40 * MS, 0, now);
    asking.onPeer(MS, 25 * MS);
    assertNull(written());
  }

  @Test
  void asksForOneAtOnceWhereNothingFollows() {
    PacketContents contents = new PacketContents();
    contents.begin(new WireWriter(buffer, 0, buffer.length));
    asking.writeImmediate(contents, true);
    assertTrue(contents.isEmpty());
    asking.onPeer(MS, 25 * MS);
    asking.writeImmediate(contents, false);
    assertTrue(contents.isEmpty(), "with the default threshold it would not help");
    asking.writeImmediate(contents, true);
    assertEquals(new ImmediateAckFrame(), FrameReader.read(new WireReader(buffer, 0, 1)));
    assertTrue(contents.isAckEliciting());
  }
}
