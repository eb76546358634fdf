package dev.sluice.http3.webtransport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.connection.Http3Event;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.frame.Grease;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.Priority;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.webtransport.SessionEnding.Closed;
import dev.sluice.http3.webtransport.SessionEnding.Side;
import dev.sluice.http3.webtransport.WtPair.Joined;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.testkit.Requirement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions from the request on, their streams and datagrams. */
class SessionTest {
  private final WtPair pair = new WtPair();

  // Establishing

  @ParameterizedTest
  @CsvSource({
    "DRAFT_02, webtransport",
    "DRAFT_07, webtransport",
    "DRAFT_14, webtransport",
    "DRAFT_16, webtransport-h3"
  })
  @Requirement({
    "WEBTRANS16-3.1#3",
    "WEBTRANS16-3.2#1",
    "WEBTRANS16-3.2#2",
    "WEBTRANS16-3.2#3",
    "WEBTRANS16-7.1#1",
    "RFC9297-3.2#6"
  })
  void establishAndEchoInEveryVersion(WebTransportVersion version, String protocol) {
    WtPair pair = WtPair.of(version);
    Joined session = pair.join();
    assertEquals(version, session.client().version());
    assertEquals(version, session.server().version());
    RequestHead request = session.server().request();
    assertEquals(protocol, request.protocol());
    assertEquals("https", request.scheme());
    assertEquals("example.com", request.authority());
    assertEquals("/wt", request.path());
    assertEquals(200, session.client().response().status());
    assertTrue(session.client().isOpen() && session.server().isOpen());
    assertEquals(session.client(), pair.client.only(WebTransportEvent.Established.class).session());

    SessionStream stream = session.client().openBidi();
    WtPair.write(stream, "ping");
    stream.sending().finish();
    pair.run();
    SessionStream echo = pair.atServer();
    assertEquals("ping", WtPair.read(echo));
    assertEquals(new SessionStreamEnding.Finished(), echo.receiving().ending());
    WtPair.write(echo, "pong");
    echo.sending().finish();
    pair.run();
    assertEquals("pong", WtPair.read(stream));
    assertEquals(new SessionStreamEnding.Finished(), stream.receiving().ending());
  }

  @Test
  void draft02NamesItselfInBothHeads() {
    Joined session = WtPair.of(WebTransportVersion.DRAFT_02).join();
    assertEquals("1", session.server().request().fields().first("sec-webtransport-http3-draft02"));
    assertEquals(
        "draft02", session.client().response().fields().first("sec-webtransport-http3-draft"));
  }

  @Test
  @Requirement({"WEBTRANS16-3.1#2", "WEBTRANS16-4.6#1"})
  void noSessionBeforeTheSettings() {
    pair.client.process();
    assertEquals(0, pair.client.sessions.sessionCredit());
    assertThrows(IllegalStateException.class, () -> pair.connect(List.of()));
  }

  @Test
  @Requirement("RFC9114-6.2#9")
  void noStreamsOfAnExtensionThatThePeerDoesNotKnow() {
    for (boolean client : new boolean[] {true, false}) {
      RawSide side = new RawSide(client);
      side.settings(Map.of());
      if (client) {
        assertThrows(
            IllegalStateException.class,
            () -> side.sessions.connect("example.com", "/", List.of(), false, Fields.EMPTY));
      }
      side.deliver();
      for (long id = client ? 2 : 3; side.peer.recvStream(id) != null; id += 4) {
        long type = WireReader.of(side.peer.recvStream(id).readAll()).varInt();
        assertTrue(List.of(0L, 2L, 3L).contains(type) || Grease.isReserved(type), "" + type);
      }
      assertNull(side.peer.recvStream(client ? 0 : 1));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 401, 404, 429})
  @Requirement("WEBTRANS16-3.2#9")
  void refusedWithAStatus(int status) {
    Joined session = pair.request();
    session.server().reject(status, Fields.of("location", "https://example.org/"));
    pair.run();
    SessionEnding.Refused refused =
        assertInstanceOf(SessionEnding.Refused.class, session.client().ending());
    assertEquals(status, refused.response().status());
    assertEquals("https://example.org/", refused.response().fields().first("location"));
    assertEquals(0, pair.client.http.activeRequests());
    assertEquals(0, pair.server.http.activeRequests());
  }

  @Test
  void aStopThatComesWithARefusalDoesNotHideIt() {
    Joined session = pair.request();
    session.server().reject(404, Fields.EMPTY);
    pair.server.process();
    pair.link.deliverStops();
    pair.client.process();
    pair.run();
    assertInstanceOf(SessionEnding.Refused.class, session.client().ending());
  }

  @ParameterizedTest
  @CsvSource({
    "https://example.com, true",
    "https://EXAMPLE.com, true",
    "https://evil.org, false",
    "null," + " false",
    "http://example.com, false"
  })
  @Requirement({"WEBTRANS16-3.2#7", "WEBTRANS16-3.2#8"})
  void onlyPagesOfTheServerItselfByDefault(String origin, boolean allowed) {
    pair.run();
    WebTransportSession session = pair.connect(List.of(), "origin", origin);
    pair.run();
    assertEquals(allowed ? 1 : 0, pair.server.all(WebTransportEvent.Requested.class).size());
    if (!allowed) {
      SessionEnding.Refused refused =
          assertInstanceOf(SessionEnding.Refused.class, session.ending());
      assertEquals(403, refused.response().status());
    }
  }

  @Test
  void otherOriginsWhenAllowed() {
    OriginPolicy policy = OriginPolicy.oneOf(Set.of("https://a.example", "https://b.example:8443"));
    WtPair some =
        new WtPair(WebTransportConfig.DEFAULT, WebTransportConfig.DEFAULT.withOriginPolicy(policy));
    some.run().connect(List.of(), "origin", "https://b.example:8443");
    some.run().connect(List.of(), "origin", "https://b.example");
    some.run();
    assertEquals(1, some.server.all(WebTransportEvent.Requested.class).size());
  }

  @Test
  void otherExtendedConnectsAndRequestsAreLeftAlone() {
    pair.run();
    pair.client.http.openRequest(
        RequestHead.extendedConnect("websocket", "https", "example.com", "/chat", Fields.EMPTY),
        false);
    pair.run();
    assertTrue(pair.server.others.stream().anyMatch(Http3Event.Request.class::isInstance));
    assertTrue(pair.server.all(WebTransportEvent.Requested.class).isEmpty());
  }

  /** The peer would have to take the message for malformed, and nobody here would know why. */
  @ParameterizedTest
  @ValueSource(strings = {"content-length", "Content-Type", "transfer-encoding"})
  @Requirement("RFC9297-3.2#5")
  void noFieldsThatSpeakOfContent(String field) {
    pair.run();
    assertThrows(IllegalArgumentException.class, () -> pair.connect(List.of(), field, "0"));
    assertEquals(0, pair.client.http.activeRequests());
    Joined session = pair.request();
    Fields fields = Fields.of(field, "0");
    assertThrows(IllegalArgumentException.class, () -> session.server().accept(null, fields));
    session.server().accept(null, Fields.EMPTY);
    assertTrue(session.server().isOpen());
  }

  // Application protocols

  @Test
  @Requirement({"WEBTRANS16-3.3#1", "WEBTRANS16-3.3#2", "WEBTRANS16-3.3#3", "WEBTRANS16-3.3#9"})
  void agreeOnAnApplicationProtocol() {
    pair.run();
    WebTransportSession client = pair.connect(List.of("moq-17", "chat \"2\""));
    pair.run();
    WebTransportSession server = pair.server.only(WebTransportEvent.Requested.class).session();
    assertEquals(List.of("moq-17", "chat \"2\""), server.offeredProtocols());
    assertThrows(IllegalArgumentException.class, () -> server.accept("other", Fields.EMPTY));
    server.accept("chat \"2\"", Fields.EMPTY);
    pair.run();
    assertEquals("chat \"2\"", client.protocol());
    assertEquals("chat \"2\"", server.protocol());
  }

  @Test
  @Requirement("WEBTRANS16-3.3#10")
  void aProtocolThatWasNotOfferedEndsTheSession() {
    pair.run();
    WebTransportSession client = pair.connect(List.of("a"));
    pair.run();
    WebTransportSession server = pair.server.only(WebTransportEvent.Requested.class).session();
    server.accept(null, Fields.of("wt-protocol", "\"b\""));
    pair.run();
    SessionEnding.Failed failed = assertInstanceOf(SessionEnding.Failed.class, client.ending());
    assertEquals(Http3Error.WT_ALPN_ERROR, failed.error());
    assertEquals(new SessionEnding.Aborted(Http3Error.WT_ALPN_ERROR.code()), server.ending());
  }

  @Test
  @Requirement({"WEBTRANS16-3.3#5", "WEBTRANS16-3.3#6"})
  void onlyStringsCount() {
    assertEquals(
        List.of("a", "b"),
        ApplicationProtocols.offered(
            Fields.of("wt-available-protocols", "\"a\";q=1", "WT-Available-Protocols", "\"b\"")));
    for (String wrong : List.of("\"a\", b", "\"a\", 1", "(\"a\")", "\"a", "\"a\",")) {
      assertEquals(
          List.of(), ApplicationProtocols.offered(Fields.of("wt-available-protocols", wrong)));
    }
    assertEquals("a", ApplicationProtocols.chosen(Fields.of("wt-protocol", "\"a\";x")));
    assertNull(ApplicationProtocols.chosen(Fields.of("wt-protocol", "a")));
    assertNull(ApplicationProtocols.chosen(Fields.EMPTY));
  }

  @Test
  @Requirement("WEBTRANS16-3.3#8")
  void aRequiredProtocolThatIsMissing() {
    pair.run();
    WebTransportSession client =
        pair.client.sessions.connect("example.com", "/", List.of("a"), true, Fields.EMPTY);
    pair.run();
    pair.server
        .only(WebTransportEvent.Requested.class)
        .session()
        .accept(null, Fields.of("wt-protocol", "a"));
    pair.run();
    assertEquals(
        Http3Error.WT_ALPN_ERROR,
        assertInstanceOf(SessionEnding.Failed.class, client.ending()).error());
  }

  // Several sessions

  @Test
  void sessionsOnOneConnectionKeepApart() {
    Joined first = pair.join();
    Joined second = pair.join();
    assertNotEquals(first.client().id(), second.client().id());
    SessionStream a = first.client().openUni();
    SessionStream b = second.client().openUni();
    WtPair.write(a, "first");
    WtPair.write(b, "second");
    pair.run();
    for (WebTransportEvent.Opened opened : pair.server.all(WebTransportEvent.Opened.class)) {
      assertEquals(
          opened.stream().session() == first.server() ? "first" : "second",
          WtPair.read(opened.stream()));
    }
    first.client().close(1, "one");
    pair.run();
    assertEquals(new Closed(Side.PEER, 1, "one"), first.server().ending());
    assertTrue(second.server().isOpen() && second.client().isOpen());
    WtPair.write(b, "!");
    pair.run();
    assertEquals("!", WtPair.read(pair.atServer()));
  }

  @Test
  void sessionsUpToTheLimit() {
    WtPair two =
        new WtPair(WebTransportConfig.DEFAULT, WebTransportConfig.DEFAULT.withMaxSessions(2));
    two.join();
    two.join();
    WebTransportSession third = two.connect(List.of());
    two.run();
    SessionEnding.NotEstablished ending =
        assertInstanceOf(SessionEnding.NotEstablished.class, third.ending());
    assertEquals(new RequestEnding.Rejected(), ending.request());
    assertEquals(2, two.server.sessions.sessions().size());
  }

  @Test
  @Requirement("WEBTRANS16-5.1#2")
  void oneSessionWithoutFlowControl() {
    WebTransportConfig alone =
        WebTransportConfig.DEFAULT.withMaxSessions(1).withFlowControl(0, 0, 0);
    WtPair pair = new WtPair(WebTransportConfig.DEFAULT, alone);
    Joined first = pair.join();
    assertEquals(0, pair.client.sessions.sessionCredit());
    first.client().close(0, "");
    pair.run();
    assertEquals(1, pair.client.sessions.sessionCredit());
  }

  // Streams

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  @Requirement({
    "WEBTRANS16-4.2#1",
    "WEBTRANS16-4.2#2",
    "WEBTRANS16-4.3#1",
    "WEBTRANS16-4.3#2",
    "WEBTRANS16-4.3#3",
    "WEBTRANS16-4.3#4"
  })
  void streamsOfBothKindsFromBothSides(boolean fromClient, boolean bidirectional) {
    Joined session = pair.join();
    WebTransportSession opener = fromClient ? session.client() : session.server();
    SessionStream stream = bidirectional ? opener.openBidi() : opener.openUni();
    assertEquals(bidirectional, stream.receiving() != null);
    WtPair.write(stream, "hello");
    stream.sending().finish();
    pair.run();
    SessionStream other = fromClient ? pair.atServer() : pair.atClient();
    assertEquals(bidirectional, other.isBidirectional());
    assertEquals(bidirectional, other.sending() != null);
    assertEquals("hello", WtPair.read(other));
    assertEquals(new SessionStreamEnding.Finished(), other.receiving().ending());
    assertEquals(new SessionStreamEnding.Finished(), stream.sending().ending());
    if (bidirectional) {
      WtPair.write(other, "answer");
      other.sending().finish();
      pair.run();
      assertEquals("answer", WtPair.read(stream));
    }
  }

  @Test
  void aStreamWithNothingInIt() {
    Joined session = pair.join();
    session.client().openUni().sending().finish();
    pair.run();
    SessionStream other = pair.atServer();
    assertEquals("", WtPair.read(other));
    assertEquals(new SessionStreamEnding.Finished(), other.receiving().ending());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 29, 30, 31, 0xff, 0x100, 0xffff_ffffL})
  @Requirement({"WEBTRANS16-4.4#1", "WEBTRANS16-4.4#2", "WEBTRANS16-4.4#4"})
  void resetAndStopCarryTheApplicationsCode(long code) {
    Joined session = pair.join();
    SessionStream stream = session.client().openBidi();
    WtPair.write(stream, "x");
    pair.run();
    SessionStream other = pair.atServer();
    assertEquals("x", WtPair.read(other));
    stream.sending().reset(code);
    stream.receiving().stop(code);
    pair.run();
    assertEquals("", WtPair.read(other));
    assertEquals(new SessionStreamEnding.Reset(code), other.receiving().ending());
    assertEquals(new SessionStreamEnding.Stopped(code), other.sending().ending());
    assertEquals(new SessionStreamEnding.Abandoned(code), stream.sending().ending());
    assertEquals(new SessionStreamEnding.Abandoned(code), stream.receiving().ending());
    assertEquals(0, other.sending().write(new byte[1], 0, 1));
    assertThrows(IllegalArgumentException.class, () -> stream.sending().reset(1L << 32));
  }

  @Test
  @Requirement("WEBTRANS16-4.4#6")
  void aCodeThatIsNoApplications() {
    Joined session = pair.join();
    SessionStream stream = session.client().openBidi();
    WtPair.write(stream, "x");
    pair.run();
    long code = Http3Error.H3_INTERNAL_ERROR.code();
    pair.link.server().recvStream(stream.id()).stopSending(code);
    pair.link.server().sendStream(stream.id()).reset(code);
    pair.run();
    assertEquals("", WtPair.read(stream));
    assertEquals(new SessionStreamEnding.AbortedWithoutCode(code), stream.receiving().ending());
    assertEquals(new SessionStreamEnding.AbortedWithoutCode(code), stream.sending().ending());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Requirement("WEBTRANS16-4.4#3")
  void aResetDoesNotLoseTheHeader(boolean bidirectional) {
    Joined session = pair.join();
    SessionStream stream = bidirectional ? session.client().openBidi() : session.client().openUni();
    WtPair.write(stream, "never sent");
    stream.sending().reset(7);
    pair.run();
    SessionStream other = pair.atServer();
    assertEquals("", WtPair.read(other));
    assertEquals(new SessionStreamEnding.Reset(7), other.receiving().ending());
  }

  @Test
  void aResetWithoutTheExtensionMayLoseIt() {
    Joined session = pair.join();
    pair.client.quic.resetAt(false);
    session.client().openUni().sending().reset(7);
    pair.run();
    assertTrue(pair.server.all(WebTransportEvent.Opened.class).isEmpty());
    assertTrue(session.server().isOpen());
  }

  @Test
  void streamsWaitForTheConnectionsLimit() {
    Joined session = pair.join();
    pair.client.quic.allow(1, 3);
    assertNull(session.client().openUni());
    assertNull(session.client().openBidi());
    pair.client.quic.allow(2, 3);
    pair.run();
    assertTrue(pair.client.only(WebTransportEvent.StreamsAvailable.class).bidirectional());
    assertTrue(session.client().openBidi() != null);
  }

  @Test
  void writesWaitForRoom() {
    Joined session = pair.join();
    pair.client.quic.sendBuffer(10);
    SessionStream stream = session.client().openUni();
    assertEquals(7, stream.sending().write(new byte[100], 0, 100));
    pair.run();
    pair.client.only(WebTransportEvent.Writable.class);
    assertEquals(10, stream.sending().write(new byte[100], 0, 100));
  }

  @Test
  @Requirement({"WEBTRANS16-3.4#1", "WEBTRANS16-3.4#2"})
  void streamsHaveThePriorityOfTheirSession() {
    Joined session = pair.request("priority", "u=1");
    session.server().accept(null, Fields.EMPTY);
    pair.run();
    SessionStream own = session.server().openUni();
    assertEquals(1, pair.server.quic.sendStream(own.id()).urgency());
    own.sending().setPriority(new Priority(6, false));
    assertEquals(6, pair.server.quic.sendStream(own.id()).urgency());
    assertFalse(pair.server.quic.sendStream(own.id()).incremental());
    pair.client.http.request(session.client().id()).setPriority(new Priority(2, false));
    pair.run();
    SessionStream later = session.server().openUni();
    assertEquals(2, pair.server.quic.sendStream(later.id()).urgency());
  }
}
