package dev.sluice.quic.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.frame.FrameTypes;
import dev.sluice.quic.frame.StreamData;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.testkit.Requirement;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The receiving part of a stream: every input in every state. */
class RecvPartTest {
  private static final String DATA = "abcdefgh";
  private static final ConnectionEnding GONE = new ConnectionEnding.StatelessReset();
  private static final long RESET_STREAM_AT = 0x24;

  private final StreamsEnd end = new StreamsEnd(true, StreamConfig.DEFAULT);
  private int done;
  private final StreamContext context =
      new StreamContext(StreamConfig.DEFAULT, end, end.pool, id -> done++, id -> {});
  private final RecvPart part = new RecvPart(3, 1000, context);

  private void receive(StreamFrame frame) {
    part.onData(new StreamData().set(frame), 0);
  }

  private void data(int from, int to, boolean fin) {
    byte[] bytes = DATA.substring(from, to).getBytes(StandardCharsets.US_ASCII);
    receive(new StreamFrame(3, from, Bytes.of(bytes), fin));
  }

  private void reset(long code, long size) {
    part.onReset(FrameTypes.RESET_STREAM, code, size, 0, 0);
  }

  private String read() {
    byte[] target = new byte[100];
    int n = part.read(target, 0, 100);
    return switch (n) {
      case RecvStream.ENDED -> "ENDED";
      case RecvStream.NOTHING_NOW -> "NOTHING";
      default -> new String(target, 0, n, StandardCharsets.US_ASCII);
    };
  }

  /** Brings the stream of eight bytes into a state, with four of them in order. */
  private void bringTo(RecvState state) {
    data(0, 4, false);
    switch (state) {
      case RECV -> {}
      case SIZE_KNOWN -> data(8, 8, true);
      case DATA_RECVD -> data(4, 8, true);
      case DATA_READ -> {
        data(4, 8, true);
        assertEquals(DATA, read());
      }
      case RESET_RECVD -> reset(7, 8);
      case RESET_READ -> {
        reset(7, 8);
        assertEquals("abcd", read());
        assertEquals("ENDED", read());
      }
    }
    assertEquals(state, part.state());
    end.events.clear();
  }

  @ParameterizedTest
  @Requirement({"RFC9000-3.2#2", "RFC9000-3.5#1", "RFC9000-3.5#7"})
  @CsvSource(
      textBlock =
          """
          # state,     input,  next,        then read gives, ending,   STOP_SENDING due
          RECV,        data,   RECV,        abcdef,          none,     no
          RECV,        rest,   RECV,        abcdefgh,        none,     no
          RECV,        fin,    DATA_RECVD,  abcdefgh,        Finished, no
          RECV,        reset,  RESET_RECVD, abcd,            Reset,    no
          RECV,        read,   RECV,        NOTHING,         none,     no
          RECV,        stop,   RECV,        ENDED,           Abandoned,yes
          RECV,        end,    RECV,        abcd,            Ended,    no
          SIZE_KNOWN,  data,   SIZE_KNOWN,  abcdef,          none,     no
          SIZE_KNOWN,  rest,   DATA_RECVD,  abcdefgh,        Finished, no
          SIZE_KNOWN,  fin,    DATA_RECVD,  abcdefgh,        Finished, no
          SIZE_KNOWN,  reset,  RESET_RECVD, abcd,            Reset,    no
          SIZE_KNOWN,  read,   SIZE_KNOWN,  NOTHING,         none,     no
          SIZE_KNOWN,  stop,   SIZE_KNOWN,  ENDED,           Abandoned,yes
          SIZE_KNOWN,  end,    SIZE_KNOWN,  abcd,            Ended,    no
          DATA_RECVD,  data,   DATA_RECVD,  abcdefgh,        Finished, no
          DATA_RECVD,  rest,   DATA_RECVD,  abcdefgh,        Finished, no
          DATA_RECVD,  fin,    DATA_RECVD,  abcdefgh,        Finished, no
          DATA_RECVD,  reset,  DATA_RECVD,  abcdefgh,        Finished, no
          DATA_RECVD,  read,   DATA_READ,   ENDED,           Finished, no
          DATA_RECVD,  stop,   DATA_READ,   ENDED,           Abandoned,no
          DATA_RECVD,  end,    DATA_RECVD,  abcdefgh,        Finished, no
          DATA_READ,   data,   DATA_READ,   ENDED,           Finished, no
          DATA_READ,   rest,   DATA_READ,   ENDED,           Finished, no
          DATA_READ,   fin,    DATA_READ,   ENDED,           Finished, no
          DATA_READ,   reset,  DATA_READ,   ENDED,           Finished, no
          DATA_READ,   read,   DATA_READ,   ENDED,           Finished, no
          DATA_READ,   stop,   DATA_READ,   ENDED,           Finished, no
          DATA_READ,   end,    DATA_READ,   ENDED,           Finished, no
          RESET_RECVD, data,   RESET_RECVD, abcd,            Reset,    no
          RESET_RECVD, rest,   RESET_RECVD, abcd,            Reset,    no
          RESET_RECVD, fin,    RESET_RECVD, abcd,            Reset,    no
          RESET_RECVD, reset,  RESET_RECVD, abcd,            Reset,    no
          RESET_RECVD, read,   RESET_RECVD, ENDED,           Reset,    no
          RESET_RECVD, stop,   RESET_READ,  ENDED,           Abandoned,no
          RESET_RECVD, end,    RESET_RECVD, abcd,            Reset,    no
          RESET_READ,  data,   RESET_READ,  ENDED,           Reset,    no
          RESET_READ,  rest,   RESET_READ,  ENDED,           Reset,    no
          RESET_READ,  fin,    RESET_READ,  ENDED,           Reset,    no
          RESET_READ,  reset,  RESET_READ,  ENDED,           Reset,    no
          RESET_READ,  read,   RESET_READ,  ENDED,           Reset,    no
          RESET_READ,  stop,   RESET_READ,  ENDED,           Reset,    no
          RESET_READ,  end,    RESET_READ,  ENDED,           Reset,    no
          """)
  void everyInputInEveryState(
      RecvState state, String input, RecvState next, String gives, String how, String stopDue) {
    bringTo(state);
    switch (input) {
      case "data" -> data(4, 6, false);
      case "rest" -> data(4, 8, false);
      case "fin" -> data(4, 8, true);
      case "reset" -> reset(7, 8);
      case "read" -> read();
      case "stop" -> part.stopSending(9);
      default -> part.end(GONE);
    }
    assertEquals(next, part.state());
    assertEquals(stopDue, part.hasControl() ? "yes" : "no");
    assertEquals(gives, read());
    StreamEnding expected =
        switch (how) {
          case "none" -> null;
          case "Finished" -> new StreamEnding.Finished();
          case "Reset" -> new StreamEnding.ResetByPeer(7);
          case "Abandoned" -> new StreamEnding.AbandonedLocally(9);
          default -> new StreamEnding.ConnectionEnded(GONE);
        };
    assertEquals(expected, part.ending());
    assertEquals(expected == null ? "NOTHING" : "ENDED", read());
    assertEquals(expected == null ? "NOTHING" : "ENDED", read());
  }

  @ParameterizedTest
  @EnumSource(RecvState.class)
  @Requirement({"RFC9000-4.5#3", "RFC9000-4.5#4"})
  void aFinalSizeNeverChanges(RecvState state) {
    bringTo(state);
    if (state == RecvState.RECV) {
      assertFails(TransportError.FINAL_SIZE_ERROR, () -> data(2, 3, true));
      assertFails(TransportError.FINAL_SIZE_ERROR, () -> reset(7, 3));
    } else {
      assertFails(TransportError.FINAL_SIZE_ERROR, () -> data(4, 7, true));
      assertFails(TransportError.FINAL_SIZE_ERROR, () -> reset(7, 7));
      assertFails(TransportError.FINAL_SIZE_ERROR, () -> reset(7, 9));
      StreamFrame beyond = new StreamFrame(3, 8, Bytes.of(new byte[1]), false);
      assertFails(TransportError.FINAL_SIZE_ERROR, () -> receive(beyond));
    }
  }

  @Test
  @Requirement({"RFC9000-4.1#2", "RFC9000-19.10#4", "RFC9000-19.8#2"})
  void dataAndFinalSizesStayWithinTheStreamsLimit() {
    receive(new StreamFrame(3, 999, Bytes.of(new byte[1]), false));
    StreamFrame beyond = new StreamFrame(3, 1000, Bytes.of(new byte[1]), false);
    assertFails(TransportError.FLOW_CONTROL_ERROR, () -> receive(beyond));
    assertFails(TransportError.FLOW_CONTROL_ERROR, () -> reset(1, 1001));
    StreamFrame last = new StreamFrame(3, (1L << 62) - 2, Bytes.of(new byte[1]), false);
    assertFails(TransportError.FLOW_CONTROL_ERROR, () -> receive(last));
  }

  @Test
  void announcesOncePerSilence() {
    data(0, 1, false);
    data(1, 2, false);
    assertEquals("[readable 3]", end.takeEvents().toString());
    assertEquals("ab", read());
    data(2, 3, false);
    assertEquals("[]", end.takeEvents().toString());
    assertEquals("c", read());
    assertEquals("NOTHING", read());
    data(4, 5, false);
    assertEquals("[]", end.takeEvents().toString(), "beyond a gap");
    data(3, 4, false);
    assertEquals("[readable 3]", end.takeEvents().toString());
    assertEquals("de", read());
    assertEquals("NOTHING", read());
    data(5, 5, true);
    assertEquals("[readable 3]", end.takeEvents().toString(), "the end alone");
    assertEquals(new StreamEnding.Finished(), part.ending());
    part.end(GONE);
    assertEquals("[]", end.takeEvents().toString());
  }

  @Test
  void theEndOfTheConnectionWakesAReaderOnce() {
    part.end(GONE);
    assertEquals("[readable 3]", end.takeEvents().toString());
    assertEquals("ENDED", read());
    assertEquals(0, done);
  }

  @Test
  void closesOnceAndGivesAllCreditBack() {
    for (RecvState state : RecvState.values()) {
      RecvPartTest test = new RecvPartTest();
      test.bringTo(state);
      test.part.stopSending(9);
      if (!test.part.state().isTerminal()) {
        assertEquals(0, test.done);
        test.data(4, 6, false);
        test.reset(7, 8);
      }
      assertEquals(1, test.done, state.name());
      assertEquals(0, test.end.pool.taken(), state.name());
      assertEquals(8, test.context.received);
      assertEquals(
          8 + StreamConfig.DEFAULT.limits().maxData(), updatedLimit(test.context), state.name());
    }
  }

  /** Whoever counts the bytes of several streams, as WebTransport does, waits for it. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theFinalSizeIsToldAlsoWhenNobodyReads(boolean byReset) {
    data(0, 4, false);
    assertEquals("[readable 3]", end.takeEvents().toString());
    part.stopSending(9);
    data(4, 6, false);
    assertEquals("[]", end.takeEvents().toString());
    assertEquals(-1, part.finalSize());
    if (byReset) {
      reset(7, 8);
    } else {
      data(6, 8, true);
    }
    assertEquals("[readable 3]", end.takeEvents().toString());
    assertEquals(8, part.finalSize());
    assertEquals("ENDED", read());
  }

  @Test
  void readingAfterAResetGivesEachByteOfCreditBackOnce() {
    data(0, 4, false);
    read();
    data(4, 6, false);
    reset(7, 8);
    long base = StreamConfig.DEFAULT.limits().maxData();
    assertEquals(4 + 2 + base, updatedLimit(context));
    assertEquals("ef", read());
    assertEquals(8 + base, updatedLimit(context));
    assertEquals("ENDED", read());
    assertEquals(8 + base, updatedLimit(context));
  }

  /** What MAX_DATA would say if it were sent now. */
  private static long updatedLimit(StreamContext context) {
    return context.connectionWindow.nextLimit();
  }

  @Test
  @Requirement({"RESETAT10-5#1", "RESETAT10-5.2#6"})
  void aResetWithAReliableSizeDeliversUpToIt() {
    data(0, 2, false);
    part.onReset(RESET_STREAM_AT, 7, 8, 6, 0);
    assertEquals(RecvState.SIZE_KNOWN, part.state());
    part.onReset(RESET_STREAM_AT, 7, 8, 7, 0);
    assertEquals("ab", read());
    assertEquals("NOTHING", read());
    assertNull(part.ending());
    data(3, 6, false);
    assertEquals("NOTHING", read());
    data(2, 3, false);
    assertEquals(RecvState.DATA_RECVD, part.state());
    assertEquals("cdef", read());
    assertEquals(new StreamEnding.ResetByPeer(7), part.ending());
    assertEquals(RecvState.DATA_READ, part.state());
    assertEquals(8 + StreamConfig.DEFAULT.limits().maxData(), updatedLimit(context));
  }

  @Test
  @Requirement({"RESETAT10-5.2#5", "RESETAT10-5.2#8"})
  void aSecondResetOnlyShortens() {
    data(0, 2, false);
    part.onReset(RESET_STREAM_AT, 7, 8, 6, 0);
    assertFails(TransportError.STREAM_STATE_ERROR, () -> part.onReset(RESET_STREAM_AT, 8, 8, 6, 0));
    assertFails(TransportError.FINAL_SIZE_ERROR, () -> part.onReset(RESET_STREAM_AT, 7, 9, 6, 0));
    reset(7, 8);
    assertEquals(RecvState.RESET_RECVD, part.state());
    assertEquals("ab", read());
    assertEquals("ENDED", read());
    assertEquals(RecvState.RESET_READ, part.state());
    assertEquals(8 + StreamConfig.DEFAULT.limits().maxData(), updatedLimit(context));
  }

  @Test
  void lostFramesAreSentAgainOnlyWhileTheyMatter() {
    data(0, 4, false);
    part.onMaxStreamDataLost();
    assertEquals(true, part.hasControl());
    data(8, 8, true);
    assertEquals(false, part.hasControl());
    part.onMaxStreamDataLost();
    part.onStopSendingLost();
    assertEquals(false, part.hasControl());
    part.stopSending(1);
    assertEquals(true, part.hasControl());
    data(4, 8, false);
    assertEquals(false, part.hasControl());
    part.onStopSendingLost();
    assertEquals(false, part.hasControl());
  }

  private static void assertFails(TransportError error, Runnable action) {
    TransportException thrown = assertThrows(TransportException.class, action::run);
    assertEquals(error.code(), thrown.code(), thrown.getMessage());
  }
}
