package dev.sluice.http3.webtransport;

import static dev.sluice.http3.webtransport.RawSide.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.capsule.Capsule;
import dev.sluice.http3.capsule.CapsuleType;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.webtransport.SessionEnding.Closed;
import dev.sluice.http3.webtransport.SessionEnding.Side;
import dev.sluice.qpack.FieldLine;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.stream.BidiStream;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.testkit.Requirement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ends of the CONNECT stream, and of its connection, that come before the server's answer. */
class BeforeTheAnswerTest {
  private static final WebTransportVersion VERSION = WebTransportVersion.DRAFT_16;
  private static final Map<Long, Long> SETTINGS = Map.of(VERSION.setting(), 1L);
  private static final long CANCELLED = Http3Error.H3_REQUEST_CANCELLED.code();

  /** A request for a session, with a stream and a datagram behind it. */
  private static BidiStream ask(RawSide side) {
    BidiStream request = side.peer.openBidi();
    write(request.send(), RawSide.connectHead(VERSION.protocol()));
    SendStream uni = side.peer.openUni();
    write(uni, RawSide.bytes(0x40, 0x54, 0, 'h', 'e', 'y'));
    uni.finish();
    side.peer.sendDatagram(new byte[] {0, 9}, 0, 2);
    return request;
  }

  /** Everything that came is told before how it ended. */
  private static void checkAccepted(RawSide side, SessionEnding how) {
    WebTransportSession session = side.session();
    assertNull(session.ending());
    session.accept(null, Fields.EMPTY);
    side.deliver();
    WebTransportEvent.Opened opened = only(side, WebTransportEvent.Opened.class);
    assertEquals("hey", WtPair.read(opened.stream()));
    assertEquals(new SessionStreamEnding.Finished(), opened.stream().receiving().ending());
    assertArrayEquals(new byte[] {9}, session.nextDatagram(0));
    assertEquals(how, only(side, WebTransportEvent.Ended.class).ending());
    assertEquals(new WebTransportEvent.Ended(session, how), side.events.getLast());
  }

  private static <T extends WebTransportEvent> T only(RawSide side, Class<T> kind) {
    List<T> all = side.events.stream().filter(kind::isInstance).map(kind::cast).toList();
    assertEquals(1, all.size());
    return all.getFirst();
  }

  private static boolean isRequested(RawSide side) {
    return side.events.stream().anyMatch(WebTransportEvent.Requested.class::isInstance);
  }

  @Test
  @Requirement({"WEBTRANS16-3.2#13", "WEBTRANS16-6#12"})
  void aFinThatComesBeforeTheSettings() {
    RawSide side = new RawSide(false);
    ask(side).send().finish();
    side.deliver();
    assertFalse(isRequested(side));
    side.settings(SETTINGS);
    checkAccepted(side, new Closed(Side.PEER, 0, ""));
  }

  /** STOP_SENDING with WT_SESSION_GONE goes with a close, and says nothing more (§6). */
  @Test
  @Requirement("WEBTRANS16-6#8")
  void aCloseThatComesBeforeTheSettings() {
    RawSide side = new RawSide(false);
    BidiStream request = ask(side);
    byte[] close = new Capsule(CapsuleType.WT_CLOSE_SESSION, new byte[] {0, 0, 0, 7}).encode();
    write(request.send(), RawSide.data(close));
    request.send().finish();
    request.recv().stopSending(Http3Error.WT_SESSION_GONE.code());
    side.deliver();
    side.settings(SETTINGS);
    checkAccepted(side, new Closed(Side.PEER, 7, ""));
  }

  /** The stream of the request is closed then, which has nothing more to say and to hear. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Requirement({"WEBTRANS16-4.6#2", "WEBTRANS16-6#12"})
  void aFinAndAStopThatComeBeforeTheAnswer(boolean beforeSettings) {
    RawSide side = new RawSide(false);
    if (!beforeSettings) {
      side.settings(SETTINGS);
    }
    BidiStream request = ask(side);
    side.deliver();
    request.send().finish();
    request.recv().stopSending(Http3Error.WT_SESSION_GONE.code());
    side.deliver();
    assertNull(side.http.request(request.id()));
    if (beforeSettings) {
      side.settings(SETTINGS);
    }
    checkAccepted(side, new Closed(Side.PEER, 0, ""));
  }

  @Test
  @Requirement("WEBTRANS16-4.6#2")
  void aStreamThatComesBehindTheEndOfItsRequestAndBeforeTheSettings() {
    RawSide side = new RawSide(false);
    BidiStream request = side.peer.openBidi();
    write(request.send(), RawSide.connectHead(VERSION.protocol()));
    request.send().finish();
    request.recv().stopSending(Http3Error.WT_SESSION_GONE.code());
    side.deliver();
    assertNull(side.http.request(request.id()));
    write(side.peer.openUni(), RawSide.bytes(0x40, 0x54, 0, 'h', 'e', 'y'));
    side.deliver();
    side.settings(SETTINGS);
    side.session().accept(null, Fields.EMPTY);
    side.deliver();
    assertEquals("hey", WtPair.read(only(side, WebTransportEvent.Opened.class).stream()));
  }

  @Test
  void noAnswerIsWantedAnyMoreWhenTheSettingsCome() {
    RawSide side = new RawSide(false);
    BidiStream request = ask(side);
    side.deliver();
    request.recv().stopSending(CANCELLED);
    side.deliver();
    side.settings(SETTINGS);
    assertFalse(isRequested(side));
    assertEquals(CANCELLED, side.own.recvStream(request.id()).stopCode());
  }

  /** Frames of one packet are in any order. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStopThatMayOvertakeTheResponse(boolean overtakes) {
    RawSide side = new RawSide(true);
    side.settings(SETTINGS);
    WebTransportSession session =
        side.sessions.connect("example.com", "/", List.of(), false, Fields.EMPTY);
    side.deliver();
    byte[] accepted = RawSide.head(List.of(new FieldLine(":status", "200")));
    if (!overtakes) {
      write(side.peer.sendStream(0), accepted);
      side.deliver();
      assertTrue(session.isOpen());
    }
    side.peer.recvStream(0).stopSending(CANCELLED);
    side.deliver();
    if (overtakes) {
      assertNull(session.ending());
      write(side.peer.sendStream(0), accepted);
      side.deliver();
    }
    assertEquals(new SessionEnding.Aborted(CANCELLED), session.ending());
  }

  /** A client that has said everything need not wait for the answer. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theConnectionEnds(boolean finished) {
    RawSide side = RawSide.ofServer(VERSION);
    BidiStream request = ask(side);
    if (finished) {
      request.send().finish();
    }
    side.deliver();
    side.peer.close(CANCELLED, "bye");
    side.deliver();
    ConnectionEnding lost =
        new ConnectionEnding.ApplicationClose(ConnectionEnding.Side.PEER, CANCELLED, "bye");
    checkAccepted(
        side, finished ? new Closed(Side.PEER, 0, "") : new SessionEnding.ConnectionEnded(lost));
  }

  @Test
  void theConnectionEndsAndNobodyWantsTheSession() {
    RawSide side = RawSide.ofServer(VERSION);
    ask(side);
    side.deliver();
    side.peer.close(CANCELLED, "bye");
    side.deliver();
    side.session().reject(404, Fields.EMPTY);
    side.deliver();
    assertEquals(side.session().ending(), only(side, WebTransportEvent.Ended.class).ending());
    assertTrue(side.sessions.sessions().isEmpty());
  }
}
