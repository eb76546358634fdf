package dev.sluice.quic.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.frame.ResetStreamAtFrame;
import dev.sluice.quic.frame.ResetStreamFrame;
import dev.sluice.quic.frame.StopSendingFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.testkit.Requirement;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The receiving part of a stream of six bytes against a plain model of it: three events of every
 * kind, one after another, in every state (RFC 9000 §3.2), and long random histories.
 */
class RecvStatesTest {
  private static final ConnectionEnding GONE = new ConnectionEnding.StatelessReset();
  private static final byte[] DATA = "abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final long ID = 3;

  /** What can happen. */
  enum Event {
    BEGINNING,
    MIDDLE,
    LAST,
    LAST_WITH_FIN,
    FIN,
    RESET,
    RESET_AT_1,
    RESET_AT_3,
    READ_ONE,
    READ_ALL,
    STOP,
    SEND,
    STOP_LOST,
    CONNECTION_ENDED
  }

  /** A way into each state, and more than one where there is more than one kind of it. */
  enum Start {
    RECV(RecvState.RECV, Event.BEGINNING),
    RECV_GAP(RecvState.RECV, Event.MIDDLE),
    RECV_STOPPED(RecvState.RECV, Event.BEGINNING, Event.STOP, Event.SEND),
    SIZE_KNOWN(RecvState.SIZE_KNOWN, Event.BEGINNING, Event.FIN),
    SIZE_KNOWN_STOPPED(RecvState.SIZE_KNOWN, Event.BEGINNING, Event.FIN, Event.STOP, Event.SEND),
    PROMISED(RecvState.SIZE_KNOWN, Event.LAST, Event.RESET_AT_3),
    PROMISED_STOPPED(RecvState.SIZE_KNOWN, Event.LAST, Event.RESET_AT_3, Event.STOP),
    DATA_RECVD(RecvState.DATA_RECVD, Event.BEGINNING, Event.MIDDLE, Event.LAST_WITH_FIN),
    DATA_RECVD_BY_RESET(RecvState.DATA_RECVD, Event.BEGINNING, Event.RESET_AT_1),
    DATA_READ(
        RecvState.DATA_READ, Event.BEGINNING, Event.MIDDLE, Event.LAST_WITH_FIN, Event.READ_ALL),
    RESET_RECVD(RecvState.RESET_RECVD, Event.BEGINNING, Event.LAST, Event.RESET),
    RESET_RECVD_EMPTY(RecvState.RESET_RECVD, Event.RESET),
    RESET_READ(RecvState.RESET_READ, Event.BEGINNING, Event.RESET, Event.READ_ALL, Event.READ_ALL);

    private final RecvState state;
    private final List<Event> history;

    Start(RecvState state, Event... history) {
      this.state = state;
      this.history = List.of(history);
    }
  }

  /** A stream and its model. */
  private static final class Pair {
    private final StreamsEnd end = new StreamsEnd(true, StreamConfig.DEFAULT);
    private final RecvPart part;
    private final RecvModel model = new RecvModel(DATA.length);
    private final List<Event> history = new ArrayList<>();
    private StreamsEnd.Packet stop;
    private int read;

    Pair() {
      end.receive(new StreamFrame(ID, 0, Bytes.of(new byte[0]), false));
      part = (RecvPart) end.received.get(ID);
    }

    Pair after(List<Event> events) {
      events.forEach(this::apply);
      return this;
    }

    void apply(Event event) {
      history.add(event);
      switch (event) {
        case BEGINNING -> data(0, 2, false);
        case MIDDLE -> data(1, 5, false);
        case LAST -> data(4, 6, false);
        case LAST_WITH_FIN -> data(4, 6, true);
        case FIN -> data(6, 6, true);
        case RESET -> {
          end.receive(new ResetStreamFrame(ID, 7, DATA.length));
          model.onReset(7, 0);
        }
        case RESET_AT_1 -> resetAt(1);
        case RESET_AT_3 -> resetAt(3);
        case READ_ONE -> read(1);
        case READ_ALL -> read(100);
        case STOP -> {
          part.stopSending(9);
          model.stop(9);
        }
        case SEND -> send();
        case STOP_LOST -> {
          if (stop != null) {
            end.lost(stop);
            model.onStopLost();
            stop = null;
          }
        }
        case CONNECTION_ENDED -> {
          end.streams.end(GONE);
          model.onConnectionEnded(GONE);
        }
      }
      check();
    }

    private void data(int from, int to, boolean fin) {
      end.receive(new StreamFrame(ID, from, Bytes.of(Arrays.copyOfRange(DATA, from, to)), fin));
      model.onData(from, to, fin);
    }

    private void resetAt(int size) {
      end.receive(new ResetStreamAtFrame(ID, 7, DATA.length, size));
      model.onReset(7, size);
    }

    private void read(int most) {
      byte[] target = new byte[100];
      int n = part.read(target, 0, most);
      assertEquals(model.read(most), n, history::toString);
      if (n > 0) {
        assertArrayEquals(Arrays.copyOfRange(DATA, read, read + n), Arrays.copyOf(target, n));
        read += n;
      }
    }

    private void send() {
      StreamsEnd.Packet packet = end.send();
      assertEquals(model.isStopToSend(), packet != null, history::toString);
      if (packet != null) {
        assertEquals(List.of(new StopSendingFrame(ID, 9)), packet.frames());
        stop = packet;
        model.onStopSent();
      }
    }

    private void check() {
      assertEquals(model.state(), part.state(), history::toString);
      assertEquals(model.ending(), part.ending(), history::toString);
      assertEquals(model.available(), part.available(), history::toString);
    }

    /** The rest of it comes, and somebody reads: it ends in one way or another. */
    void settle() {
      List.of(Event.BEGINNING, Event.MIDDLE, Event.LAST_WITH_FIN).forEach(this::apply);
      apply(Event.READ_ALL);
      apply(Event.READ_ALL);
      assertNotNull(part.ending(), history::toString);
      boolean gone = history.contains(Event.CONNECTION_ENDED);
      assertTrue(gone || part.state().isTerminal(), history::toString);
      assertEquals(0, end.pool.taken(), history::toString);
    }
  }

  @ParameterizedTest
  @EnumSource
  @Requirement({
    "RFC9000-3.2#2",
    "RFC9000-3.5#1",
    "RFC9000-3.5#7",
    "RFC9000-13.3#1",
    "RESETAT10-5#1",
    "RESETAT10-5.2#5"
  })
  void threeEventsOfEveryKindInEveryState(Start start) {
    assertEquals(start.state, new Pair().after(start.history).part.state());
    for (Event first : Event.values()) {
      for (Event second : Event.values()) {
        for (Event third : Event.values()) {
          Pair pair = new Pair().after(start.history);
          pair.after(List.of(first, second, third));
          pair.settle();
        }
      }
    }
  }

  @Property(tries = 1000)
  void longHistories(@ForAll @Size(max = 30) List<Event> events) {
    Pair pair = new Pair();
    for (Event event : events) {
      if (event != Event.CONNECTION_ENDED) { // it would end nearly all of them early
        pair.apply(event);
      }
    }
    pair.settle();
  }
}
