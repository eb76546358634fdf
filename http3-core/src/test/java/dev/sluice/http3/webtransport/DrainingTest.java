package dev.sluice.http3.webtransport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.capsule.Capsule;
import dev.sluice.http3.capsule.CapsuleType;
import dev.sluice.http3.connection.Http3Event;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.message.ResponseHead;
import dev.sluice.http3.webtransport.WtPair.Joined;
import dev.sluice.quic.stream.BidiStream;
import dev.sluice.testkit.Requirement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Draining is one event, however the peer asks for it (§4.7). */
class DrainingTest {
  private final WtPair pair = new WtPair();

  private List<WebTransportSession> drained(WtPair.End end) {
    return end.all(WebTransportEvent.Draining.class).stream()
        .map(WebTransportEvent.Draining::session)
        .toList();
  }

  // "GOAWAY and WT_DRAIN_SESSION reach the application the same way, once a session."

  @Test
  void theCapsuleDrainsOneSession() {
    Joined first = pair.join();
    Joined second = pair.join();
    second.server().drain();
    pair.run();
    assertEquals(List.of(second.client()), drained(pair.client));
    assertTrue(second.client().isDraining());
    assertFalse(first.client().isDraining());
  }

  @Test
  void eitherSideMaySendTheCapsule() {
    Joined session = pair.join();
    session.client().drain();
    pair.run();
    assertEquals(List.of(session.server()), drained(pair.server));
    assertEquals(List.of(), drained(pair.client));
  }

  @Test
  void goawayLooksTheSame() {
    Joined session = pair.join();
    pair.server.http.announceGoaway();
    pair.run();
    assertEquals(List.of(session.client()), drained(pair.client));
  }

  // "Every session of the connection gets it on GOAWAY."

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everySessionGetsItOnGoaway(boolean announced) {
    Joined first = pair.join();
    Joined second = pair.join();
    if (announced) {
      pair.server.http.announceGoaway();
    } else {
      pair.server.http.goaway();
    }
    pair.run();
    assertEquals(List.of(first.client(), second.client()), drained(pair.client));
  }

  @Test
  void aServersSessionsGetItOnAClientsGoaway() {
    Joined first = pair.join();
    Joined second = pair.join();
    pair.client.http.goaway();
    pair.run();
    assertEquals(List.of(first.server(), second.server()), drained(pair.server));
  }

  // "One that the GOAWAY rejects gets draining first, then its end."

  @Test
  void aRejectedSessionIsDrainedFirst() {
    Joined kept = pair.join();
    pair.server.http.goaway();
    WebTransportSession rejected = pair.connect(List.of());
    pair.run();
    List<WebTransportEvent> ofRejected =
        pair.client.events.stream()
            .filter(
                event ->
                    event.equals(new WebTransportEvent.Draining(rejected))
                        || event instanceof WebTransportEvent.Ended)
            .toList();
    assertEquals(2, ofRejected.size());
    assertEquals(new WebTransportEvent.Draining(rejected), ofRejected.get(0));
    WebTransportEvent.Ended ended = (WebTransportEvent.Ended) ofRejected.get(1);
    assertSame(rejected, ended.session());
    RequestEnding why =
        assertInstanceOf(SessionEnding.NotEstablished.class, ended.ending()).request();
    assertInstanceOf(RequestEnding.NotCoveredByGoaway.class, why);
    assertFalse(why.mayHaveBeenProcessed());
    assertTrue(kept.client().isOpen());
  }

  // Streams overtake each other.

  @Test
  void aSessionWhoseRequestTheGoawayHasOvertaken() {
    RawSide side = RawSide.ofServer(WebTransportVersion.DRAFT_16);
    BidiStream connect = side.peer.openBidi();
    RawSide.write(side.peer.sendStream(2), RawSide.bytes(7, 1, 0));
    side.deliver();
    RawSide.write(connect.send(), RawSide.connectHead(WebTransportVersion.DRAFT_16.protocol()));
    side.deliver();
    WebTransportSession session = side.session();
    session.accept(null, Fields.EMPTY);
    side.deliver();
    assertTrue(session.isOpen());
    assertEquals(
        List.of(session),
        side.events.stream()
            .filter(WebTransportEvent.Draining.class::isInstance)
            .map(event -> ((WebTransportEvent.Draining) event).session())
            .toList());
  }

  // "A second GOAWAY or capsule adds nothing."

  @Test
  void aSecondGoawayAddsNothing() {
    Joined session = pair.join();
    pair.server.http.announceGoaway();
    pair.run();
    pair.server.http.goaway();
    pair.run();
    assertEquals(
        2, pair.client.others.stream().filter(Http3Event.Goaway.class::isInstance).count());
    assertEquals(List.of(session.client()), drained(pair.client));
  }

  @Test
  void aSecondCapsuleAddsNothing() {
    Joined session = pair.join();
    RequestStream connect = pair.server.http.request(session.server().id());
    byte[] capsule = Capsule.empty(CapsuleType.WT_DRAIN_SESSION).encode();
    connect.writeData(capsule, 0, capsule.length);
    pair.run();
    connect.writeData(capsule, 0, capsule.length);
    session.server().drain();
    session.server().drain();
    pair.run();
    assertEquals(List.of(session.client()), drained(pair.client));
  }

  @Test
  void aCapsuleAfterAGoawayAddsNothing() {
    Joined session = pair.join();
    pair.server.http.announceGoaway();
    session.server().drain();
    pair.run();
    assertEquals(List.of(session.client()), drained(pair.client));
  }

  // "None when there is no session, none for CONNECT-UDP or plain CONNECT."

  @Test
  void noneWithoutASession() {
    pair.run();
    pair.server.http.goaway();
    pair.run();
    assertEquals(List.of(), drained(pair.client));
    assertTrue(pair.client.others.stream().anyMatch(Http3Event.Goaway.class::isInstance));
  }

  @Test
  void noneForASessionThatHasEnded() {
    Joined session = pair.join();
    session.client().close(0, "");
    pair.run();
    pair.server.http.goaway();
    pair.run();
    assertEquals(List.of(), drained(pair.client));
  }

  @Test
  void noneForOtherTunnels() {
    pair.run();
    pair.client.http.openRequest(RequestHead.connect("example.com:443", Fields.EMPTY), false);
    pair.client.http.openRequest(
        RequestHead.extendedConnect(
            "connect-udp", "https", "example.com", "/.well-known/masque/udp/h/1/", Fields.EMPTY),
        false);
    pair.run();
    for (Http3Event event : List.copyOf(pair.server.others)) {
      if (event instanceof Http3Event.Request(RequestStream stream, var head)) {
        stream.sendResponse(new ResponseHead(200, Fields.EMPTY), false);
        byte[] capsule = Capsule.empty(CapsuleType.WT_DRAIN_SESSION).encode();
        stream.writeData(capsule, 0, capsule.length);
      }
    }
    pair.server.http.goaway();
    pair.run();
    assertEquals(2, pair.client.http.activeRequests());
    assertEquals(List.of(), drained(pair.client));
  }

  // "None once the connection is closing."

  @Test
  void noneOnceTheConnectionIsClosing() {
    pair.join();
    pair.server.http.goaway();
    pair.server.process();
    // The GOAWAY is there, but this side has closed before it got to see it.
    pair.link.deliverAll();
    pair.client.http.close(Http3Error.H3_NO_ERROR, "");
    pair.run();
    assertEquals(List.of(), drained(pair.client));
    assertEquals(1, pair.client.all(WebTransportEvent.Ended.class).size());
  }

  @Test
  void aGoawayThatArrivedBeforeThePeersCloseIsDelivered() {
    Joined session = pair.join();
    pair.server.http.goaway();
    pair.server.process();
    pair.link.deliverAll();
    pair.server.http.close(Http3Error.H3_NO_ERROR, "");
    pair.run();
    assertEquals(List.of(session.client()), drained(pair.client));
    assertInstanceOf(SessionEnding.ConnectionEnded.class, session.client().ending());
  }

  // "With the capsule and FIN together, draining then end."

  @Test
  void capsuleAndFinTogether() {
    Joined session = pair.join();
    session.server().drain();
    pair.server.http.request(session.server().id()).finish();
    pair.run();
    int last = pair.client.events.size() - 1;
    assertEquals(
        new WebTransportEvent.Draining(session.client()), pair.client.events.get(last - 1));
    assertEquals(
        new WebTransportEvent.Ended(
            session.client(), new SessionEnding.Closed(SessionEnding.Side.PEER, 0, "")),
        pair.client.events.get(last));
  }

  // "After draining the session goes on working, new streams and datagrams included."

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Requirement("WEBTRANS16-4.7#2")
  void theSessionGoesOn(boolean byGoaway) {
    Joined session = pair.join();
    SessionStream old = session.client().openBidi();
    WtPair.write(old, "a");
    pair.run();
    SessionStream oldAtServer = pair.atServer();
    if (byGoaway) {
      pair.server.http.goaway();
    } else {
      session.server().drain();
    }
    pair.run();
    assertEquals(List.of(session.client()), drained(pair.client));

    WtPair.write(old, "b");
    pair.run();
    assertEquals("ab", WtPair.read(oldAtServer));
    for (boolean bidirectional : new boolean[] {true, false}) {
      WtPair.write(open(session.client(), bidirectional), "new");
      WtPair.write(open(session.server(), bidirectional), "new");
      pair.run();
      assertEquals("new", WtPair.read(pair.atServer()));
      assertEquals("new", WtPair.read(pair.atClient()));
    }
    session.client().sendDatagram(new byte[] {1}, 0, 1);
    session.server().sendDatagram(new byte[] {2}, 0, 1);
    pair.run();
    assertArrayEquals(new byte[] {1}, session.server().nextDatagram(pair.now));
    assertArrayEquals(new byte[] {2}, session.client().nextDatagram(pair.now));
    assertTrue(session.client().isOpen() && session.server().isOpen());
  }

  private static SessionStream open(WebTransportSession session, boolean bidirectional) {
    return bidirectional ? session.openBidi() : session.openUni();
  }

  @Test
  @Requirement("WEBTRANS16-4.7#1")
  void noNewSessionsAfterAGoaway() {
    pair.join();
    pair.server.http.announceGoaway();
    pair.run();
    assertEquals(0, pair.client.sessions.sessionCredit());
  }

  // "A server can drain one session or all of them."

  @Test
  void allOfThemByCapsules() {
    Joined first = pair.join();
    Joined second = pair.join();
    pair.server.sessions.sessions().forEach(WebTransportSession::drain);
    pair.run();
    assertEquals(List.of(first.client(), second.client()), drained(pair.client));
    assertTrue(pair.client.sessions.sessionCredit() > 0, "the connection is not going away");
  }

  // A connection that goes away lives as long as its sessions.

  @Test
  void drainedWhenTheLastSessionHasEnded() {
    Joined session = pair.join();
    pair.server.http.goaway();
    pair.run();
    assertTrue(pair.server.others.stream().noneMatch(Http3Event.Drained.class::isInstance));
    session.client().close(0, "");
    pair.run();
    assertTrue(pair.server.others.stream().anyMatch(Http3Event.Drained.class::isInstance));
    assertTrue(pair.client.others.stream().anyMatch(Http3Event.Drained.class::isInstance));
  }
}
