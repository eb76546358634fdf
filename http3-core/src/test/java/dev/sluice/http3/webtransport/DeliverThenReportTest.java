package dev.sluice.http3.webtransport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.capsule.Capsule;
import dev.sluice.http3.capsule.CapsuleType;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.webtransport.WtPair.Joined;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.stream.BidiStream;
import dev.sluice.quic.stream.SendStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever arrived before the end comes out, then the end if it is known, else one ending. */
class DeliverThenReportTest {

  /** How a session comes to its end at the client. */
  private enum End {
    CLOSE_CAPSULE,
    FIN,
    CONNECT_STREAM_RESET,
    LOCAL_CLOSE,
    PEER_APPLICATION_CLOSE,
    PEER_TRANSPORT_CLOSE,
    LOCAL_CONNECTION_CLOSE,
    IDLE_TIMEOUT,
    STATELESS_RESET
  }

  /** What the reader has done when the end comes. */
  private enum Reader {
    NOT_TOLD_OF_THE_STREAM,
    HAS_NOT_READ,
    HAS_READ_SOME,
    WAITS_FOR_MORE
  }

  /** What has arrived of the stream. */
  private enum Arrived {
    DATA,
    DATA_AND_FIN,
    HEADER_ONLY,
    DATA_AND_RESET
  }

  static Stream<Arguments> matrix() {
    List<Arguments> all = new ArrayList<>();
    for (End end : End.values()) {
      for (Reader reader : Reader.values()) {
        for (Arrived arrived : Arrived.values()) {
          all.add(Arguments.of(end, reader, arrived));
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest(name = "{0}, {1}, {2}")
  @MethodSource("matrix")
  void everyCombination(End end, Reader reader, Arrived arrived) {
    WtPair pair = new WtPair();
    Joined session = pair.join();
    SessionStream sent = session.server().openUni();
    String expected = "";
    if (arrived != Arrived.HEADER_ONLY) {
      WtPair.write(sent, "all of it");
      expected = "all of it";
    }
    if (arrived == Arrived.DATA_AND_FIN) {
      sent.sending().finish();
    }
    session.server().sendDatagram(new byte[] {7}, 0, 1);
    pair.link.deliverAll();
    if (arrived == Arrived.DATA_AND_RESET) {
      sent.sending().reset(5);
      pair.link.deliverAll();
    }
    SessionStream stream = null;
    if (reader != Reader.NOT_TOLD_OF_THE_STREAM) {
      pair.client.process();
      stream = pair.atClient();
    }
    if (reader == Reader.HAS_READ_SOME) {
      expected = readUpTo(stream, 3, expected);
    } else if (reader == Reader.WAITS_FOR_MORE) {
      assertEquals(expected, WtPair.read(stream));
      expected = "";
    }
    end(end, pair, session);
    if (stream == null) {
      stream = pair.atClient();
    }
    assertEquals(expected, WtPair.read(stream));
    assertEquals("", WtPair.read(stream));
    checkEnding(stream, session.client(), arrived);
    assertArrayEquals(new byte[] {7}, session.client().nextDatagram(pair.now));
    assertNull(session.client().nextDatagram(pair.now));
    assertEquals(1, pair.client.all(WebTransportEvent.Ended.class).size());
    checkOrder(pair, stream);
  }

  private static String readUpTo(SessionStream stream, int length, String expected) {
    byte[] some = new byte[length];
    int read = Math.max(0, stream.receiving().read(some, 0, length));
    return expected.substring(read);
  }

  private static void end(End end, WtPair pair, Joined session) {
    switch (end) {
      case CLOSE_CAPSULE -> session.server().close(42, "bye");
      case FIN -> pair.server.http.request(session.server().id()).finish();
      case CONNECT_STREAM_RESET ->
          pair.server.http.request(session.server().id()).reset(Http3Error.H3_INTERNAL_ERROR);
      case LOCAL_CLOSE -> {
        // What has arrived is what this side was told of.
        pair.client.process();
        session.client().close(1, "enough");
      }
      case PEER_APPLICATION_CLOSE -> pair.server.http.close(Http3Error.H3_NO_ERROR, "");
      case PEER_TRANSPORT_CLOSE ->
          pair.client.quic.end(
              new ConnectionEnding.TransportClose(ConnectionEnding.Side.PEER, 1, 0, ""));
      case LOCAL_CONNECTION_CLOSE -> pair.client.http.close(Http3Error.H3_NO_ERROR, "");
      case IDLE_TIMEOUT -> pair.client.quic.end(new ConnectionEnding.IdleTimeout(1));
      case STATELESS_RESET -> pair.client.quic.end(new ConnectionEnding.StatelessReset());
    }
    if (end == End.CLOSE_CAPSULE || end == End.CONNECT_STREAM_RESET || end == End.FIN) {
      // Only the CONNECT stream, so that the data stream's own reset is not what ends it.
      pair.link.deliver(pair.server.quic, session.server().id(), 1000);
      pair.client.process();
    } else {
      pair.run();
    }
  }

  private static void checkEnding(
      SessionStream stream, WebTransportSession session, Arrived arrived) {
    SessionStreamEnding expected =
        switch (arrived) {
          case DATA_AND_FIN -> new SessionStreamEnding.Finished();
          case DATA_AND_RESET -> new SessionStreamEnding.Reset(5);
          case DATA, HEADER_ONLY -> new SessionStreamEnding.SessionEnded(session.ending());
        };
    assertEquals(expected, stream.receiving().ending());
  }

  /** Opened, perhaps Readable, and Ended behind everything else. */
  private static void checkOrder(WtPair pair, SessionStream stream) {
    List<WebTransportEvent> events = pair.client.events;
    int opened = events.indexOf(new WebTransportEvent.Opened(stream));
    int ended = events.indexOf(pair.client.only(WebTransportEvent.Ended.class));
    assertTrue(opened >= 0 && opened < ended);
    assertEquals(events.size() - 1, ended);
  }

  @Test
  void aStreamThatThePeerCutsBeforeItsCloseIsSeenWaitsForTheClose() {
    WtPair pair = new WtPair();
    Joined session = pair.join();
    SessionStream sent = session.server().openBidi();
    WtPair.write(sent, "data");
    pair.run();
    SessionStream stream = pair.atClient();
    assertEquals("data", WtPair.read(stream));
    session.server().close(42, "bye");
    // The reset of the stream overtakes the capsule.
    pair.link.deliver(pair.server.quic, stream.id(), 1000);
    pair.client.process();
    assertEquals("", WtPair.read(stream));
    assertNull(stream.receiving().ending());
    pair.run();
    assertEquals("", WtPair.read(stream));
    assertEquals(
        new SessionStreamEnding.SessionEnded(
            new SessionEnding.Closed(SessionEnding.Side.PEER, 42, "bye")),
        stream.receiving().ending());
    assertEquals(stream.receiving().ending(), stream.sending().ending());
  }

  @Test
  void aCloseAndTheConnectionsCloseInOneBatch() {
    WtPair pair = new WtPair();
    Joined session = pair.join();
    session.server().close(42, "bye");
    pair.link.deliverAll();
    pair.server.http.close(Http3Error.H3_NO_ERROR, "");
    pair.link.deliverClose();
    pair.client.process();
    assertEquals(
        new SessionEnding.Closed(SessionEnding.Side.PEER, 42, "bye"), session.client().ending());
    assertEquals(1, pair.client.all(WebTransportEvent.Ended.class).size());
  }

  /** The session's own stream may come first of all that is in a batch. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void streamsThatBeginInTheBatchThatEndsTheSession(boolean aborted) {
    RawSide side = RawSide.withSession(WebTransportVersion.DRAFT_16);
    if (aborted) {
      side.connect.send().reset(Http3Error.H3_REQUEST_CANCELLED.code());
    } else {
      RawSide.write(
          side.connect.send(), RawSide.data(CloseCapsule.of(42, "bye").encode().encode()));
      side.connect.send().finish();
    }
    SendStream uni = side.peer.openUni();
    RawSide.write(uni, RawSide.bytes(0x40, 0x54, 0, 'l', 'a', 's', 't'));
    uni.finish();
    BidiStream bidi = side.peer.openBidi();
    RawSide.write(bidi.send(), RawSide.bytes(0x40, 0x41, 0, 'p', 'a', 'r', 't'));
    side.deliver();
    SessionEnding ending = side.session().ending();
    assertEquals(new WebTransportEvent.Ended(side.session(), ending), side.events.getLast());
    List<SessionStream> opened =
        side.events.stream()
            .filter(WebTransportEvent.Opened.class::isInstance)
            .map(event -> ((WebTransportEvent.Opened) event).stream())
            .toList();
    assertEquals(2, opened.size());
    for (SessionStream stream : opened) {
      boolean cut = stream.isBidirectional();
      assertEquals(cut ? "part" : "last", WtPair.read(stream));
      SessionStreamEnding how =
          cut ? new SessionStreamEnding.SessionEnded(ending) : new SessionStreamEnding.Finished();
      assertEquals(how, stream.receiving().ending());
    }
    long gone = Http3Error.WT_SESSION_GONE.code();
    assertEquals(gone, side.own.recvStream(bidi.id()).stopCode());
    assertEquals(gone, side.own.sendStream(bidi.id()).resetCode());
  }

  /** Frames of one packet come in any order. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStopOfTheSessionsStreamComesBehindWhatCameWithIt(boolean closed) {
    RawSide side = RawSide.withSession(WebTransportVersion.DRAFT_16);
    side.connect.recv().stopSending(Http3Error.H3_NO_ERROR.code());
    side.link.deliverStops();
    BidiStream connect = side.connect;
    RawSide.write(
        connect.send(), RawSide.data(Capsule.empty(CapsuleType.WT_DRAIN_SESSION).encode()));
    RawSide.write(
        connect.send(), RawSide.data(new Capsule(CapsuleType.DATAGRAM, new byte[3]).encode()));
    if (closed) {
      RawSide.write(connect.send(), RawSide.data(CloseCapsule.of(42, "bye").encode().encode()));
    }
    connect.send().finish();
    side.deliver();
    SessionEnding.Closed ending =
        closed
            ? new SessionEnding.Closed(SessionEnding.Side.PEER, 42, "bye")
            : new SessionEnding.Closed(SessionEnding.Side.PEER, 0, "");
    assertEquals(ending, side.session().ending());
    assertTrue(side.session().isDraining());
    assertArrayEquals(new byte[3], side.session().nextDatagram(0));
  }

  /** A session that was never open has no streams. */
  @Test
  void streamsThatBeginInTheBatchThatTakesTheRequestBack() {
    RawSide side = RawSide.ofServer(WebTransportVersion.DRAFT_16);
    BidiStream connect = side.peer.openBidi();
    RawSide.write(connect.send(), RawSide.connectHead(WebTransportVersion.DRAFT_16.protocol()));
    side.deliver();
    connect.send().reset(Http3Error.H3_REQUEST_CANCELLED.code());
    SendStream uni = side.peer.openUni();
    RawSide.write(uni, RawSide.bytes(0x40, 0x54, 0, 'x'));
    side.deliver();
    assertInstanceOf(SessionEnding.Aborted.class, side.session().ending());
    assertTrue(side.events.stream().noneMatch(WebTransportEvent.Opened.class::isInstance));
    assertEquals(Http3Error.WT_SESSION_GONE.code(), side.own.recvStream(uni.id()).stopCode());
  }

  @Test
  void aRequestWithoutAnswerWhenTheConnectionEnds() {
    WtPair pair = new WtPair();
    Joined session = pair.request();
    pair.client.quic.end(new ConnectionEnding.IdleTimeout(1));
    pair.server.quic.end(new ConnectionEnding.IdleTimeout(1));
    pair.run();
    assertInstanceOf(SessionEnding.NotEstablished.class, session.client().ending());
    assertNull(session.server().ending());
    session.server().accept(null, Fields.EMPTY);
    assertInstanceOf(SessionEnding.ConnectionEnded.class, session.server().ending());
  }

  /** However a stream is cut up on its way, what was read is what was written up to some point. */
  @Property(tries = 200)
  void neverMoreNorLessThanArrived(@ForAll long seed) {
    Random random = new Random(seed);
    WtPair pair = new WtPair();
    Joined session = pair.join();
    StringBuilder written = new StringBuilder();
    StringBuilder read = new StringBuilder();
    SessionStream sent = session.server().openUni();
    SessionStream stream = null;
    int steps = 1 + random.nextInt(30);
    for (int i = 0; i < steps; i++) {
      String piece = Integer.toString(random.nextInt(1_000_000));
      WtPair.write(sent, piece);
      written.append(piece);
      pair.link.deliver(pair.server.quic, sent.id(), 1 + random.nextInt(12));
      if (random.nextBoolean()) {
        pair.client.process();
        if (stream == null && !pair.client.all(WebTransportEvent.Opened.class).isEmpty()) {
          stream = pair.atClient();
        }
        if (stream != null && random.nextBoolean()) {
          read.append(WtPair.read(stream));
        }
      }
    }
    long arrived = pair.client.quic.recvStream(sent.id()).arrived();
    long header = StreamHeader.encode(false, session.client().id()).length;
    session.server().close(1, "");
    pair.link.deliver(pair.server.quic, session.server().id(), 1000);
    pair.client.process();
    if (stream == null && !pair.client.all(WebTransportEvent.Opened.class).isEmpty()) {
      stream = pair.atClient();
    }
    if (stream != null) {
      read.append(WtPair.read(stream));
      assertInstanceOf(SessionStreamEnding.SessionEnded.class, stream.receiving().ending());
    }
    String expected = written.substring(0, (int) Math.max(0, arrived - header));
    assertEquals(expected, read.toString());
  }
}
