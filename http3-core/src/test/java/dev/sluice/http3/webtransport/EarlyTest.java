package dev.sluice.http3.webtransport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.webtransport.WtPair.Joined;
import dev.sluice.quic.stream.BidiStream;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.testkit.Requirement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams, datagrams and capsules that come before their session, or after it (§4.6, §6). */
class EarlyTest {
  private final WtPair pair = new WtPair();

  /** A client that does not wait for the response: the request, then streams and a datagram. */
  private WebTransportSession eager() {
    pair.run();
    WebTransportSession session = pair.connect(List.of());
    WtPair.write(session.openUni(), "uni");
    WtPair.write(session.openBidi(), "bidi");
    session.sendDatagram(WtPair.bytes("datagram"), 0, 8);
    return session;
  }

  private void check(WebTransportSession client) {
    pair.run();
    WebTransportSession server = pair.server.only(WebTransportEvent.Requested.class).session();
    assertTrue(pair.server.all(WebTransportEvent.Opened.class).isEmpty());
    server.accept(null, Fields.EMPTY);
    pair.run();
    assertEquals(
        List.of("bidi", "uni"),
        pair.server.all(WebTransportEvent.Opened.class).stream()
            .map(opened -> WtPair.read(opened.stream()))
            .sorted()
            .toList());
    assertArrayEquals(WtPair.bytes("datagram"), server.nextDatagram(pair.now));
    assertTrue(client.isOpen());
  }

  @Test
  @Requirement({"WEBTRANS16-4#1", "WEBTRANS16-4.6#2"})
  void streamsAndDatagramsBeforeTheSessionIsAccepted() {
    check(eager());
  }

  @Test
  @Requirement({"WEBTRANS16-4.6#2", "RFC9297-2.1#5"})
  void streamsAndDatagramsBeforeTheRequest() {
    WebTransportSession client = eager();
    pair.link.deliverDatagrams(pair.client.quic);
    for (long id : List.of(client.id() + 4, 14L, 10L)) {
      if (pair.client.quic.sendStream(id) != null) {
        pair.link.deliver(pair.client.quic, id, 1000);
        pair.server.process();
      }
    }
    assertTrue(pair.server.all(WebTransportEvent.Requested.class).isEmpty());
    check(client);
  }

  @Test
  @Requirement({"WEBTRANS16-3.1#7", "WEBTRANS16-7.1#2"})
  void requestsWaitForTheClientsSettings() {
    pair.client.process();
    pair.server.process();
    pair.link.deliver(pair.server.quic, 3, 1000);
    pair.client.process();
    WebTransportSession client = pair.connect(List.of());
    deliverHead(client);
    assertTrue(pair.server.all(WebTransportEvent.Requested.class).isEmpty());
    assertNotNull(pair.server.http.request(client.id()).request());
    pair.run();
    pair.server.only(WebTransportEvent.Requested.class).session().accept(null, Fields.EMPTY);
    pair.run();
    assertTrue(client.isOpen());
  }

  /** The request with what its compression needs, but no SETTINGS. */
  private void deliverHead(WebTransportSession client) {
    pair.link.deliver(pair.client.quic, 6, 1000);
    pair.link.deliver(pair.client.quic, client.id(), 1000);
    pair.server.process();
  }

  @Test
  void aRequestThatEndsWhileItWaitsForTheSettings() {
    pair.client.process();
    pair.server.process();
    pair.link.deliver(pair.server.quic, 3, 1000);
    pair.client.process();
    WebTransportSession client = pair.connect(List.of());
    deliverHead(client);
    client.close(0, "");
    pair.link.deliver(pair.client.quic, client.id(), 1000);
    pair.run();
    assertTrue(pair.server.all(WebTransportEvent.Requested.class).isEmpty());
    assertEquals(0, pair.server.http.activeRequests());
  }

  @Test
  @Requirement({"WEBTRANS16-3.2#12", "WEBTRANS16-3.2#13"})
  void capsulesCountOnlyOnceTheSessionIsAccepted() {
    Joined session = pair.request();
    byte[] drain = {(byte) 0x80, 0, 0x78, (byte) 0xae, 0};
    pair.client.http.request(session.client().id()).writeData(drain, 0, drain.length);
    pair.run();
    assertTrue(pair.server.all(WebTransportEvent.Draining.class).isEmpty());
    session.server().accept(null, Fields.EMPTY);
    pair.run();
    pair.server.only(WebTransportEvent.Draining.class);
  }

  /** The client lost interest in the answer on a stream while it waited for its session. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Requirement("WEBTRANS16-4.4#1")
  void aStreamThatIsStoppedWhileItWaits(boolean beforeItsHeader) {
    Joined session = pair.request();
    SessionStream stream = session.client().openBidi();
    WtPair.write(stream, "x");
    pair.link.deliver(pair.client.quic, stream.id(), beforeItsHeader ? 1 : 100);
    pair.server.process();
    stream.receiving().stop(5);
    pair.run();
    session.server().accept(null, Fields.EMPTY);
    pair.run();
    SessionStream atServer = pair.atServer();
    assertEquals(new SessionStreamEnding.Stopped(5), atServer.sending().ending());
    assertEquals(atServer, pair.server.only(WebTransportEvent.SendEnded.class).stream());
    assertEquals("x", WtPair.read(atServer));
    assertNull(atServer.receiving().ending());
  }

  @Test
  @Requirement("WEBTRANS16-4.6#2")
  void aServersStreamsBeforeItsResponse() {
    Joined session = pair.request();
    session.server().accept(null, Fields.EMPTY);
    SessionStream stream = session.server().openUni();
    WtPair.write(stream, "early");
    session.server().sendDatagram(new byte[] {1}, 0, 1);
    pair.server.process();
    pair.link.deliverDatagrams(pair.server.quic);
    pair.link.deliver(pair.server.quic, stream.id(), 1000);
    pair.client.process();
    assertTrue(pair.client.all(WebTransportEvent.Opened.class).isEmpty());
    pair.run();
    assertEquals("early", WtPair.read(pair.atClient()));
    assertArrayEquals(new byte[] {1}, session.client().nextDatagram(pair.now));
  }

  @Test
  @Requirement({"WEBTRANS16-4.6#3", "WEBTRANS16-4.6#4", "WEBTRANS16-4.6#5"})
  void noMoreThanTheLimitAreKept() {
    WtPair pair =
        new WtPair(WebTransportConfig.DEFAULT, WebTransportConfig.DEFAULT.withBuffered(2, 2));
    Joined session = pair.request();
    WebTransportSession later = pair.connect(List.of());
    for (byte i = 0; i < 4; i++) {
      SessionStream stream = later.openBidi();
      WtPair.write(stream, "" + i);
      pair.link.deliver(pair.client.quic, stream.id(), 100);
      later.sendDatagram(new byte[] {i}, 0, 1);
    }
    pair.link.deliverDatagrams(pair.client.quic);
    pair.server.process();
    long rejected = Http3Error.WT_BUFFERED_STREAM_REJECTED.code();
    assertEquals(rejected, pair.server.quic.recvStream(later.id() + 12).stopCode());
    assertEquals(rejected, pair.server.quic.sendStream(later.id() + 12).resetCode());
    assertEquals(rejected, pair.server.quic.recvStream(later.id() + 16).stopCode());
    assertNull(pair.server.quic.recvStream(later.id() + 8).stopCode());
    pair.run();
    WebTransportSession atServer = pair.server.last(WebTransportEvent.Requested.class).session();
    atServer.accept(null, Fields.EMPTY);
    session.server().accept(null, Fields.EMPTY);
    pair.run();
    assertEquals(2, pair.server.all(WebTransportEvent.Opened.class).size());
    assertArrayEquals(new byte[] {2}, atServer.nextDatagram(pair.now));
    assertArrayEquals(new byte[] {3}, atServer.nextDatagram(pair.now));
    assertNull(atServer.nextDatagram(pair.now));
  }

  /** To the client they have used up the session's limits, which have to grow again. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Requirement({"WEBTRANS16-5.6.2#2", "WEBTRANS16-5.6.4#1"})
  void streamsThatAreRejectedBeforeTheRequestCountAsClosed(boolean bidirectional) {
    WebTransportConfig narrow =
        WebTransportConfig.DEFAULT.withFlowControl(2, 2, 100).withBuffered(0, 0);
    WtPair pair = new WtPair(WebTransportConfig.DEFAULT, narrow);
    WebTransportSession client = pair.run().connect(List.of());
    for (int i = 0; i < 2; i++) {
      SessionStream stream = bidirectional ? client.openBidi() : client.openUni();
      WtPair.write(stream, "0123456789".repeat(5));
      pair.link.deliver(pair.client.quic, stream.id(), 100);
      pair.server.process();
    }
    assertNull(bidirectional ? client.openBidi() : client.openUni());
    pair.run();
    pair.server.only(WebTransportEvent.Requested.class).session().accept(null, Fields.EMPTY);
    pair.run();
    WtPair.write(bidirectional ? client.openBidi() : client.openUni(), "next");
    pair.run();
    assertEquals("next", WtPair.read(pair.atServer()));
  }

  @Test
  @Requirement("WEBTRANS16-6#1")
  void streamsOfASessionThatIsGone() {
    Joined session = pair.join();
    SessionStream stream = session.client().openBidi();
    WtPair.write(stream, "late");
    session.server().close(0, "");
    pair.server.process();
    pair.link.deliver(pair.client.quic, stream.id(), 1000);
    pair.server.process();
    long gone = Http3Error.WT_SESSION_GONE.code();
    assertEquals(gone, pair.server.quic.recvStream(stream.id()).stopCode());
    assertEquals(gone, pair.server.quic.sendStream(stream.id()).resetCode());
    assertNull(pair.server.http.ending());
  }

  @Test
  void streamsOfASessionThatIsTurnedDown() {
    WebTransportSession client = eager();
    pair.run();
    pair.server.only(WebTransportEvent.Requested.class).session().reject(404, Fields.EMPTY);
    pair.run();
    assertEquals(
        Http3Error.WT_SESSION_GONE.code(), pair.server.quic.recvStream(client.id() + 4).stopCode());
    assertTrue(pair.server.all(WebTransportEvent.Opened.class).isEmpty());
  }

  @Test
  void streamsOfASessionThatAGoawayLeavesOut() {
    RawSide side = RawSide.ofServer(WebTransportVersion.DRAFT_16);
    SendStream request = side.peer.openBidi().send();
    BidiStream stream = side.peer.openBidi();
    RawSide.write(stream.send(), RawSide.bytes(0x40, 0x41, 0));
    side.http.goaway();
    side.deliver();
    assertNull(side.own.recvStream(stream.id()).stopCode());
    RawSide.write(request, RawSide.connectHead(WebTransportVersion.DRAFT_16.protocol()));
    side.deliver();
    assertEquals(Http3Error.H3_REQUEST_REJECTED.code(), side.own.sendStream(0).resetCode());
    long gone = Http3Error.WT_SESSION_GONE.code();
    assertEquals(gone, side.own.recvStream(stream.id()).stopCode());
    assertEquals(gone, side.own.sendStream(stream.id()).resetCode());
  }

  @Test
  void streamsOfARequestThatEndsBeforeItsHead() {
    RawSide side = RawSide.ofServer(WebTransportVersion.DRAFT_16);
    SendStream request = side.peer.openBidi().send();
    BidiStream stream = side.peer.openBidi();
    RawSide.write(stream.send(), RawSide.bytes(0x40, 0x41, 0));
    side.deliver();
    assertNull(side.own.recvStream(stream.id()).stopCode());
    request.reset(Http3Error.H3_REQUEST_CANCELLED.code());
    side.deliver();
    long gone = Http3Error.WT_SESSION_GONE.code();
    assertEquals(gone, side.own.recvStream(stream.id()).stopCode());
    assertEquals(gone, side.own.sendStream(stream.id()).resetCode());
  }

  @Test
  @Requirement("RFC9297-2.1#4")
  void datagramsOfASessionThatIsGone() {
    Joined session = pair.join();
    session.client().sendDatagram(new byte[1], 0, 1);
    session.server().close(0, "");
    pair.server.process();
    pair.link.deliverDatagrams(pair.client.quic);
    pair.server.process();
    assertNull(session.server().nextDatagram(pair.now));
    pair.run();
    byte[] data = {(byte) (session.client().id() / 4), 1};
    pair.client.quic.sendDatagram(data, 0, 2);
    pair.run();
    assertNull(pair.server.http.ending());
  }
}
