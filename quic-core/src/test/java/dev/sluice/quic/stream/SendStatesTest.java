package dev.sluice.quic.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.frame.StopSendingFrame;
import dev.sluice.testkit.Requirement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The sending part of a stream against a plain model of it: three events of every kind, one after
 * another, in every state (RFC 9000 §3.1), and long random histories.
 */
class SendStatesTest {
  private static final ConnectionEnding GONE = new ConnectionEnding.StatelessReset();

  /** What can happen. */
  enum Event {
    WRITE,
    FINISH,
    RESET,
    RESET_AT_1,
    RESET_AT_3,
    STOPPED,
    SEND,
    OLDEST_ACKED,
    NEWEST_ACKED,
    OLDEST_LOST,
    NEWEST_LOST,
    LOST_ACKED,
    CONNECTION_ENDED
  }

  /** A way into each state, and more than one where there is more than one kind of it. */
  enum Start {
    READY(SendState.READY),
    READY_WRITTEN(SendState.READY, Event.WRITE),
    READY_FINISHED(SendState.READY, Event.WRITE, Event.FINISH),
    SEND(SendState.SEND, Event.WRITE, Event.SEND),
    SEND_ACKED(SendState.SEND, Event.WRITE, Event.SEND, Event.OLDEST_ACKED),
    SEND_LOST(SendState.SEND, Event.WRITE, Event.SEND, Event.OLDEST_LOST, Event.WRITE),
    DATA_SENT(SendState.DATA_SENT, Event.WRITE, Event.SEND, Event.FINISH, Event.SEND),
    DATA_SENT_FIN_ACKED(
        SendState.DATA_SENT, Event.WRITE, Event.SEND, Event.FINISH, Event.SEND, Event.NEWEST_ACKED),
    DATA_SENT_TWICE(
        SendState.DATA_SENT,
        Event.WRITE,
        Event.SEND,
        Event.FINISH,
        Event.SEND,
        Event.NEWEST_LOST,
        Event.SEND,
        Event.LOST_ACKED),
    PROMISED(SendState.SEND, Event.WRITE, Event.SEND, Event.WRITE, Event.RESET_AT_3),
    PROMISE_SENT(
        SendState.DATA_SENT, Event.WRITE, Event.SEND, Event.WRITE, Event.RESET_AT_3, Event.SEND),
    PROMISE_ACKED(
        SendState.DATA_SENT,
        Event.WRITE,
        Event.SEND,
        Event.RESET_AT_3,
        Event.SEND,
        Event.NEWEST_ACKED),
    DATA_RECVD(SendState.DATA_RECVD, Event.WRITE, Event.FINISH, Event.SEND, Event.OLDEST_ACKED),
    RESET_DUE(SendState.RESET_SENT, Event.WRITE, Event.SEND, Event.RESET),
    RESET_SENT(SendState.RESET_SENT, Event.WRITE, Event.SEND, Event.RESET, Event.SEND),
    STOPPED(SendState.RESET_SENT, Event.WRITE, Event.SEND, Event.STOPPED, Event.SEND),
    RESET_RECVD(SendState.RESET_RECVD, Event.RESET, Event.SEND, Event.NEWEST_ACKED);

    private final SendState state;
    private final List<Event> history;

    Start(SendState state, Event... history) {
      this.state = state;
      this.history = List.of(history);
    }
  }

  /** A stream, its model, and the packets between. */
  private static final class Pair {
    private final StreamsEnd end =
        new StreamsEnd(true, StreamConfig.DEFAULT, StreamConfig.DEFAULT.limits());
    private final SendPart part = (SendPart) end.streams.openUni();
    private final SendModel model = new SendModel();
    private final Deque<StreamsEnd.Packet> inFlight = new ArrayDeque<>();
    private final Deque<StreamsEnd.Packet> lost = new ArrayDeque<>();
    private final List<Event> history = new ArrayList<>();

    Pair after(List<Event> events) {
      events.forEach(this::apply);
      return this;
    }

    void apply(Event event) {
      history.add(event);
      switch (event) {
        case WRITE -> write();
        case FINISH -> {
          part.finish();
          model.finish();
        }
        case RESET -> {
          part.reset(6);
          model.reset(6, new StreamEnding.AbandonedLocally(6));
        }
        case RESET_AT_1 -> resetAt(1);
        case RESET_AT_3 -> resetAt(3);
        case STOPPED -> {
          end.receive(new StopSendingFrame(part.id(), 7));
          model.reset(7, new StreamEnding.StoppedByPeer(7));
        }
        case SEND -> send();
        case OLDEST_ACKED -> acked(inFlight.pollFirst());
        case NEWEST_ACKED -> acked(inFlight.pollLast());
        case OLDEST_LOST -> lost(inFlight.pollFirst());
        case NEWEST_LOST -> lost(inFlight.pollLast());
        case LOST_ACKED -> acked(lost.pollLast());
        case CONNECTION_ENDED -> {
          end.streams.end(GONE);
          model.onConnectionEnded(GONE);
        }
      }
      check();
    }

    private void write() {
      byte[] bytes = new byte[2];
      bytes[0] = SendModel.pattern(model.written());
      bytes[1] = SendModel.pattern(model.written() + 1);
      if (model.isFinished() && model.ending() == null) {
        assertThrows(IllegalStateException.class, () -> part.write(bytes, 0, 2));
      } else {
        assertEquals(model.ending() == null ? 2 : 0, part.write(bytes, 0, 2));
        model.write(2);
      }
    }

    private void resetAt(int most) {
      int size = Math.min(most, model.written());
      part.resetAt(8, size);
      model.resetAt(8, size, new StreamEnding.AbandonedLocally(8));
    }

    private void send() {
      for (StreamsEnd.Packet packet = end.send(); packet != null; packet = end.send()) {
        packet.frames().forEach(model::onSent);
        inFlight.addLast(packet);
      }
      model.onNothingLeft();
    }

    private void acked(StreamsEnd.Packet packet) {
      if (packet != null) {
        end.acked(packet);
        packet.frames().forEach(model::onArrived);
      }
    }

    private void lost(StreamsEnd.Packet packet) {
      if (packet != null) {
        end.lost(packet);
        packet.frames().forEach(model::onLost);
        lost.addLast(packet);
      }
    }

    private void check() {
      assertEquals(model.state(), part.state(), history::toString);
      assertEquals(model.ending(), part.ending(), history::toString);
      long completed = end.events.stream().filter("completed 2"::equals).count();
      assertEquals(model.isOver() ? 1 : 0, completed, history::toString);
    }

    /** A good network from here on: what has an end comes to it, and nothing is kept. */
    void settle() {
      for (int turn = 0; turn < 10; turn++) {
        apply(Event.SEND);
        while (!inFlight.isEmpty()) {
          apply(Event.NEWEST_ACKED);
        }
      }
      boolean hasEnd = model.isFinished() || model.ending() != null;
      assertTrue(!hasEnd || part.state().isTerminal() || history.contains(Event.CONNECTION_ENDED));
      assertEquals(0, end.pool.taken(), history::toString);
    }
  }

  @ParameterizedTest
  @EnumSource
  @Requirement({
    "RFC9000-3.1#1",
    "RFC9000-3.3#1",
    "RFC9000-3.3#2",
    "RFC9000-3.5#2",
    "RFC9000-3.5#4",
    "RFC9000-3.5#5",
    "RFC9000-4.5#2",
    "RFC9000-11.2#1",
    "RFC9000-13.3#1",
    "RESETAT10-5#1",
    "RESETAT10-5#3",
    "RESETAT10-5.2#2"
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
