package dev.sluice.quic.recovery;

import static dev.sluice.quic.recovery.RecoveryHarness.APPLICATION;
import static dev.sluice.quic.recovery.RecoveryHarness.SIZE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.congestion.NewReno;
import dev.sluice.quic.frame.AckRanges;
import dev.sluice.quic.frame.PingFrame;
import dev.sluice.quic.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A window full of packets is under way on a path that is dead, and the connection has moved. */
class SilentPathTest {
  private static final int WINDOW = 10_000;
  private static final long MAX_ACK_DELAY = 25_000_000;

  private final RecoveryHarness h = RecoveryHarness.confirmed(100);
  private final PathRecovery dead = h.recovery.newPath(new NewReno(SIZE));
  private final PathRecovery used = h.recovery.newPath(new NewReno(SIZE));
  private final SpaceRecovery space = new SpaceRecovery(APPLICATION, null);
  private final List<Long> lost = new ArrayList<>();
  private final SpaceRecovery.PacketListener listener =
      new SpaceRecovery.PacketListener() {
        @Override
        public void onAcked(SpaceRecovery in, long packetNumber, boolean wasLost) {
          in.sent
              .path(packetNumber)
              .in(APPLICATION)
              .onAcked(packetNumber, in.sent.sentTime(packetNumber));
        }

        @Override
        public void onLost(SpaceRecovery in, long packetNumber, boolean late) {
          lost.add(packetNumber);
        }
      };

  private long send(PathRecovery on, long now) {
    PacketContents contents = new PacketContents();
    contents.begin(new WireWriter(new byte[SIZE], 0, SIZE));
    contents.add(new PingFrame(), null);
    long number = space.next;
    space.onSent(on, number, SIZE, contents, now);
    return number;
  }

  private int ack(long number, long now) {
    space.acknowledge(AckRanges.of(number, number), listener);
    return space.detectLosses(used, MAX_ACK_DELAY, listener, now);
  }

  /** Each acknowledgment from the new path costs as much as if nothing were under way elsewhere. */
  @Test
  void whatIsSilentThereIsNotGoneThroughForEachAcknowledgment() {
    for (int i = 0; i < WINDOW; i++) {
      send(dead, i);
    }
    assertEquals(WINDOW, ack(send(used, WINDOW), WINDOW + 1));
    long due = space.lossTime;
    for (int i = 1; i <= 1000; i++) {
      long kept = send(used, WINDOW + i);
      assertTrue(ack(send(used, WINDOW + i), WINDOW + i) <= 2);
      ack(kept, WINDOW + i);
      assertEquals(due, space.lossTime);
    }
    assertEquals(List.of(), lost);
    // The time of the oldest has come, and then that of all.
    assertTrue(ack(send(used, due), due) <= 3);
    assertEquals(List.of(0L), lost);
    assertEquals(due + 1, space.lossTime);
    ack(send(used, due + WINDOW), due + WINDOW);
    assertEquals(LongStream.range(0, WINDOW).boxed().toList(), lost);
    assertEquals(SpaceRecovery.NEVER, space.lossTime);
  }

  /** One of them is acknowledged after all: those before it are late by the path's own measure. */
  @Test
  void anAnswerFromThereIsHeardAtOnce() {
    for (int i = 0; i < WINDOW; i++) {
      send(dead, i);
    }
    ack(send(used, WINDOW), WINDOW + 1);
    ack(WINDOW / 2, WINDOW + 2);
    assertEquals(LongStream.range(0, WINDOW / 2 - 2).boxed().toList(), lost);
  }
}
