package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.ApplicationClose;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.endpoint.Endpoint;
import dev.sluice.quic.frame.ConnectionCloseFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.PingFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.testkit.Requirement;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a connection holds when it ends, at a live client whose server sends packets made by hand.
 * One rule for all: every contiguous byte, then the end of the stream if the FIN is known and all
 * bytes came, else the connection's ending. Once, and always.
 */
class EndingsMatrixTest {
  /** Streams of both types that the server opened. */
  private static final long[] STREAMS = {1, 3};

  private static final int SIZE = 900;

  /** What arrived of each stream before the end. */
  private enum Arrived {
    CONTIGUOUS(SIZE, false),
    GAPPED(300, false),
    CONTIGUOUS_WITH_FIN(SIZE, true),
    GAPPED_WITH_FIN(300, false);

    final int comesOut;
    final boolean finished;

    Arrived(int comesOut, boolean finished) {
      this.comesOut = comesOut;
      this.finished = finished;
    }

    /** Several frames a stream, not in order. */
    List<Frame> frames() {
      List<Frame> frames = new ArrayList<>();
      for (long id : STREAMS) {
        boolean fin = this == CONTIGUOUS_WITH_FIN || this == GAPPED_WITH_FIN;
        frames.add(data(id, 500, SIZE, fin));
        frames.add(data(id, 0, 100, false));
        frames.add(data(id, 100, 300, false));
        if (comesOut == SIZE) {
          frames.add(data(id, 300, 500, false));
        }
      }
      return frames;
    }
  }

  /** Where the application is when the end comes. */
  private enum Reader {
    /** It has not taken the event that announces the stream. */
    NOT_ACCEPTED,
    /** It has read that there is nothing, and waits for an event. */
    BLOCKED,
    /** It knows the stream, and reads only long after the end. */
    ABSENT
  }

  private enum End {
    PEER_APPLICATION_CLOSE,
    PEER_TRANSPORT_CLOSE,
    LOCAL_CLOSE,
    IDLE_TIMEOUT,
    STATELESS_RESET;

    boolean isPeers() {
      return this == PEER_APPLICATION_CLOSE || this == PEER_TRANSPORT_CLOSE;
    }
  }

  /** How far the end is from the data. */
  private enum When {
    /**
     * What ends the connection stands behind the data in the same packet; silence and a reset,
     * which are no frames, come with nothing in between.
     */
    SAME_DATAGRAM,
    SAME_BATCH,
    /** The application has taken the events, and read when told so, before the end comes. */
    LATER_BATCH,
    /** The application has taken the events and read nothing. */
    BEFORE_FIRST_READ,
    /** The network brings the peer's close first, and then what was sent before it. */
    OVERTAKEN
  }

  static Stream<Arguments> matrix() {
    List<Arguments> rows = new ArrayList<>();
    for (Arrived arrived : Arrived.values()) {
      for (Reader reader : Reader.values()) {
        for (End end : End.values()) {
          for (When when : When.values()) {
            if (when != When.OVERTAKEN || end.isPeers()) {
              rows.add(Arguments.of(arrived, reader, end, when));
            }
          }
        }
      }
    }
    return rows.stream();
  }

  private static StreamFrame data(long id, int from, int to, boolean fin) {
    byte[] bytes = Arrays.copyOfRange(content(id), from, to);
    return new StreamFrame(id, from, Bytes.of(bytes), fin);
  }

  private static byte[] content(long id) {
    byte[] content = new byte[SIZE];
    for (int i = 0; i < SIZE; i++) {
      content[i] = (byte) (i * 7 + i / 256 + id);
    }
    return content;
  }

  /** What an application saw of one stream. */
  private static final class Seen {
    final RecvStream stream;
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    boolean ended;

    Seen(RecvStream stream) {
      this.stream = stream;
    }

    void read() {
      byte[] target = new byte[170];
      for (int n = 1; n > 0 && !ended; ) {
        n = stream.read(target, 0, target.length);
        if (n > 0) {
          bytes.write(target, 0, n);
          assertTrue(bytes.size() <= SIZE, "it always ends");
        }
        ended = n == RecvStream.ENDED;
      }
    }
  }

  private final Duo duo = new Duo(TransportConfig.DEFAULTS, TransportConfig.DEFAULTS);
  private final Endpoint endpoint = duo.clientNode.endpoint();
  private final Connection client = duo.client;
  private final Map<Long, Seen> accepted = new LinkedHashMap<>();
  private final List<ConnectionEnding> ends = new ArrayList<>();

  /** Reads are driven by events alone. */
  private boolean reading;

  private void takeEvents() {
    for (QuicEvent e = client.nextEvent(); e != null; e = client.nextEvent()) {
      assertEquals(List.of(), ends, "the end is the last event");
      switch (e) {
        case QuicEvent.PeerOpened(RecvStream recv, var send) ->
            assertNull(accepted.put(recv.id(), new Seen(recv)));
        case QuicEvent.Readable(RecvStream recv) -> {
          if (reading) {
            accepted.get(recv.id()).read();
          }
        }
        case QuicEvent.Ended(ConnectionEnding ending) -> ends.add(ending);
        default -> {}
      }
    }
  }

  @ParameterizedTest
  @MethodSource("matrix")
  @Requirement("RFC9000-10.2#1")
  void everyByteThenTheEndOnce(Arrived arrived, Reader reader, End end, When when) {
    takeEvents();
    duo.leaveNoGap(client);
    reading = reader == Reader.BLOCKED;
    if (reader != Reader.NOT_ACCEPTED) {
      duo.toClient(packet(List.of(data(1, 0, 0, false), data(3, 0, 0, false))));
      takeEvents();
      if (reading) {
        accepted.values().forEach(Seen::read);
      }
    }
    reading &= when != When.BEFORE_FIRST_READ;
    arriveAndEnd(arrived.frames(), end, when, reader != Reader.NOT_ACCEPTED);
    assertEnding(end, client.ending());
    if (reader == Reader.ABSENT) {
      takeEvents();
      waitUntilForgotten();
    } else {
      reading = true;
    }
    takeEvents();
    for (Seen seen : accepted.values()) {
      if (reader == Reader.ABSENT || when == When.BEFORE_FIRST_READ) {
        seen.read();
      }
      assertDelivered(arrived, seen);
    }
    assertEquals(STREAMS.length, accepted.size());
    assertEquals(List.of(client.ending()), ends);
    assertNull(client.nextEvent());
    assertNull(client.unread());
  }

  private void assertDelivered(Arrived arrived, Seen seen) {
    byte[] expected = Arrays.copyOf(content(seen.stream.id()), arrived.comesOut);
    assertEquals(Bytes.of(expected), Bytes.of(seen.bytes.toByteArray()));
    assertTrue(seen.ended, "an event has told of the end");
    StreamEnding how =
        arrived.finished
            ? new StreamEnding.Finished()
            : new StreamEnding.ConnectionEnded(client.ending());
    for (int i = 0; i < 3; i++) {
      assertEquals(how, seen.stream.ending());
      assertEquals(RecvStream.ENDED, seen.stream.read(new byte[1], 0, 1));
    }
  }

  private void arriveAndEnd(List<Frame> frames, End end, When when, boolean accepting) {
    switch (when) {
      case SAME_DATAGRAM -> {
        if (end == End.IDLE_TIMEOUT || end == End.STATELESS_RESET) {
          duo.toClient(packet(frames));
          end(end);
        } else {
          duo.toClient(duo.fromServer(join(SealedPackets.payload(frames), closing(end))));
        }
      }
      case SAME_BATCH -> {
        byte[] data = packet(frames);
        if (end == End.IDLE_TIMEOUT) {
          duo.toClient(data, packet(List.of(new PingFrame())));
          end(end);
        } else {
          byte[] last =
              end == End.STATELESS_RESET
                  ? SealedPackets.statelessReset(duo.server, duo.sim.random())
                  : duo.fromServer(closing(end));
          duo.toClient(data, last);
        }
      }
      case LATER_BATCH, BEFORE_FIRST_READ -> {
        duo.toClient(packet(frames));
        if (accepting) {
          takeEvents();
        }
        end(end);
      }
      case OVERTAKEN -> {
        byte[] data = packet(frames);
        duo.toClient(duo.fromServer(closing(end)));
        takeEvents();
        assertNull(client.ending());
        duo.toClient(data);
      }
    }
  }

  /** Ends the connection by something that is no frame, or in a datagram of its own. */
  private void end(End end) {
    switch (end) {
      case LOCAL_CLOSE -> client.close(77, "enough");
      case IDLE_TIMEOUT -> waitUntil(() -> client.ending() != null);
      case STATELESS_RESET ->
          duo.toClient(SealedPackets.statelessReset(duo.server, duo.sim.random()));
      default -> duo.toClient(duo.fromServer(closing(end)));
    }
  }

  /** A payload that ends the connection; a broken rule makes this side close. */
  private static byte[] closing(End end) {
    return switch (end) {
      case PEER_APPLICATION_CLOSE ->
          SealedPackets.payload(List.of(new ConnectionCloseFrame(true, 0x100, 0, "done")));
      case PEER_TRANSPORT_CLOSE ->
          SealedPackets.payload(List.of(new ConnectionCloseFrame(false, 1, 0, "a bug")));
      default -> new byte[] {0x3f};
    };
  }

  private static void assertEnding(End end, ConnectionEnding ending) {
    switch (end) {
      case PEER_APPLICATION_CLOSE ->
          assertEquals(new ApplicationClose(Side.PEER, 0x100, "done"), ending);
      case PEER_TRANSPORT_CLOSE ->
          assertEquals(new TransportClose(Side.PEER, 1, 0, "a bug"), ending);
      case IDLE_TIMEOUT -> assertInstanceOf(ConnectionEnding.IdleTimeout.class, ending);
      case STATELESS_RESET -> assertEquals(new ConnectionEnding.StatelessReset(), ending);
      case LOCAL_CLOSE -> {
        if (ending instanceof TransportClose close) {
          assertEquals(Side.LOCAL, close.by());
          assertEquals(TransportError.FRAME_ENCODING_ERROR.code(), close.code());
        } else {
          assertEquals(new ApplicationClose(Side.LOCAL, 77, "enough"), ending);
        }
      }
    }
  }

  private byte[] packet(List<Frame> frames) {
    return duo.fromServer(SealedPackets.payload(frames));
  }

  private static byte[] join(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  /** Nothing of the network is left to the connection: only its owner knows it. */
  private void waitUntilForgotten() {
    waitUntil(() -> endpoint.isQuiet());
    assertTrue(client.isEnded());
  }

  /** Time passes from deadline to deadline, and what is sent gets lost. */
  private void waitUntil(BooleanSupplier reached) {
    DatagramBatch out = new DatagramBatch(16, 2048);
    long now = duo.sim.now();
    for (int steps = 0; !reached.getAsBoolean(); steps++) {
      assertTrue(steps < 1000, "it never comes");
      now = Math.max(now, endpoint.nextDeadline());
      endpoint.onDeadline(now);
      endpoint.touch(client);
      while (endpoint.nextTouched() != null) {}
      do {
        out.clear();
      } while (endpoint.send(now, out));
    }
  }
}
