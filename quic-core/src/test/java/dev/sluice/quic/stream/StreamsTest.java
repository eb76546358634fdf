package dev.sluice.quic.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.frame.DataBlockedFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.MaxDataFrame;
import dev.sluice.quic.frame.MaxStreamDataFrame;
import dev.sluice.quic.frame.MaxStreamsFrame;
import dev.sluice.quic.frame.ResetStreamFrame;
import dev.sluice.quic.frame.StopSendingFrame;
import dev.sluice.quic.frame.StreamDataBlockedFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.frame.StreamsBlockedFrame;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.testkit.Requirement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Opening, directions, limits and closing, at a server unless a test says otherwise. */
class StreamsTest {
  private static final StreamLimits LIMITS = new StreamLimits(2000, 1000, 1000, 1000, 10, 10);
  private static final StreamConfig CONFIG = StreamConfig.DEFAULT.withLimits(LIMITS);

  private final StreamsEnd server = new StreamsEnd(false, CONFIG, LIMITS);

  private static StreamFrame data(long id, long offset, int length, boolean fin) {
    return new StreamFrame(id, offset, Bytes.of(new byte[length]), fin);
  }

  private void assertFails(TransportError error, Frame frame) {
    TransportException thrown =
        assertThrows(TransportException.class, () -> server.receive(frame), frame::toString);
    assertEquals(error.code(), thrown.code(), thrown.getMessage());
    assertEquals(frame.type(), thrown.frameType());
  }

  @Test
  @Requirement({"RFC9000-2.1#1", "RFC9000-3.2#1"})
  void aStreamOpensAllLowerOnesOfItsTypeInOrder() {
    server.receive(data(8, 0, 1, false));
    assertEquals(List.of("opened 0", "opened 4", "opened 8", "readable 8"), server.takeEvents());
    server.receive(data(6, 0, 1, false));
    assertEquals(List.of("opened 2", "opened 6", "readable 6"), server.takeEvents());
    server.receive(data(4, 0, 1, false));
    assertEquals(List.of("readable 4"), server.takeEvents());
    assertEquals(1, server.streams.openBidi().id());
    assertEquals(5, server.streams.openBidi().id());
    assertEquals(3, server.streams.openUni().id());
  }

  @Test
  void everyFrameThatMayOpenAStreamDoes() {
    server.receive(data(0, 0, 0, false));
    server.receive(new ResetStreamFrame(4, 1, 0));
    server.receive(new StreamDataBlockedFrame(8, 0));
    server.receive(new MaxStreamDataFrame(12, 10));
    server.receive(new StopSendingFrame(16, 1));
    assertEquals(
        List.of(
            "opened 0",
            "opened 4",
            "readable 4",
            "opened 8",
            "opened 12",
            "opened 16",
            "stopped 16 1"),
        server.takeEvents());
  }

  @Test
  @Requirement({
    "RFC9000-19.4#1",
    "RFC9000-19.5#2",
    "RFC9000-19.8#1",
    "RFC9000-19.10#2",
    "RFC9000-19.13#2"
  })
  void framesForThePartThatAStreamLacks() {
    server.streams.openUni();
    for (long ours : new long[] {3, 7}) {
      assertFails(TransportError.STREAM_STATE_ERROR, data(ours, 0, 1, false));
      assertFails(TransportError.STREAM_STATE_ERROR, new ResetStreamFrame(ours, 1, 0));
      assertFails(TransportError.STREAM_STATE_ERROR, new StreamDataBlockedFrame(ours, 0));
    }
    server.receive(data(2, 0, 1, false));
    for (long theirs : new long[] {2, 6}) {
      assertFails(TransportError.STREAM_STATE_ERROR, new StopSendingFrame(theirs, 1));
      assertFails(TransportError.STREAM_STATE_ERROR, new MaxStreamDataFrame(theirs, 1));
    }
  }

  @Test
  @Requirement({"RFC9000-19.5#1", "RFC9000-19.8#1", "RFC9000-19.10#1"})
  void framesForStreamsThatWeHaveNotOpened() {
    server.streams.openBidi();
    assertFails(TransportError.STREAM_STATE_ERROR, data(5, 0, 1, false));
    assertFails(TransportError.STREAM_STATE_ERROR, new ResetStreamFrame(5, 1, 0));
    assertFails(TransportError.STREAM_STATE_ERROR, new StreamDataBlockedFrame(5, 0));
    assertFails(TransportError.STREAM_STATE_ERROR, new StopSendingFrame(5, 1));
    assertFails(TransportError.STREAM_STATE_ERROR, new MaxStreamDataFrame(5, 1));
    assertFails(TransportError.STREAM_STATE_ERROR, new StopSendingFrame(3, 1));
    assertFails(TransportError.STREAM_STATE_ERROR, new MaxStreamDataFrame(3, 1));
    server.receive(data(1, 0, 1, false));
  }

  @Test
  @Requirement({"RFC9000-4.6#3", "RFC9000-19.11#4"})
  void streamsBeyondTheLimit() {
    for (long beyond : new long[] {40, 42}) {
      assertFails(TransportError.STREAM_LIMIT_ERROR, data(beyond, 0, 1, false));
      assertFails(TransportError.STREAM_LIMIT_ERROR, new ResetStreamFrame(beyond, 1, 0));
      assertFails(TransportError.STREAM_LIMIT_ERROR, new StreamDataBlockedFrame(beyond, 0));
    }
    assertFails(TransportError.STREAM_LIMIT_ERROR, new StopSendingFrame(40, 1));
    assertFails(TransportError.STREAM_LIMIT_ERROR, new MaxStreamDataFrame((1L << 62) - 4, 1));
    assertEquals(List.of(), server.takeEvents());
    server.receive(data(36, 0, 1, false));
    server.receive(data(38, 0, 1, false));
  }

  @Test
  @Requirement({"RFC9000-4.6#1", "RFC9000-19.11#1", "RFC9000-19.14#2"})
  void countsOfStreamsThatNoIdCanExpress() {
    long tooMany = (1L << 60) + 1;
    assertFails(TransportError.FRAME_ENCODING_ERROR, new MaxStreamsFrame(true, tooMany));
    assertFails(TransportError.FRAME_ENCODING_ERROR, new StreamsBlockedFrame(false, tooMany));
    server.receive(new MaxStreamsFrame(true, tooMany - 1));
    server.receive(new StreamsBlockedFrame(false, tooMany - 1));
  }

  @Test
  @Requirement({"RFC9000-4.1#2", "RFC9000-19.9#1", "RFC9000-19.9#2"})
  void dataOfAllStreamsBeyondTheConnectionsLimit() {
    server.receive(data(0, 999, 1, false));
    server.receive(new ResetStreamFrame(2, 1, 600));
    server.receive(data(4, 300, 100, false));
    server.receive(data(4, 0, 400, false));
    assertFails(TransportError.FLOW_CONTROL_ERROR, data(8, 0, 1, false));
    assertFails(TransportError.FLOW_CONTROL_ERROR, new ResetStreamFrame(0, 1, 1001));
    assertFails(TransportError.FLOW_CONTROL_ERROR, new ResetStreamFrame(8, 1, 1));
  }

  @Test
  @Requirement({"RFC9000-4.4#1", "RFC9000-4.5#1", "RFC9000-4.2#2"})
  void aResetStreamsBytesCountAndComeBack() {
    server.receive(data(0, 0, 100, false));
    server.receive(new ResetStreamFrame(0, 1, 1000));
    server.receive(new ResetStreamFrame(2, 1, 50));
    assertEquals(List.of(), server.sendAll(), "950 of 2000 are not worth an update");
    RecvStream stream = server.received.get(0L);
    assertEquals(100, stream.read(new byte[200], 0, 200));
    assertEquals(List.of(new MaxDataFrame(3050)), server.sendAll());
    assertEquals(RecvStream.ENDED, stream.read(new byte[200], 0, 200));
  }

  @Test
  void readingBringsCreditAndALostUpdateTheNewestLimit() {
    server.receive(data(0, 0, 1000, false));
    RecvStream stream = server.received.get(0L);
    assertEquals(499, stream.read(new byte[499], 0, 499));
    assertNull(server.send());
    stream.read(new byte[1], 0, 1);
    StreamsEnd.Packet first = server.send();
    assertEquals(List.of(new MaxStreamDataFrame(0, 1500)), first.frames());
    stream.read(new byte[200], 0, 200);
    assertNull(server.send());
    server.lost(first);
    assertEquals(List.of(new MaxStreamDataFrame(0, 1500)), server.sendAll());
    stream.read(new byte[300], 0, 300);
    server.lost(first);
    StreamsEnd.Packet both = server.send();
    assertEquals(List.of(new MaxDataFrame(3000), new MaxStreamDataFrame(0, 2000)), both.frames());
    server.lost(both);
    assertEquals(
        List.of(new MaxDataFrame(3000), new MaxStreamDataFrame(0, 2000)), server.sendAll());
  }

  @Test
  @Requirement({"RFC9000-4.2#2", "RFC9000-4.6#6"})
  void blockedFramesFromThePeerChangeNothing() {
    server.receive(new DataBlockedFrame(2000));
    server.receive(new StreamDataBlockedFrame(0, 1000));
    server.receive(new StreamsBlockedFrame(true, 10));
    assertEquals(List.of("opened 0"), server.takeEvents());
    assertEquals(List.of(), server.sendAll());
  }

  @Test
  @Requirement({"RFC9000-4.6#5", "RFC9000-19.11#3", "RFC9000-19.14#1"})
  void opensUpToThePeersLimitAndTellsWhenItGrows() {
    for (int i = 0; i < 10; i++) {
      assertEquals(4 * i + 3, server.streams.openUni().id());
    }
    assertNull(server.streams.openUni());
    assertNull(server.streams.openUni());
    StreamsEnd.Packet blocked = server.send();
    assertEquals(List.of(new StreamsBlockedFrame(false, 10)), blocked.frames());
    assertNull(server.send());
    server.lost(blocked);
    assertEquals(List.of(new StreamsBlockedFrame(false, 10)), server.sendAll());
    server.receive(new MaxStreamsFrame(false, 9));
    server.receive(new MaxStreamsFrame(true, 11));
    assertEquals(List.of(), server.takeEvents());
    server.receive(new MaxStreamsFrame(false, 11));
    assertEquals(List.of("available uni"), server.takeEvents());
    server.lost(blocked);
    assertNull(server.send());
    assertNotNull(server.streams.openUni());
    assertNull(server.streams.openUni());
  }

  @Test
  @Requirement({
    "RFC9000-2.2#4",
    "RFC9000-4.1#1",
    "RFC9000-4.1#4",
    "RFC9000-19.12#1",
    "RFC9000-4.1#5"
  })
  void sendsUpToTheConnectionsLimitAndSaysThatItIsBlocked() {
    StreamsEnd client = new StreamsEnd(true, CONFIG, new StreamLimits(150, 100, 100, 100, 9, 9));
    SendStream first = client.streams.openUni();
    SendStream second = client.streams.openUni();
    first.write(new byte[90], 0, 90);
    second.write(new byte[90], 0, 90);
    StreamsEnd.Packet packet = client.send();
    assertEquals(List.of(data(2, 0, 90, false), data(6, 0, 60, false)), packet.frames());
    assertEquals(List.of(new DataBlockedFrame(150)), client.sendAll());
    client.lost(packet);
    assertEquals(
        List.of(data(2, 0, 90, false), data(6, 0, 60, false)),
        client.sendAll(),
        "what was lost needs no credit");
    client.streams.repeatBlocked();
    assertEquals(List.of(new DataBlockedFrame(150)), client.sendAll());
    client.receive(new MaxDataFrame(149));
    assertEquals(List.of(), client.sendAll());
    client.receive(new MaxDataFrame(200));
    assertEquals(List.of(data(6, 60, 30, false)), client.sendAll());
    client.streams.repeatBlocked();
    assertEquals(List.of(), client.sendAll());
  }

  @Test
  void peersLimitsApplyByWhoOpensTheStream() {
    StreamsEnd client = new StreamsEnd(true, CONFIG);
    assertNull(client.streams.openBidi());
    client.streams.onPeerLimits(new StreamLimits(10_000, 11, 22, 33, 1, 1));
    assertEquals(List.of("available bidi"), client.takeEvents());
    client.streams.openBidi().send().write(new byte[100], 0, 100);
    client.streams.openUni().write(new byte[100], 0, 100);
    client.receive(data(1, 0, 1, false));
    client.answers.get(1L).write(new byte[100], 0, 100);
    List<Frame> frames = client.sendAll();
    for (Frame frame :
        List.of(data(0, 0, 22, false), data(2, 0, 33, false), data(1, 0, 11, false))) {
      assertEquals(true, frames.contains(frame), frame.toString());
    }
  }

  @Test
  @Requirement("RFC9000-4.6#6")
  void limitsOnStreamsKeepUpAsStreamsClose() {
    long limit = 10;
    for (int i = 0; i < 1000; i++) {
      server.receive(data(4 * i + 2, 0, 1, true));
      RecvStream stream = server.received.get(4L * i + 2);
      assertEquals(1, stream.read(new byte[10], 0, 10));
      for (Frame frame : server.sendAll()) {
        if (frame instanceof MaxStreamsFrame max) {
          assertEquals(i + 1 + 10, max.maximum());
          limit = max.maximum();
        }
      }
      assertEquals(true, limit > i + 1, "never out of streams");
    }
    assertEquals(0, server.pool.taken());
  }

  @Test
  @Requirement("RFC9000-4.6#6")
  void anAnsweredStreamMakesRoomBeforeItsAnswerIsAcknowledged() {
    long limit = 10;
    List<StreamsEnd.Packet> sent = new ArrayList<>();
    for (long i = 0; i < limit; i++) {
      server.receive(data(4 * i, 0, 1, true));
      SendStream answer = server.answers.get(4 * i);
      if (i % 2 == 0) { // the end of the answer may come before that of the question is read
        answer.finish();
        sent.add(server.send());
      }
      assertEquals(1, server.received.get(4 * i).read(new byte[10], 0, 10));
      answer.finish();
      for (var packet = server.send(); packet != null; packet = server.send()) {
        sent.add(packet);
      }
      limit = limit(sent, limit);
    }
    assertEquals(20, limit, "ten may be open, and ten linger");
    sent.forEach(server::acked);
    assertEquals(30, limit(List.of(server.send()), 20));
  }

  /** What MAX_STREAMS says in these packets, or what it was before. */
  private static long limit(List<StreamsEnd.Packet> packets, long before) {
    return packets.stream()
        .flatMap(packet -> packet.frames().stream())
        .mapToLong(frame -> frame instanceof MaxStreamsFrame max ? max.maximum() : before)
        .max()
        .orElse(before);
  }

  @Test
  void lateFramesForAClosedStreamAreIgnored() {
    server.receive(data(0, 0, 5, true));
    server.received.get(0L).read(new byte[10], 0, 10);
    server.answers.get(0L).finish();
    StreamsEnd.Packet packet = server.send();
    server.acked(packet);
    server.takeEvents();
    server.receive(data(0, 0, 5, true));
    server.receive(data(0, 0, 500, false));
    server.receive(new ResetStreamFrame(0, 1, 5));
    server.receive(new StopSendingFrame(0, 1));
    server.receive(new MaxStreamDataFrame(0, 5000));
    server.receive(new StreamDataBlockedFrame(0, 5));
    server.lost(packet);
    server.acked(packet);
    assertEquals(List.of(), server.takeEvents());
    assertNull(server.send());
  }

  @Test
  @Requirement({"RFC9000-3.5#1", "RFC9000-3.5#2", "RFC9000-3.5#5"})
  void stoppingAndItsAnswer() {
    StreamsEnd client = new StreamsEnd(true, CONFIG, LIMITS);
    BidiStream request = client.streams.openBidi();
    request.send().write(new byte[10], 0, 10);
    request.send().finish();
    server.receive(client.send(), 0);
    server.answers.get(0L).write(new byte[700], 0, 700);
    client.receive(server.send(), 0);
    request.recv().stopSending(77);
    StreamsEnd.Packet stop = client.send();
    assertEquals(
        List.of(new StopSendingFrame(0, 77)),
        stop.frames().stream().filter(f -> f instanceof StopSendingFrame).toList());
    client.lost(stop);
    server.takeEvents();
    server.receive(client.send(), 0);
    assertEquals(List.of("stopped 0 77"), server.takeEvents());
    assertEquals(new StreamEnding.StoppedByPeer(77), server.answers.get(0L).ending());
    StreamsEnd.Packet reset = server.send();
    assertEquals(List.of(new ResetStreamFrame(0, 77, 700)), reset.frames());
    client.receive(reset, 0);
    client.lost(stop);
    assertEquals(List.of(), client.sendAll());
    server.acked(reset);
    assertEquals(List.of("completed 0"), server.takeEvents());
  }

  @Test
  void afterTheEndNothingIsSentOrOpened() {
    SendStream stream = server.streams.openUni();
    stream.write(new byte[10], 0, 10);
    StreamsEnd.Packet packet = server.send();
    stream.reset(5);
    SendStream other = server.streams.openUni();
    other.write(new byte[10], 0, 10);
    ConnectionEnding ending = new ConnectionEnding.IdleTimeout(5);
    server.streams.end(ending);
    server.streams.end(new ConnectionEnding.StatelessReset());
    assertNull(server.send());
    server.lost(packet);
    server.acked(packet);
    other.finish();
    other.setPriority(0, false);
    server.streams.repeatBlocked();
    assertNull(server.send());
    server.takeEvents();
    server.receive(data(0, 0, 1, false));
    server.receive(new StopSendingFrame(7, 1));
    assertEquals(List.of(), server.takeEvents());
    assertNull(server.streams.openBidi());
    assertNull(server.streams.openUni());
    assertEquals(new StreamEnding.AbandonedLocally(5), stream.ending());
    assertEquals(new StreamEnding.ConnectionEnded(ending), other.ending());
    assertEquals(0, other.write(new byte[1], 0, 1));
    assertEquals(0, server.pool.taken());
  }
}
