package dev.sluice.quic.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.MaxStreamDataFrame;
import dev.sluice.quic.frame.ResetStreamAtFrame;
import dev.sluice.quic.frame.ResetStreamFrame;
import dev.sluice.quic.frame.StopSendingFrame;
import dev.sluice.quic.frame.StreamDataBlockedFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.testkit.Requirement;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** RESET_STREAM_AT on both ends (draft-ietf-quic-reliable-stream-reset-10). */
class ResetAtTest {
  private static final StreamConfig TIGHT =
      new StreamConfig(new StreamLimits(3000, 1000, 1500, 700, 4, 3), 5000, 9000, 900, 4000);

  private static final StreamEnding ABANDONED = new StreamEnding.AbandonedLocally(7);

  private final StreamsEnd end =
      new StreamsEnd(true, StreamConfig.DEFAULT, StreamConfig.DEFAULT.limits());
  private final SendStream stream = end.streams.openUni();

  private void write(int length) {
    assertEquals(length, stream.write(new byte[length], 0, length));
  }

  private static String words(StreamsEnd.Packet packet) {
    return packet == null ? "nothing" : String.join(" ", words(packet.frames()));
  }

  private static List<String> words(List<Frame> frames) {
    return frames.stream()
        .map(
            frame ->
                switch (frame) {
                  case StreamFrame f ->
                      f.offset() + "-" + (f.offset() + f.data().length()) + (f.fin() ? "+FIN" : "");
                  case ResetStreamFrame f -> "RESET:" + f.errorCode() + "@" + f.finalSize();
                  case ResetStreamAtFrame f ->
                      "RESET_AT:" + f.errorCode() + "@" + f.reliableSize() + "/" + f.finalSize();
                  case StreamDataBlockedFrame f -> "BLOCKED@" + f.limit();
                  default -> throw new AssertionError(frame);
                })
        .toList();
  }

  // ---- the sending side ----

  @Test
  @Requirement({"RESETAT10-5#1", "RESETAT10-5#2", "RESETAT10-4#5"})
  void whatIsPromisedIsSentAndSentAgain() {
    write(100);
    StreamsEnd.Packet first = end.send();
    write(50);
    stream.resetAt(7, 120);
    assertEquals(ABANDONED, stream.ending());
    assertEquals(0, stream.write(new byte[1], 0, 1));
    StreamsEnd.Packet second = end.send();
    assertEquals("100-120", words(second));
    StreamsEnd.Packet third = end.send();
    assertEquals("RESET_AT:7@120/120", words(third));
    assertEquals("nothing", words(end.send()));
    end.lost(first);
    end.lost(third);
    assertEquals("RESET_AT:7@120/120 0-100", words(third = end.send()));
    end.acked(third);
    assertEquals(List.of(), end.takeEvents());
    end.acked(second);
    assertEquals(List.of("completed 2"), end.takeEvents());
    assertEquals(0, end.pool.taken());
  }

  @Test
  @Requirement("RESETAT10-5#3")
  void whatIsBeyondIsNotSentAgain() {
    write(100);
    StreamsEnd.Packet data = end.send();
    write(100);
    stream.resetAt(7, 40);
    StreamsEnd.Packet reset = end.send();
    assertEquals("RESET_AT:7@40/100", words(reset));
    end.lost(data);
    StreamsEnd.Packet again = end.send();
    assertEquals("0-40", words(again));
    end.acked(again);
    end.lost(data);
    assertEquals("nothing", words(end.send()));
    end.acked(reset);
    end.acked(reset);
    assertEquals(List.of("completed 2"), end.takeEvents());
    assertEquals(0, end.pool.taken());
  }

  @Test
  @Requirement({"RESETAT10-5.2#1", "RESETAT10-5.2#3", "RESETAT10-5.2#4", "RESETAT10-5.2#7"})
  void thePromiseOnlyBecomesSmaller() {
    write(100);
    StreamsEnd.Packet data = end.send();
    stream.resetAt(7, 40);
    StreamsEnd.Packet reset = end.send();
    stream.resetAt(7, 41);
    stream.resetAt(7, 1000);
    assertEquals("nothing", words(end.send()));
    stream.resetAt(9, 10);
    assertEquals(ABANDONED, stream.ending());
    StreamsEnd.Packet smaller = end.send();
    assertEquals("RESET_AT:7@10/100", words(smaller));
    end.lost(reset);
    assertEquals("nothing", words(end.send()));
    end.lost(data);
    StreamsEnd.Packet rest = end.send();
    assertEquals("0-10", words(rest));
    end.acked(rest);
    end.acked(reset);
    assertEquals(List.of(), end.takeEvents(), "the smallest has not arrived");
    end.lost(smaller);
    assertEquals("RESET_AT:7@10/100", words(smaller = end.send()));
    end.acked(smaller);
    assertEquals(List.of("completed 2"), end.takeEvents());
  }

  @Test
  @Requirement({"RESETAT10-5.2#2", "RESETAT10-5.2#7"})
  void aPlainResetMayFollow() {
    write(100);
    StreamsEnd.Packet data = end.send();
    stream.resetAt(7, 40);
    end.send();
    stream.reset(8);
    StreamsEnd.Packet reset = end.send();
    assertEquals("RESET:7@100", words(reset));
    end.lost(data);
    assertEquals("nothing", words(end.send()));
    end.acked(reset);
    assertEquals(List.of("completed 2"), end.takeEvents());
    assertEquals(ABANDONED, stream.ending());
  }

  @Test
  @Requirement("RESETAT10-5.4#1")
  void whoIsAskedToStopPromisesNothingMore() {
    write(100);
    end.send();
    stream.resetAt(7, 40);
    end.send();
    end.receive(new StopSendingFrame(2, 99));
    assertEquals("RESET:7@100", words(end.send()));
    assertEquals(List.of(), end.takeEvents(), "the application has left before");
    assertEquals(ABANDONED, stream.ending());
  }

  @Test
  @Requirement("RESETAT10-4#2")
  void theResetWaitsForTheCreditOfWhatItPromises() {
    StreamLimits limits = new StreamLimits(1000, 0, 0, 100, 1, 1);
    StreamsEnd narrow = new StreamsEnd(true, StreamConfig.DEFAULT, limits);
    SendStream blocked = narrow.streams.openUni();
    blocked.write(new byte[150], 0, 150);
    blocked.resetAt(7, 140);
    assertEquals(List.of("0-100", "BLOCKED@100"), words(narrow.sendAll()));
    narrow.receive(new MaxStreamDataFrame(2, 1000));
    assertEquals(List.of("100-140", "RESET_AT:7@140/140"), words(narrow.sendAll()));
  }

  @Test
  void afterTheFinTheFinalSizeStays() {
    write(100);
    stream.finish();
    StreamsEnd.Packet data = end.send();
    assertEquals("0-100+FIN", words(data));
    stream.resetAt(7, 40);
    assertEquals("RESET_AT:7@40/100", words(end.send()));
    end.lost(data);
    assertEquals("0-40", words(end.send()));
  }

  @Test
  @Requirement("RESETAT10-5#4")
  void itIsAPlainResetForWhoDoesNotKnowItOrWhenNothingIsPromised() {
    write(100);
    end.send();
    stream.resetAt(7, 0);
    assertEquals("RESET:7@100", words(end.send()));
    end.streams.onPeerResetAt(false);
    SendStream other = end.streams.openUni();
    other.write(new byte[10], 0, 10);
    end.send();
    other.resetAt(7, 10);
    assertEquals("RESET:7@10", words(end.send()));
  }

  /**
   * 0-RTT is refused by a server that has unlearned what is remembered of it: nothing is promised
   * any more in a frame that it would close the connection for.
   */
  @Test
  void whoDoesNotKnowItAnyMoreGetsAPlainReset() {
    write(100);
    stream.resetAt(7, 40);
    assertEquals("0-40", words(end.send()));
    assertEquals("RESET_AT:7@40/40", words(end.send()));
    SendStream waiting = end.streams.openUni();
    waiting.write(new byte[100], 0, 100);
    waiting.resetAt(8, 30);
    end.streams.restart();
    end.streams.onPeerLimits(StreamConfig.DEFAULT.limits());
    end.streams.onPeerResetAt(false);
    StreamsEnd.Packet resets = end.send();
    assertEquals(Set.of("RESET:7@0", "RESET:8@0"), Set.copyOf(words(resets.frames())));
    end.acked(resets);
    assertEquals(Set.of("completed 2", "completed 6"), Set.copyOf(end.takeEvents()));
    assertEquals("nothing", words(end.send()));
    assertEquals(0, end.pool.taken());
  }

  @Test
  void noMoreCanBePromisedThanWasWritten() {
    write(100);
    assertThrows(IllegalArgumentException.class, () -> stream.resetAt(7, 101));
    assertThrows(IllegalArgumentException.class, () -> stream.resetAt(7, -1));
    assertNull(stream.ending());
    stream.finish();
    StreamsEnd.Packet all = end.send();
    end.acked(all);
    stream.resetAt(7, 1000);
    assertEquals(new StreamEnding.Finished(), stream.ending());
  }

  // ---- the receiving side ----

  private void receive(Frame frame) {
    end.receive(frame);
  }

  private static StreamFrame data(int from, int to) {
    return new StreamFrame(3, from, Bytes.of(new byte[to - from]), false);
  }

  @Test
  @Requirement("RESETAT10-5.2#8")
  void theCodeAndTheFinalSizeNeverChange() {
    receive(data(0, 10));
    receive(new ResetStreamAtFrame(3, 7, 20, 10));
    assertFails(TransportError.STREAM_STATE_ERROR, new ResetStreamAtFrame(3, 8, 20, 10));
    assertFails(TransportError.STREAM_STATE_ERROR, new ResetStreamFrame(3, 8, 20));
    assertFails(TransportError.FINAL_SIZE_ERROR, new ResetStreamAtFrame(3, 7, 21, 10));
    assertFails(TransportError.FINAL_SIZE_ERROR, new StreamFrame(3, 19, Bytes.EMPTY, true));
  }

  @Test
  @Requirement("RESETAT10-4#3")
  void theFinalSizeCountsForBothLimits() {
    long stream = StreamConfig.DEFAULT.limits().maxStreamDataUni();
    assertFails(TransportError.FLOW_CONTROL_ERROR, new ResetStreamAtFrame(3, 7, stream + 1, 0));
    StreamsEnd narrow =
        new StreamsEnd(
            true, StreamConfig.DEFAULT.withLimits(new StreamLimits(10, 100, 100, 100, 1, 1)));
    TransportException e =
        assertThrows(
            TransportException.class, () -> narrow.receive(new ResetStreamAtFrame(3, 7, 11, 0)));
    assertEquals(TransportError.FLOW_CONTROL_ERROR.code(), e.code());
  }

  /** The credit of what will not be delivered goes back at once; its bytes must go as well. */
  @Test
  void bytesBeyondTheReliableSizeAreNotKept() {
    receive(data(300_000, 600_000));
    int before = end.pool.taken();
    receive(new ResetStreamAtFrame(3, 7, 900_000, 10));
    assertTrue(before > 0);
    assertEquals(0, end.pool.taken());
    receive(data(600_000, 900_000));
    assertEquals(0, end.pool.taken());
    receive(data(0, 1000));
    RecvStream recv = end.received.get(3L);
    assertEquals(10, recv.read(new byte[2000], 0, 2000));
    assertEquals(new StreamEnding.ResetByPeer(7), recv.ending());
  }

  private void assertFails(TransportError error, Frame frame) {
    TransportException e = assertThrows(TransportException.class, () -> end.receive(frame));
    assertEquals(error.code(), e.code());
    assertEquals(frame.type(), e.frameType());
  }

  // ---- both together ----

  private static byte content(long i) {
    return (byte) (i * 31 + (i >> 8));
  }

  /**
   * Whatever is lost and in whatever order it comes: at least what was promised, then the reset.
   */
  @Property(tries = 500)
  @Requirement({"RESETAT10-5#1", "RESETAT10-5.2#6"})
  void thePromiseIsKept(
      @ForAll long seed,
      @ForAll @IntRange(max = 40) int loss,
      @ForAll @IntRange(max = 20) int resetAtTurn,
      @ForAll boolean finishFirst,
      @ForAll @IntRange(max = 3) int reductions) {
    Random random = new Random(seed);
    StreamsPump pump = new StreamsPump(random, loss, TIGHT);
    SendStream sending = pump.client.streams.openUni();
    byte[] target = new byte[500];
    int written = 0;
    long promised = Long.MAX_VALUE;
    int read = 0;
    for (int turn = 0; turn < 60 + reductions; turn++) {
      if (turn < resetAtTurn) {
        byte[] chunk = new byte[random.nextInt(400)];
        for (int i = 0; i < chunk.length; i++) {
          chunk[i] = content(written + i);
        }
        written += sending.write(chunk, 0, chunk.length);
      } else if (turn == resetAtTurn && finishFirst) {
        sending.finish();
      } else if (turn <= resetAtTurn + 1 + reductions && promised > 0) {
        promised = random.nextInt((int) Math.min(promised, written) + 1);
        sending.resetAt(7, promised);
      }
      read = read(pump, target, read, random);
      pump.turn();
    }
    for (int round = 0; round < 200 && !isOver(pump); round++) {
      pump.settleAll();
      read = read(pump, target, read, random);
    }
    RecvStream recv = pump.server.received.get(2L);
    if (sending.ending() instanceof StreamEnding.Finished) {
      assertEquals(written, read, "the FIN was faster than the reset");
      return;
    }
    assertEquals(ABANDONED, sending.ending());
    assertTrue(read >= promised, read + " of " + promised + " bytes were delivered");
    if (recv.ending() instanceof StreamEnding.Finished) {
      assertTrue(finishFirst && read == written);
    } else {
      assertEquals(new StreamEnding.ResetByPeer(7), recv.ending());
    }
    assertEquals(1, pump.client.events.stream().filter("completed 2"::equals).count());
    assertEquals(0, pump.client.pool.taken());
    assertEquals(0, pump.server.pool.taken());
    assertNotNull(pump.client.streams.openUni());
    assertCreditIsBack(pump);
  }

  private static boolean isOver(StreamsPump pump) {
    RecvStream recv = pump.server.received.get(2L);
    return recv != null && recv.ending() != null && pump.client.events.contains("completed 2");
  }

  private static int read(StreamsPump pump, byte[] target, int from, Random random) {
    RecvStream recv = pump.server.received.get(2L);
    int at = from;
    if (recv != null) {
      for (int n = 1; n > 0; ) {
        n = recv.read(target, 0, 1 + random.nextInt(target.length));
        for (int i = 0; i < n; i++) {
          assertEquals(content(at++), target[i]);
        }
      }
    }
    return at;
  }

  private static void assertCreditIsBack(StreamsPump pump) {
    SendStream probe = pump.client.streams.openUni();
    assertEquals(700, probe.write(new byte[700], 0, 700));
    pump.settleAll();
    assertEquals(700, pump.server.received.get(probe.id()).available());
  }
}
