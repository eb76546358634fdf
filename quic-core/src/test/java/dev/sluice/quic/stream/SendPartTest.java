package dev.sluice.quic.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.FrameReader;
import dev.sluice.quic.frame.ResetStreamFrame;
import dev.sluice.quic.frame.StreamDataBlockedFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.recovery.PacketContents;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;
import dev.sluice.testkit.Requirement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sending part of a stream: every input in every state. */
class SendPartTest {
  private static final ConnectionEnding GONE = new ConnectionEnding.StatelessReset();

  private final StreamsEnd end = new StreamsEnd(true, StreamConfig.DEFAULT);
  private int done;
  private final StreamContext context =
      new StreamContext(StreamConfig.DEFAULT, end, end.pool, id -> done++, id -> {});
  private final SendPart part = new SendPart(2, 100, context);

  SendPartTest() {
    context.connectionCredit.raise(1000);
  }

  /** Everything that the part has to send, each frame as a word. */
  private String flush() {
    WireWriter out = new WireWriter(new byte[1200], 0, 1200);
    PacketContents contents = new PacketContents();
    contents.begin(out);
    context.control.write(contents, 0);
    while (context.scheduler.next() != null) {
      part.writeData(contents);
      context.scheduler.onTurn(part);
    }
    context.control.write(contents, 0);
    List<String> words = new ArrayList<>();
    for (WireReader in = new WireReader(out.buffer(), 0, out.position()); in.hasRemaining(); ) {
      words.add(word(FrameReader.read(in)));
    }
    return words.isEmpty() ? "nothing" : String.join(" ", words);
  }

  private static String word(Frame frame) {
    return switch (frame) {
      case StreamFrame f ->
          f.offset() + "-" + (f.offset() + f.data().length()) + (f.fin() ? "+FIN" : "");
      case ResetStreamFrame f -> "RESET:" + f.errorCode() + "@" + f.finalSize();
      case StreamDataBlockedFrame f -> "BLOCKED@" + f.limit();
      default -> throw new AssertionError(frame);
    };
  }

  private void bringTo(SendState state) {
    switch (state) {
      case READY -> {}
      case SEND -> {
        part.write(new byte[10], 0, 10);
        flush();
      }
      case DATA_SENT -> {
        bringTo(SendState.SEND);
        part.finish();
        assertEquals("10-10+FIN", flush());
      }
      case DATA_RECVD -> {
        bringTo(SendState.DATA_SENT);
        part.onDataAcked(0, 10, false);
        part.onDataAcked(10, 0, true);
      }
      case RESET_SENT -> {
        bringTo(SendState.SEND);
        part.reset(5);
        assertEquals("RESET:5@10", flush());
      }
      case RESET_RECVD -> {
        bringTo(SendState.RESET_SENT);
        part.onResetAcked();
      }
    }
    assertEquals(state, part.state());
    end.events.clear();
  }

  @ParameterizedTest
  @Requirement({
    "RFC9000-3.1#1",
    "RFC9000-3.3#1",
    "RFC9000-3.3#2",
    "RFC9000-3.5#2",
    "RFC9000-3.5#4",
    "RFC9000-3.5#5",
    "RFC9000-4.5#2",
    "RFC9000-13.3#1"
  })
  @CsvSource(
      textBlock =
          """
          # state,     input,     frames sent,   next,        ending,    events
          READY,       write,     0-5,           SEND,        none,      []
          READY,       finish,    0-0+FIN,       DATA_SENT,   none,      []
          READY,       reset,     RESET:6@0,     RESET_SENT,  Abandoned, []
          READY,       stop,      RESET:7@0,     RESET_SENT,  Stopped,   [stopped 2 7]
          READY,       max,       nothing,       READY,       none,      []
          READY,       end,       nothing,       READY,       Ended,     []
          SEND,        write,     10-15,         SEND,        none,      []
          SEND,        finish,    10-10+FIN,     DATA_SENT,   none,      []
          SEND,        reset,     RESET:6@10,    RESET_SENT,  Abandoned, []
          SEND,        stop,      RESET:7@10,    RESET_SENT,  Stopped,   [stopped 2 7]
          SEND,        max,       nothing,       SEND,        none,      []
          SEND,        ack,       nothing,       SEND,        none,      []
          SEND,        lose,      0-10,          SEND,        none,      []
          SEND,        end,       nothing,       SEND,        Ended,     []
          DATA_SENT,   finish,    nothing,       DATA_SENT,   none,      []
          DATA_SENT,   reset,     RESET:6@10,    RESET_SENT,  Abandoned, []
          DATA_SENT,   stop,      RESET:7@10,    RESET_SENT,  Stopped,   [stopped 2 7]
          DATA_SENT,   max,       nothing,       DATA_SENT,   none,      []
          DATA_SENT,   ack,       nothing,       DATA_SENT,   none,      []
          DATA_SENT,   ackfin,    nothing,       DATA_SENT,   none,      []
          DATA_SENT,   ackall,    nothing,       DATA_RECVD,  Finished,  [completed 2]
          DATA_SENT,   lose,      0-10+FIN,      DATA_SENT,   none,      []
          DATA_SENT,   losefin,   10-10+FIN,     DATA_SENT,   none,      []
          DATA_SENT,   loseall,   0-10+FIN,      DATA_SENT,   none,      []
          DATA_SENT,   end,       nothing,       DATA_SENT,   Ended,     []
          DATA_RECVD,  write,     nothing,       DATA_RECVD,  Finished,  []
          DATA_RECVD,  finish,    nothing,       DATA_RECVD,  Finished,  []
          DATA_RECVD,  reset,     nothing,       DATA_RECVD,  Finished,  []
          DATA_RECVD,  stop,      nothing,       DATA_RECVD,  Finished,  []
          DATA_RECVD,  max,       nothing,       DATA_RECVD,  Finished,  []
          DATA_RECVD,  ackall,    nothing,       DATA_RECVD,  Finished,  []
          DATA_RECVD,  loseall,   nothing,       DATA_RECVD,  Finished,  []
          DATA_RECVD,  ackreset,  nothing,       DATA_RECVD,  Finished,  []
          DATA_RECVD,  losereset, nothing,       DATA_RECVD,  Finished,  []
          DATA_RECVD,  end,       nothing,       DATA_RECVD,  Finished,  []
          RESET_SENT,  write,     nothing,       RESET_SENT,  Earlier,   []
          RESET_SENT,  finish,    nothing,       RESET_SENT,  Earlier,   []
          RESET_SENT,  reset,     nothing,       RESET_SENT,  Earlier,   []
          RESET_SENT,  stop,      nothing,       RESET_SENT,  Earlier,   []
          RESET_SENT,  max,       nothing,       RESET_SENT,  Earlier,   []
          RESET_SENT,  ackall,    nothing,       RESET_SENT,  Earlier,   []
          RESET_SENT,  loseall,   nothing,       RESET_SENT,  Earlier,   []
          RESET_SENT,  ackreset,  nothing,       RESET_RECVD, Earlier,   [completed 2]
          RESET_SENT,  losereset, RESET:5@10,    RESET_SENT,  Earlier,   []
          RESET_SENT,  end,       nothing,       RESET_SENT,  Earlier,   []
          RESET_RECVD, write,     nothing,       RESET_RECVD, Earlier,   []
          RESET_RECVD, finish,    nothing,       RESET_RECVD, Earlier,   []
          RESET_RECVD, reset,     nothing,       RESET_RECVD, Earlier,   []
          RESET_RECVD, stop,      nothing,       RESET_RECVD, Earlier,   []
          RESET_RECVD, max,       nothing,       RESET_RECVD, Earlier,   []
          RESET_RECVD, ackall,    nothing,       RESET_RECVD, Earlier,   []
          RESET_RECVD, loseall,   nothing,       RESET_RECVD, Earlier,   []
          RESET_RECVD, ackreset,  nothing,       RESET_RECVD, Earlier,   []
          RESET_RECVD, losereset, nothing,       RESET_RECVD, Earlier,   []
          RESET_RECVD, end,       nothing,       RESET_RECVD, Earlier,   []
          """)
  void everyInputInEveryState(
      SendState state, String input, String frames, SendState next, String how, String events) {
    bringTo(state);
    apply(input);
    assertEquals(frames, flush());
    assertEquals(next, part.state());
    StreamEnding expected =
        switch (how) {
          case "none" -> null;
          case "Finished" -> new StreamEnding.Finished();
          case "Abandoned" -> new StreamEnding.AbandonedLocally(6);
          case "Earlier" -> new StreamEnding.AbandonedLocally(5);
          case "Stopped" -> new StreamEnding.StoppedByPeer(7);
          default -> new StreamEnding.ConnectionEnded(GONE);
        };
    assertEquals(expected, part.ending());
    assertEquals(events, end.takeEvents().toString());
    assertEquals("nothing", flush());
    assertEquals(next.isTerminal() ? 1 : 0, done);
    if (expected != null) {
      assertEquals(0, end.pool.taken());
      assertEquals(0, part.writable());
    }
  }

  private void apply(String input) {
    switch (input) {
      case "write" -> part.write(new byte[5], 0, 5);
      case "finish" -> part.finish();
      case "reset" -> part.reset(6);
      case "stop" -> part.onStopSending(7);
      case "max" -> part.onMaxStreamData(200);
      case "ack" -> part.onDataAcked(0, 10, false);
      case "ackfin" -> part.onDataAcked(10, 0, true);
      case "ackall" -> {
        part.onDataAcked(10, 0, true);
        part.onDataAcked(0, 10, false);
      }
      case "lose" -> part.onDataLost(0, 10, false);
      case "losefin" -> part.onDataLost(10, 0, true);
      case "loseall" -> {
        part.onDataLost(0, 10, false);
        part.onDataLost(10, 0, true);
      }
      case "ackreset" -> part.onResetAcked();
      case "losereset" -> part.onResetLost();
      default -> part.end(GONE);
    }
  }

  @Test
  @Requirement({
    "RFC9000-2.2#4",
    "RFC9000-4.1#1",
    "RFC9000-4.1#3",
    "RFC9000-4.1#4",
    "RFC9000-19.10#3",
    "RFC9000-19.13#1"
  })
  void sendsUpToTheStreamsLimitAndSaysThatItIsBlocked() {
    part.write(new byte[150], 0, 150);
    assertEquals("0-100 BLOCKED@100", flush());
    part.onMaxStreamData(90);
    assertEquals("nothing", flush());
    part.onMaxStreamData(120);
    assertEquals("100-120 BLOCKED@120", flush());
    part.repeatBlocked();
    assertEquals("BLOCKED@120", flush());
    part.onMaxStreamData(150);
    part.finish();
    assertEquals("120-150+FIN", flush());
    part.repeatBlocked();
    assertEquals("nothing", flush());
  }

  @Test
  @Requirement("RFC9000-4.1#5")
  void repeatsThatItIsBlockedOnlyWhileItIs() {
    part.write(new byte[101], 0, 101);
    flush();
    part.repeatBlocked();
    assertEquals("BLOCKED@100", flush());
    part.onMaxStreamData(1000);
    assertEquals("100-101", flush());
    part.repeatBlocked();
    assertEquals("nothing", flush());
  }

  @Test
  void anAcknowledgementAfterTheLossStopsTheRepetition() {
    part.write(new byte[10], 0, 10);
    part.finish();
    assertEquals("0-10+FIN", flush());
    part.onDataLost(0, 10, true);
    part.onDataAcked(0, 10, true);
    assertEquals("nothing", flush());
    assertEquals(SendState.DATA_RECVD, part.state());
  }

  @Test
  void aFinThatArrivedIsNotRepeatedWhenAnotherCopyOfItIsLost() {
    bringTo(SendState.DATA_SENT);
    part.onDataLost(10, 0, true);
    assertEquals("10-10+FIN", flush());
    part.onDataAcked(10, 0, true);
    part.onDataLost(10, 0, true);
    assertEquals("nothing", flush());
  }

  @Test
  void aWriteCutShortIsFollowedByOneEventWhenAQuarterIsFree() {
    part.onMaxStreamData(1 << 30);
    context.connectionCredit.raise(1 << 30);
    int limit = StreamConfig.DEFAULT.sendBuffer();
    assertEquals(limit, part.write(new byte[limit + 1], 0, limit + 1));
    assertEquals(0, part.write(new byte[1], 0, 1));
    sendBytes(limit / 4 - 1);
    assertEquals("[]", end.takeEvents().toString());
    sendBytes(40);
    sendBytes(50);
    assertEquals("[writable 2]", end.takeEvents().toString());
    assertEquals(limit / 4 + 89, part.writable());
  }

  @Test
  void holdsNoMoreThanTheMaximumInFlight() {
    part.onMaxStreamData(1 << 30);
    context.connectionCredit.raise(1 << 30);
    int limit = StreamConfig.DEFAULT.sendBuffer();
    int maximum = StreamConfig.DEFAULT.maxSendBuffer();
    for (int held = 0; held < maximum; held += limit) {
      assertEquals(limit, part.writable());
      assertEquals(limit, part.write(new byte[limit], 0, limit));
      assertEquals(0, part.write(new byte[1], 0, 1));
      end.takeEvents();
      sendBytes(limit);
    }
    assertEquals("[]", end.takeEvents().toString());
    assertEquals(0, part.writable());
    part.onDataAcked(0, limit / 4 - 1, false);
    assertEquals("[]", end.takeEvents().toString());
    part.onDataAcked(limit / 4 - 1, 1, false);
    part.onDataAcked(limit / 4, 10, false);
    assertEquals("[writable 2]", end.takeEvents().toString());
    assertEquals(limit / 4 + 10, part.writable());
  }

  /** A quarter of what it takes ahead is never free where it holds less than that in all. */
  @Test
  void whoHoldsLittleInAllIsToldOfRoomAsWell() {
    StreamConfig usual = StreamConfig.DEFAULT;
    StreamConfig little =
        new StreamConfig(
            usual.limits(), usual.maxStreamWindow(), usual.maxConnectionWindow(), 4000, 900);
    StreamsEnd narrow = new StreamsEnd(true, little, usual.limits());
    SendStream stream = narrow.streams.openUni();
    assertEquals(900, stream.write(new byte[1000], 0, 1000));
    narrow.acked(narrow.send());
    assertEquals("[writable 2]", narrow.takeEvents().toString());
  }

  @Test
  void whatIsGivenUpIsNotAcknowledged() {
    part.write(new byte[90], 0, 90);
    sendBytes(40);
    sendBytes(40);
    part.onDataAcked(0, 40, false);
    part.reset(5);
    assertEquals(40, part.acknowledged());
    part.end(GONE);
    assertEquals(40, part.acknowledged());
  }

  @Test
  void whatTheEndOfTheConnectionCutsOffIsNotAcknowledged() {
    part.write(new byte[90], 0, 90);
    sendBytes(40);
    sendBytes(40);
    part.onDataAcked(40, 40, false);
    part.end(GONE);
    assertEquals(0, part.acknowledged());
  }

  @Test
  void whatIsPromisedIsAcknowledgedOnceItIs() {
    context.peerResetAt = true;
    part.write(new byte[90], 0, 90);
    sendBytes(40);
    sendBytes(40);
    part.onDataAcked(0, 40, false);
    part.resetAt(5, 60);
    assertEquals(40, part.acknowledged());
    part.resetAt(5, 20);
    assertEquals(40, part.acknowledged());
  }

  /** Lets exactly so many bytes go, in one packet. */
  private void sendBytes(int length) {
    long before = part.sent();
    int header = StreamFrame.headerLength(2, before, length);
    PacketContents contents = new PacketContents();
    contents.begin(new WireWriter(new byte[header + length], 0, header + length));
    part.writeData(contents);
    assertEquals(before + length, part.sent());
  }

  @Test
  void refusesToWriteBehindItsEnd() {
    part.finish();
    assertThrows(IllegalStateException.class, () -> part.write(new byte[1], 0, 1));
    assertEquals(0, part.writable());
  }

  @Test
  void leavesATinyRestOfAPacketAlone() {
    part.write(new byte[100], 0, 100);
    PacketContents contents = new PacketContents();
    contents.begin(new WireWriter(new byte[30], 0, 30));
    assertEquals(false, part.writeData(contents));
    contents.begin(new WireWriter(new byte[2], 0, 2));
    assertEquals(false, part.writeData(contents));
    assertEquals(true, contents.isEmpty());
  }
}
