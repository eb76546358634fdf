package dev.sluice.http3.webtransport;

import static dev.sluice.http3.webtransport.RawSide.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.ending.Retry;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.message.ResponseHead;
import dev.sluice.http3.webtransport.SessionEnding.Closed;
import dev.sluice.http3.webtransport.SessionEnding.Side;
import dev.sluice.http3.webtransport.WtPair.Joined;
import dev.sluice.qpack.FieldLine;
import dev.sluice.quic.connection.QuicEvent;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.testkit.Requirement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How sessions end in order, and what can be asked of them. */
class SessionClosingTest {
  private final WtPair pair = new WtPair();

  @Test
  @Requirement({"WEBTRANS16-6#2", "WEBTRANS16-6#3", "WEBTRANS16-6#7", "WEBTRANS16-6#9"})
  void closeWithCodeAndReason() {
    Joined session = pair.join();
    session.client().close(0xffff_ffffL, "so long \u00fc");
    pair.run();
    assertEquals(new Closed(Side.PEER, 0xffff_ffffL, "so long \u00fc"), session.server().ending());
    assertEquals(new Closed(Side.LOCAL, 0xffff_ffffL, "so long \u00fc"), session.client().ending());
    assertEquals(
        session.server().ending(), pair.server.only(WebTransportEvent.Ended.class).ending());
    assertEquals(
        session.client().ending(), pair.client.only(WebTransportEvent.Ended.class).ending());
    assertEquals(0, pair.client.http.activeRequests());
    assertEquals(0, pair.server.http.activeRequests());
    session.client().close(1, "again");
    assertNull(session.client().openBidi());
    assertNull(session.client().openUni());
    assertFalse(session.client().sendDatagram(new byte[1], 0, 1));
  }

  @Test
  @Requirement("WEBTRANS16-6#12")
  void aPlainEndIsACloseWithoutCodeOrReason() {
    Joined session = pair.join();
    pair.client.http.request(session.client().id()).finish();
    pair.run();
    assertEquals(new Closed(Side.PEER, 0, ""), session.server().ending());
    assertEquals(new Closed(Side.PEER, 0, ""), session.client().ending());
    assertEquals(0, pair.server.http.activeRequests());
  }

  /** Only what the peer's application has certainly not seen may be asked for again as it was. */
  @Test
  void whetherASessionMayBeAskedForAgain() {
    for (RequestEnding request :
        List.of(
            new RequestEnding.NotSent(null),
            new RequestEnding.NotCoveredByGoaway(0),
            new RequestEnding.ConnectionLost(new ConnectionEnding.IdleTimeout(1), false))) {
      assertEquals(request.retry(), new SessionEnding.NotEstablished(request).retry());
    }
    assertEquals(
        Retry.ANY_METHOD,
        new SessionEnding.NotEstablished(new RequestEnding.NotSent(null)).retry());
    assertEquals(Retry.NEVER, new Closed(Side.PEER, 0, "").retry());
    assertEquals(
        Retry.NEVER, new SessionEnding.Refused(new ResponseHead(503, Fields.EMPTY)).retry());
    assertEquals(
        Retry.NEVER,
        new SessionEnding.ConnectionEnded(new ConnectionEnding.IdleTimeout(1)).retry());
  }

  /** They travel apart from the request's stream, and yet have no life without it. */
  @Test
  @Requirement("RFC9297-2#1")
  void datagramsGoWithTheRequestForTheSession() {
    RawSide side = new RawSide(true);
    side.settings(Map.of(WebTransportVersion.DRAFT_16.setting(), 1L));
    side.http.openRequest(RequestHead.of("GET", "https", "a", "/", Fields.EMPTY), true);
    WebTransportSession session =
        side.sessions.connect("example.com", "/", List.of(), false, Fields.EMPTY);
    assertTrue(session.sendDatagram(new byte[] {7}, 0, 1));
    side.deliver();
    assertEquals(4, session.id());
    assertArrayEquals(new byte[] {1, 7}, datagrams(side).getFirst());
    write(side.peer.sendStream(4), RawSide.head(List.of(new FieldLine(":status", "404"))));
    side.deliver();
    assertFalse(session.sendDatagram(new byte[] {8}, 0, 1));
    assertEquals(-1, session.maxDatagramLength());
    side.deliver();
    assertEquals(List.of(), datagrams(side));
  }

  /** Those that have come to the peer. */
  private static List<byte[]> datagrams(RawSide side) {
    List<byte[]> all = new ArrayList<>();
    for (QuicEvent e = side.peer.nextEvent(); e != null; e = side.peer.nextEvent()) {
      if (e instanceof QuicEvent.DatagramReceived(byte[] data)) {
        all.add(data);
      }
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 404, 500})
  @Requirement("RFC9297-3.4#4")
  void aRefusalSpeaksOfNoCapsules(int status) {
    Joined session = pair.request();
    session.server().reject(status, Fields.EMPTY);
    pair.run();
    assertEquals(
        new SessionEnding.Refused(new ResponseHead(status, Fields.EMPTY)),
        session.client().ending());
  }

  @Test
  @Requirement({"WEBTRANS16-6#4", "WEBTRANS16-6#5"})
  void aLongReasonIsCutBetweenCharacters() {
    Joined session = pair.join();
    session.server().close(3, "\u20ac".repeat(1000));
    pair.run();
    // 341 of three bytes each are 1023.
    assertEquals(new Closed(Side.PEER, 3, "\u20ac".repeat(341)), session.client().ending());
  }

  @Test
  @Requirement("WEBTRANS16-6#1")
  void theEndOfASessionCutsItsStreams() {
    Joined session = pair.join();
    SessionStream stream = session.client().openBidi();
    WtPair.write(stream, "x");
    pair.run();
    SessionStream other = pair.atServer();
    session.server().close(9, "bye");
    pair.run();
    SessionStreamEnding atClient = new SessionStreamEnding.SessionEnded(session.client().ending());
    assertEquals("", WtPair.read(stream));
    assertEquals(atClient, stream.receiving().ending());
    assertEquals(atClient, stream.sending().ending());
    assertEquals(
        Http3Error.WT_SESSION_GONE.code(), pair.client.quic.sendStream(stream.id()).resetCode());
    assertEquals(
        Http3Error.WT_SESSION_GONE.code(), pair.server.quic.recvStream(other.id()).stopCode());
    assertInstanceOf(SessionStreamEnding.SessionEnded.class, other.sending().ending());
  }

  /** STOP_SENDING overtakes the close, and the reset that answers it is acknowledged. */
  @Test
  @Requirement("WEBTRANS16-6#1")
  void aFinishedStreamThatTheCloseHasCut() {
    Joined session = pair.join();
    SessionStream stream = session.client().openUni();
    WtPair.write(stream, "x");
    pair.run();
    WtPair.write(stream, "y");
    stream.sending().finish();
    session.server().close(9, "bye");
    pair.link.deliverStops();
    pair.client.process();
    pair.link.deliver(pair.client.quic, stream.id(), 100);
    pair.client.process();
    assertNull(stream.sending().ending());
    pair.run();
    assertEquals(
        new SessionStreamEnding.SessionEnded(session.client().ending()), stream.sending().ending());
    assertEquals(stream, pair.client.only(WebTransportEvent.SendEnded.class).stream());
  }

  @Test
  void aRequestThatIsTakenBack() {
    Joined session = pair.request();
    session.client().close(1, "never mind");
    pair.run();
    assertEquals(
        new SessionEnding.Aborted(Http3Error.H3_REQUEST_CANCELLED.code()),
        session.server().ending());
    session.server().accept(null, Fields.EMPTY);
    assertFalse(session.server().isOpen());
  }

  /** STOP_SENDING with WT_SESSION_GONE waits for what it goes with, and not for ever. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Requirement({"WEBTRANS16-6#1", "WEBTRANS16-6#8"})
  void aStopThatSaysOnlyThatTheSessionIsGone(boolean more) {
    RawSide side = RawSide.withSession(WebTransportVersion.DRAFT_16);
    long gone = Http3Error.WT_SESSION_GONE.code();
    assertFalse(side.session().isGone());
    side.session().expire();
    side.connect.recv().stopSending(gone);
    side.deliver();
    assertTrue(side.session().isOpen() && side.session().isGone());
    if (more) {
      write(side.connect.send(), RawSide.data(CloseCapsule.of(7, "bye").encode().encode()));
      side.deliver();
      assertFalse(side.session().isGone());
    }
    side.session().expire();
    side.deliver();
    assertEquals(
        more ? new Closed(Side.PEER, 7, "bye") : new SessionEnding.Aborted(gone),
        side.session().ending());
    if (!more) {
      assertEquals(gone, side.own.recvStream(side.connect.id()).stopCode());
    }
  }

  // Keys, numbers

  @Test
  @Requirement("WEBTRANS16-4.8#1")
  void exportedKeysAreTheSessionsOwn() {
    Joined first = pair.join();
    Joined second = pair.join();
    byte[] label = WtPair.bytes("label");
    byte[] keys = first.client().exportKeyingMaterial(label, new byte[0], 32);
    assertArrayEquals(keys, first.server().exportKeyingMaterial(label, new byte[0], 32));
    byte[] context = ExporterContext.encode(first.client().id(), label, new byte[0]);
    assertArrayEquals(
        keys, pair.client.quic.exportKeyingMaterial("EXPORTER-WebTransport", context, 32));
    assertFalse(Arrays.equals(keys, second.client().exportKeyingMaterial(label, label, 32)));
    assertArrayEquals(
        new byte[] {0, 0, 0, 0, 0, 0, 0, 4, 1, 'a', 2, 'b', 'c'},
        ExporterContext.encode(4, WtPair.bytes("a"), WtPair.bytes("bc")));
    assertThrows(
        IllegalArgumentException.class,
        () -> first.client().exportKeyingMaterial(new byte[256], label, 32));
  }

  @Test
  void whatASessionHasCarried() {
    Joined session = pair.join();
    SessionStream stream = session.client().openBidi();
    WtPair.write(stream, "12345");
    stream.sending().finish();
    session.client().openUni().sending().finish();
    session.client().sendDatagram(new byte[9], 0, 9);
    pair.run();
    for (WebTransportEvent.Opened opened : pair.server.all(WebTransportEvent.Opened.class)) {
      WtPair.read(opened.stream());
    }
    assertEquals(new SessionStatistics(2, 0, 5, 0, 1, 0, 0, 0), session.client().statistics());
    assertEquals(new SessionStatistics(0, 2, 0, 5, 0, 0, 1, 0), session.server().statistics());
  }

  /** What is given up before it was sent was never carried. */
  @Test
  void whatASessionHasCarriedNeverBecomesLess() {
    Joined session = pair.join();
    SessionStream reset = session.client().openUni();
    SessionStream cut = session.client().openUni();
    for (SessionStream stream : List.of(reset, cut)) {
      WtPair.write(stream, "123");
      pair.link.deliver(pair.client.quic, stream.id(), 100);
      WtPair.write(stream, "45");
    }
    long before = session.client().statistics().bytesSent();
    reset.sending().reset(1);
    assertEquals(before, session.client().statistics().bytesSent());
    session.client().close(0, "");
    pair.run();
    assertEquals(before, session.client().statistics().bytesSent());
    assertEquals(6, before);
  }
}
