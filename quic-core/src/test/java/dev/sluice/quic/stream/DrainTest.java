package dev.sluice.quic.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.frame.ResetStreamFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a stream held when the connection ended comes out, then exactly one ending. */
class DrainTest {
  private static final List<ConnectionEnding> ENDINGS =
      List.of(
          new ConnectionEnding.ApplicationClose(Side.PEER, 0x100, "done"),
          new ConnectionEnding.TransportClose(Side.PEER, 1, 0, "bug"),
          new ConnectionEnding.ApplicationClose(Side.LOCAL, 0, ""),
          new ConnectionEnding.IdleTimeout(30_000_000_000L),
          new ConnectionEnding.StatelessReset());

  /** What had arrived of "abcdefgh", and what comes out. */
  private enum Held {
    NOTHING("", false),
    CONTIGUOUS("abcd", false),
    GAPPED("abcd", false),
    ONLY_BEYOND_A_GAP("", false),
    COMPLETE("abcdefgh", true),
    FIN_WITHOUT_DATA("abcd", true),
    FIN_BEYOND_A_GAP("abcd", false);

    final String comesOut;
    final boolean finished;

    Held(String comesOut, boolean finished) {
      this.comesOut = comesOut;
      this.finished = finished;
    }

    void arrive(StreamsEnd end) {
      switch (this) {
        case NOTHING -> data(end, 0, "", false);
        case CONTIGUOUS -> data(end, 0, "abcd", false);
        case GAPPED -> {
          data(end, 0, "abcd", false);
          data(end, 5, "fgh", false);
        }
        case ONLY_BEYOND_A_GAP -> data(end, 1, "bcdefgh", false);
        case COMPLETE -> {
          data(end, 4, "efgh", true);
          data(end, 0, "abcd", false);
        }
        case FIN_WITHOUT_DATA -> {
          data(end, 0, "abcd", false);
          data(end, 4, "", true);
        }
        case FIN_BEYOND_A_GAP -> {
          data(end, 0, "abcd", false);
          data(end, 5, "fgh", true);
        }
      }
    }

    private static void data(StreamsEnd end, int offset, String text, boolean fin) {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      end.receive(new StreamFrame(0, offset, Bytes.of(bytes), fin));
    }
  }

  /** What the reader did before the connection ended. */
  private enum Reader {
    /** The stream had been announced, and nobody looked. */
    ABSENT,
    /** It read before anything had arrived, and waits for an event. */
    BLOCKED,
    /** It read one byte of what is there. */
    HALF_WAY,
    /** It read everything, and waits for an event. */
    CAUGHT_UP
  }

  static Stream<Arguments> matrix() {
    List<Arguments> rows = new ArrayList<>();
    for (Held held : Held.values()) {
      for (Reader reader : Reader.values()) {
        for (ConnectionEnding ending : ENDINGS) {
          rows.add(Arguments.of(held, reader, Named.of(ending.describe(), ending)));
        }
      }
    }
    return rows.stream();
  }

  @ParameterizedTest
  @MethodSource("matrix")
  void everythingHeldThenOneEnding(Held held, Reader reader, ConnectionEnding ending) {
    StreamsEnd end = new StreamsEnd(false, StreamConfig.DEFAULT);
    StringBuilder seen = new StringBuilder();
    if (reader == Reader.BLOCKED) {
      Held.NOTHING.arrive(end);
      assertEquals(RecvStream.NOTHING_NOW, read(end.received.get(0L), seen, 9));
    }
    held.arrive(end);
    RecvStream stream = end.received.get(0L);
    if (reader == Reader.HALF_WAY) {
      read(stream, seen, 1);
    } else if (reader == Reader.CAUGHT_UP) {
      while (read(stream, seen, 3) > 0) {}
    }
    boolean over = stream.ending() != null;
    boolean waits = reader == Reader.CAUGHT_UP || held.comesOut.isEmpty();
    end.takeEvents();
    end.streams.end(ending);
    assertEquals(
        waits && !over ? List.of("readable 0") : List.of(), end.takeEvents(), "wakes a reader");
    if (seen.length() < held.comesOut.length()) {
      assertNull(stream.ending(), "not before the bytes");
    }
    while (read(stream, seen, 3) > 0) {}
    assertEquals(held.comesOut, seen.toString());
    StreamEnding expected =
        held.finished ? new StreamEnding.Finished() : new StreamEnding.ConnectionEnded(ending);
    for (int i = 0; i < 3; i++) {
      assertEquals(RecvStream.ENDED, read(stream, seen, 3));
      assertEquals(expected, stream.ending());
    }
    assertEquals(List.of(), end.takeEvents(), "exactly once");
    assertEquals(0, end.pool.taken());
  }

  @ParameterizedTest
  @MethodSource("endings")
  void aResetThatCameFirstStaysTheEnding(ConnectionEnding ending) {
    StreamsEnd end = new StreamsEnd(false, StreamConfig.DEFAULT);
    Held.GAPPED.arrive(end);
    end.receive(new ResetStreamFrame(0, 77, 8));
    end.streams.end(ending);
    StringBuilder seen = new StringBuilder();
    RecvStream stream = end.received.get(0L);
    while (read(stream, seen, 3) > 0) {}
    assertEquals("abcd", seen.toString());
    assertEquals(new StreamEnding.ResetByPeer(77), stream.ending());
  }

  @ParameterizedTest
  @MethodSource("endings")
  void aReaderThatLetsGoFreesWhatWasHeld(ConnectionEnding ending) {
    StreamsEnd end = new StreamsEnd(false, StreamConfig.DEFAULT);
    Held.COMPLETE.arrive(end);
    end.streams.end(ending);
    RecvStream stream = end.received.get(0L);
    stream.stopSending(5);
    assertEquals(0, end.pool.taken());
    assertEquals(RecvStream.ENDED, read(stream, new StringBuilder(), 3));
    assertEquals(new StreamEnding.AbandonedLocally(5), stream.ending());
  }

  @ParameterizedTest
  @MethodSource("endings")
  void whoeverOwnsTheConnectionCanFreeWhatNobodyReads(ConnectionEnding ending) {
    StreamsEnd end = new StreamsEnd(false, StreamConfig.DEFAULT);
    Held.CONTIGUOUS.arrive(end);
    end.streams.discardUnread();
    RecvStream stream = end.received.get(0L);
    assertEquals(4, stream.available(), "not while the connection lives");
    end.streams.end(ending);
    end.streams.discardUnread();
    assertEquals(0, end.pool.taken());
    assertEquals(RecvStream.ENDED, read(stream, new StringBuilder(), 3));
    assertEquals(new StreamEnding.ConnectionEnded(ending), stream.ending());
  }

  static Stream<Named<ConnectionEnding>> endings() {
    return ENDINGS.stream().map(ending -> Named.of(ending.describe(), ending));
  }

  private static int read(RecvStream stream, StringBuilder seen, int length) {
    byte[] target = new byte[length];
    int n = stream.read(target, 0, length);
    if (n > 0) {
      seen.append(new String(target, 0, n, StandardCharsets.US_ASCII));
    }
    return n;
  }
}
