package dev.sluice.http3.connection;

import static dev.sluice.http3.connection.RawPeer.frame;
import static dev.sluice.http3.connection.RawPeer.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.memory.MemorySendStream;
import dev.sluice.testkit.Requirement;
import org.junit.jupiter.api.Test;

/** Peers that make work out of all proportion (RFC 9114 §10.5). */
class LoadTest {
  private static final long EXCESSIVE = Http3Error.H3_EXCESSIVE_LOAD.code();
  private final RawPeer peer = RawPeer.ofServer();

  @Test
  @Requirement({"RFC9114-10.5#2", "RFC9114-10.5#3"})
  void controlFramesWithoutEnd() {
    MemorySendStream control = peer.control();
    int sent = 0;
    while (peer.own.ending() == null) {
      write(control, frame(0x21));
      sent++;
      peer.link.deliver(peer.peer, control.id(), 100);
      peer.connection.process();
      assertTrue(sent < 20_000);
    }
    assertTrue(sent >= 10_000);
    assertEquals(EXCESSIVE, Pair.closeCode(peer.own));
  }

  @Test
  @Requirement({"RFC9114-10.5#2", "RFC9114-10.5#3"})
  void emptyFramesOnARequestWithoutEnd() {
    MemorySendStream request = peer.bidi(RawPeer.getHeaders());
    for (int i = 0; i < 30_000 && peer.own.ending() == null; i++) {
      write(request, i % 2 == 0 ? frame(0x00) : frame(0x21));
      peer.link.deliver(peer.peer, request.id(), 1000);
      peer.connection.process();
    }
    assertEquals(EXCESSIVE, Pair.closeCode(peer.own));
  }

  @Test
  @Requirement({"RFC9114-10.5#2", "RFC9114-10.5#3"})
  void requestsThatAreResetWithoutEnd() {
    peer.link.client().allow(100_000, 100);
    for (int i = 0; i < 3000 && peer.own.ending() == null; i++) {
      MemorySendStream request = peer.bidi(RawPeer.getHeaders());
      peer.link.deliver(peer.peer, request.id(), 1000);
      peer.peer.recvStream(request.id()).stopSending(Http3Error.H3_REQUEST_CANCELLED.code());
      peer.link.deliverStops();
      request.reset(Http3Error.H3_REQUEST_CANCELLED.code());
      peer.link.deliver(peer.peer, request.id(), 0);
      peer.connection.process();
      peer.connection.requests().forEach(one -> one.reset(Http3Error.H3_REQUEST_CANCELLED));
      peer.link.deliverAll();
      peer.connection.process();
    }
    assertEquals(EXCESSIVE, Pair.closeCode(peer.own));
  }

  /** The one that was too many hears of its end like those before it: somebody may read from it. */
  @Test
  void everyRequestThatIsResetHearsOfIt() {
    peer.link.client().allow(100_000, 100);
    while (peer.own.ending() == null) {
      MemorySendStream request = peer.bidi(RawPeer.getHeaders());
      peer.deliver();
      request.reset(Http3Error.H3_REQUEST_CANCELLED.code());
      peer.deliver();
      peer.connection.requests().forEach(one -> one.reset(Http3Error.H3_REQUEST_CANCELLED));
      peer.deliver();
    }
    assertEquals(
        peer.all(Http3Event.Request.class).size(), peer.all(Http3Event.RequestEnded.class).size());
  }

  /** What was sent whole cannot be reset any more: STOP_SENDING alone gives it up (§4.1.1). */
  @Test
  @Requirement({"RFC9114-10.5#2", "RFC9114-10.5#3"})
  void requestsWhoseAnswersAreNotWantedWithoutEnd() {
    peer.link.client().allow(100_000, 100);
    for (int i = 0; i < 3000 && peer.own.ending() == null; i++) {
      MemorySendStream request = peer.bidi(RawPeer.getHeaders());
      request.finish();
      peer.link.deliver(peer.peer, request.id(), 1000);
      peer.peer.recvStream(request.id()).stopSending(Http3Error.H3_REQUEST_CANCELLED.code());
      peer.deliver();
    }
    assertEquals(EXCESSIVE, Pair.closeCode(peer.own));
  }

  /** A client can have this side reset them, too. */
  @Test
  @Requirement({"RFC9114-10.5#2", "RFC9114-10.5#3"})
  void requestsThatTurnOutMalformedWithoutEnd() {
    peer.link.client().allow(100_000, 100);
    for (int i = 0; i < 3000 && peer.own.ending() == null; i++) {
      peer.bidi(RawPeer.postHeaders(1), RawPeer.data(2));
      peer.deliver();
    }
    assertEquals(EXCESSIVE, Pair.closeCode(peer.own));
  }

  /** As tunnels and uploads may be: both sides have had something of them. */
  @Test
  void requestsThatAreResetAfterAnAnswerMayGoOnForEver() {
    peer.link.client().allow(100_000, 100);
    peer.control();
    for (int i = 0; i < 1500; i++) {
      MemorySendStream request = peer.bidi(RawPeer.getHeaders());
      peer.events.clear();
      peer.deliver();
      RequestStream exchange = peer.event(Http3Event.Request.class).stream();
      exchange.sendResponse(Pair.ok(), false);
      request.reset(Http3Error.H3_REQUEST_CANCELLED.code());
      peer.deliver();
      exchange.reset(Http3Error.H3_REQUEST_CANCELLED);
      peer.deliver();
    }
    assertNull(peer.own.ending());
    assertEquals(0, peer.connection.activeRequests());
  }

  @Test
  void requestsThatAreAnsweredMayGoOnForEver() {
    peer.link.client().allow(100_000, 100);
    peer.control();
    for (int i = 0; i < 1500; i++) {
      peer.bidi(RawPeer.getHeaders()).finish();
      peer.events.clear();
      peer.link.deliverAll();
      peer.connection.process();
      Pair.take(peer.connection, peer.events);
      peer.event(Http3Event.Request.class).stream().sendResponse(Pair.ok(), true);
      peer.link.deliverAll();
      peer.connection.process();
    }
    assertNull(peer.own.ending());
    assertEquals(0, peer.connection.activeRequests());
  }

  @Test
  @Requirement({"RFC9114-10.5#2", "RFC9114-10.5#3"})
  void streamsOfUnknownTypesWithoutEnd() {
    peer.link.client().allow(100, 100_000);
    for (int i = 0; i < 3000 && peer.own.ending() == null; i++) {
      MemorySendStream stream = peer.uni(0x21);
      peer.link.deliver(peer.peer, stream.id(), 1);
      peer.connection.process();
    }
    assertEquals(EXCESSIVE, Pair.closeCode(peer.own));
  }
}
