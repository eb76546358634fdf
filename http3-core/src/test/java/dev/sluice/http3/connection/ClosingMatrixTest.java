package dev.sluice.http3.connection;

import static dev.sluice.http3.connection.RawPeer.bytes;
import static dev.sluice.http3.connection.RawPeer.data;
import static dev.sluice.http3.connection.RawPeer.headers;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.quic.connection.SealedPackets;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.ApplicationClose;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.frame.ConnectionCloseFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.PingFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.testkit.Requirement;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What an HTTP/3 message over a live QUIC connection comes to when the connection ends: a response
 * at a client, a request at a server. One rule for all: the head, every byte of content that
 * arrived in order, that of a DATA frame cut short too, then one ending, once and always.
 */
class ClosingMatrixTest {

  private enum Role {
    RESPONSE_AT_CLIENT,
    REQUEST_AT_SERVER
  }

  /** What arrived of the message before the end: everything, or all but the bytes in the gap. */
  private enum Arrived {
    CONTIGUOUS(false, false),
    GAPPED(true, false),
    CONTIGUOUS_WITH_FIN(false, true),
    GAPPED_WITH_FIN(true, true);

    final boolean gapped;
    final boolean fin;

    Arrived(boolean gapped, boolean fin) {
      this.gapped = gapped;
      this.fin = fin;
    }

    boolean isComplete() {
      return fin && !gapped;
    }
  }

  /** Where the application is when the end comes. */
  private enum Reader {
    /** It has not heard of the message: no handler has it. */
    NOT_ACCEPTED,
    /** It has read that there is nothing, and waits for an event. */
    BLOCKED,
    /** It knows the message, and reads only long after the end. */
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
    /** In the same packet; silence and a reset, which are no frames, with nothing in between. */
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
    for (Role role : Role.values()) {
      for (Arrived arrived : Arrived.values()) {
        for (Reader reader : Reader.values()) {
          for (End end : End.values()) {
            for (When when : When.values()) {
              if (when != When.OVERTAKEN || end.isPeers()) {
                rows.add(Arguments.of(role, arrived, reader, end, when));
              }
            }
          }
        }
      }
    }
    return rows.stream();
  }

  // Three DATA frames with an unknown frame among them; the last is cut when no FIN follows.
  private static final int[] LENGTHS = {40, 9, 60, 50};
  private static final int UNKNOWN = 1;

  /** Within the second DATA frame. */
  private static final int GAP_FROM = 70;

  private static final int GAP_TO = 80;

  private static final byte[] TOKEN = "sixteen of bytes".getBytes(StandardCharsets.US_ASCII);

  private final LivePair pair = new LivePair();
  private final List<String> said = new ArrayList<>();
  private final ByteArrayOutputStream content = new ByteArrayOutputStream();

  private LivePair.Side live;
  private LivePair.Side peer;
  private RequestStream message;
  private boolean reading;
  private boolean ended;

  /** Takes events until there are none; they alone make it read, and only if it wants to. */
  private void takeEvents() {
    live.events.clear();
    live.takeEvents();
    while (!live.events.isEmpty()) {
      List<Http3Event> events = List.copyOf(live.events);
      live.events.clear();
      events.forEach(this::onEvent);
      Pair.take(live.http, live.events);
    }
  }

  private void onEvent(Http3Event event) {
    switch (event) {
      case Http3Event.Request(var stream, var head) -> accept(stream);
      case Http3Event.Response(var stream, var head) -> accept(stream);
      case Http3Event.Readable(var stream) -> {
        if (reading) {
          read();
        }
      }
      case Http3Event.RequestEnded(var stream, var ending) -> {
        assertEquals(ending, stream.ending());
        said.add("message ended");
      }
      case Http3Event.ConnectionEnded over -> said.add("connection ended");
      default -> {}
    }
  }

  private void accept(RequestStream stream) {
    message = stream;
    said.add("head");
  }

  private void read() {
    byte[] target = new byte[17];
    int n;
    do {
      n = message.readData(target, 0, target.length);
      if (n > 0) {
        content.write(target, 0, n);
        assertTrue(content.size() < 1000, "it always ends");
      }
    } while (n > 0);
    ended = n == RequestStream.ENDED;
  }

  @ParameterizedTest
  @MethodSource("matrix")
  @Requirement("RFC9114-5.4#1")
  void everythingThatArrivedThenTheEndingOnce(
      Role role, Arrived arrived, Reader reader, End end, When when) {
    boolean client = role == Role.RESPONSE_AT_CLIENT;
    live = client ? pair.client : pair.server;
    peer = client ? pair.server : pair.client;
    if (client) {
      live.http.openRequest(Pair.get("/"), true);
      pair.run(100);
    }
    byte[] head = client ? headers(":status", "200") : RawPeer.getHeaders();
    reading = reader == Reader.BLOCKED;
    if (reader != Reader.NOT_ACCEPTED) {
      pair.deliver(live, pair.from(peer, List.of(stream(head, 0, head.length, 0, false))));
      takeEvents();
      assertEquals(List.of("head"), said);
      if (reading) {
        read();
      }
    }
    reading &= when != When.BEFORE_FIRST_READ;

    arriveAndEnd(frames(head, arrived), end, when, reader);

    assertEnding(end, live.quic.ending());
    if (reader == Reader.ABSENT) {
      takeEvents();
      pair.waitAlone(live, () -> live.node.endpoint().connections().isEmpty());
    } else {
      reading = true;
    }
    takeEvents();
    if (reader == Reader.ABSENT || when == When.BEFORE_FIRST_READ) {
      read();
      takeEvents();
    }
    assertDelivered(arrived);
  }

  private void assertDelivered(Arrived arrived) {
    assertArrayEquals(expectedContent(arrived), content.toByteArray());
    assertTrue(ended, "an event has told of the end");
    for (int i = 0; i < 3; i++) {
      assertEquals(RequestStream.ENDED, message.readData(new byte[1], 0, 1));
    }
    RequestEnding expected =
        arrived.isComplete()
            ? new RequestEnding.Complete()
            : new RequestEnding.ConnectionLost(live.quic.ending(), true);
    assertEquals(expected, message.ending());
    assertEquals(1, said.stream().filter("head"::equals).count());
    assertEquals(1, said.stream().filter("message ended"::equals).count());
    assertEquals(1, said.stream().filter("connection ended"::equals).count());
    assertEquals("head", said.getFirst());
    assertNull(live.http.nextEvent());
  }

  // The message

  private static byte[] body(boolean cut) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int i = 0; i < LENGTHS.length; i++) {
      int length = LENGTHS[i];
      byte[] frame = data(length);
      frame[0] = (byte) (i == UNKNOWN ? 0x21 : 0x00);
      for (int at = 2; at < frame.length; at++) {
        frame[at] = (byte) (i * 31 + at);
      }
      body.writeBytes(frame);
    }
    if (cut) {
      // Promises sixty bytes of content and has five.
      body.writeBytes(bytes(0x00, 60, 1, 2, 3, 4, 5));
    }
    return body.toByteArray();
  }

  private static byte[] expectedContent(Arrived arrived) {
    byte[] body = body(!arrived.fin);
    int arrivedTo = arrived.gapped ? GAP_FROM : body.length;
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    int at = 0;
    while (at < arrivedTo) {
      int from = at + 2;
      int to = from + body[at + 1];
      if (body[at] == 0x00) {
        int until = Math.min(to, arrivedTo);
        expected.write(body, from, Math.max(0, until - from));
      }
      at = to;
    }
    return expected.toByteArray();
  }

  /** The head again, which does no harm, and the body in pieces, not in order. */
  private static List<Frame> frames(byte[] head, Arrived arrived) {
    byte[] body = body(!arrived.fin);
    int base = head.length;
    List<Frame> frames = new ArrayList<>();
    frames.add(stream(body, GAP_TO, body.length, base, arrived.fin));
    if (!arrived.gapped) {
      frames.add(stream(body, GAP_FROM, GAP_TO, base, false));
    }
    frames.add(stream(body, 30, GAP_FROM, base, false));
    frames.add(stream(head, 0, head.length, 0, false));
    frames.add(stream(body, 0, 45, base, false));
    return frames;
  }

  private static StreamFrame stream(byte[] source, int from, int to, int base, boolean fin) {
    return new StreamFrame(0, base + from, Bytes.of(Arrays.copyOfRange(source, from, to)), fin);
  }

  // The end

  private void arriveAndEnd(List<Frame> frames, End end, When when, Reader reader) {
    giveResetToken(end);
    switch (when) {
      case SAME_DATAGRAM -> {
        if (end == End.IDLE_TIMEOUT || end == End.STATELESS_RESET) {
          pair.deliver(live, pair.from(peer, frames));
          end(end);
        } else {
          ByteArrayOutputStream both = new ByteArrayOutputStream();
          both.writeBytes(SealedPackets.payload(frames));
          both.writeBytes(closing(end));
          pair.deliver(live, pair.from(peer, both.toByteArray()));
        }
      }
      case SAME_BATCH -> {
        byte[] data = pair.from(peer, frames);
        if (end == End.IDLE_TIMEOUT) {
          pair.deliver(live, data, pair.from(peer, List.of(new PingFrame())));
          end(end);
        } else {
          byte[] last = end == End.STATELESS_RESET ? reset() : pair.from(peer, closing(end));
          pair.deliver(live, data, last);
        }
      }
      case LATER_BATCH, BEFORE_FIRST_READ -> {
        pair.deliver(live, pair.from(peer, frames));
        if (reader != Reader.NOT_ACCEPTED) {
          takeEvents();
        }
        end(end);
      }
      case OVERTAKEN -> {
        byte[] data = pair.from(peer, frames);
        pair.deliver(live, pair.from(peer, closing(end)));
        takeEvents();
        assertNull(live.quic.ending());
        pair.deliver(live, data);
      }
    }
  }

  /** A client has a token only for an ID that it issued later, and that the server uses. */
  private void giveResetToken(End end) {
    if (end == End.STATELESS_RESET && live == pair.server) {
      pair.deliver(live, pair.from(peer, List.of(SealedPackets.idWithResetToken(TOKEN))));
    }
  }

  private byte[] reset() {
    return live == pair.server
        ? SealedPackets.statelessReset(TOKEN, pair.sim.random())
        : SealedPackets.statelessReset(peer.quic, pair.sim.random());
  }

  private void end(End end) {
    switch (end) {
      case LOCAL_CLOSE -> live.http.close(Http3Error.H3_NO_ERROR, "enough");
      case IDLE_TIMEOUT -> pair.waitAlone(live, () -> live.quic.ending() != null);
      case STATELESS_RESET -> pair.deliver(live, reset());
      default -> pair.deliver(live, pair.from(peer, closing(end)));
    }
  }

  /** A payload that ends the connection; a broken rule makes this side close. */
  private static byte[] closing(End end) {
    return switch (end) {
      case PEER_APPLICATION_CLOSE ->
          SealedPackets.payload(new ConnectionCloseFrame(true, 0x100, 0, "done"));
      case PEER_TRANSPORT_CLOSE ->
          SealedPackets.payload(new ConnectionCloseFrame(false, 1, 0, "a bug"));
      default -> bytes(0x3f);
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
        } else {
          assertEquals(new ApplicationClose(Side.LOCAL, 0x100, "enough"), ending);
        }
      }
    }
  }
}
