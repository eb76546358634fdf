package dev.sluice.http3.connection;

import static dev.sluice.http3.connection.RawPeer.frame;
import static dev.sluice.http3.connection.RawPeer.headers;
import static dev.sluice.http3.connection.RawPeer.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.memory.MemorySendStream;
import dev.sluice.http3.stream.StreamClaims;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.stream.BidiStream;
import dev.sluice.testkit.Requirement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GOAWAY in both directions (RFC 9114 §5.2). */
class GoawayTest {
  private static final long REJECTED = Http3Error.H3_REQUEST_REJECTED.code();

  /** An extension that claims what no test sends. */
  private static final StreamClaims EXTENSION =
      new StreamClaims() {
        @Override
        public boolean claimsType(long type) {
          return false;
        }

        @Override
        public boolean claimsSignal(long frameType) {
          return frameType == 0x41;
        }

        @Override
        public boolean signalMayFollowFrames() {
          return false;
        }
      };

  @Test
  @Requirement({"RFC9114-5.2#2", "RFC9114-5.2#3", "RFC9114-4.1.1#4"})
  void aServerAnswersWhatCameAndRejectsWhatComes() {
    RawPeer peer = RawPeer.ofServer();
    peer.control();
    peer.bidi(RawPeer.getHeaders()).finish();
    peer.deliver();
    peer.connection.goaway();
    assertTrue(peer.connection.isGoingAway());
    peer.bidi(RawPeer.getHeaders()).finish();
    peer.deliver();
    RequestStream first = peer.event(Http3Event.Request.class).stream();
    assertEquals(REJECTED, peer.own.sendStream(4).resetCode().longValue());
    assertTrue(peer.all(Http3Event.Drained.class).isEmpty());
    first.sendResponse(Pair.ok(), true);
    peer.deliver();
    assertEquals(1, peer.all(Http3Event.Drained.class).size());
    assertNull(peer.own.ending());
  }

  @Test
  @Requirement("RFC9114-5.2#4")
  void theFirstRequestMayBeTheOneRejected() {
    Pair pair = new Pair();
    pair.run();
    RequestStream request = pair.client.openRequest(Pair.get("/"), true);
    pair.server.goaway();
    pair.run();
    assertEquals(new RequestEnding.NotCoveredByGoaway(0), request.ending());
    assertTrue(request.ending().isRetrySafe());
    assertFalse(pair.client.canOpenRequests());
    assertThrows(IllegalStateException.class, () -> pair.client.openRequest(Pair.get("/"), true));
    pair.clientEvent(Http3Event.Drained.class);
    pair.serverEvent(Http3Event.Drained.class);
    assertEquals(0, pair.server.activeRequests());
  }

  @Test
  @Requirement("RFC9114-5.2#8")
  void inTwoStepsNothingIsLost() {
    Pair pair = new Pair();
    pair.run();
    RequestStream before = pair.client.openRequest(Pair.get("/1"), true);
    pair.server.announceGoaway();
    pair.server.announceGoaway();
    // On its way while the announcement is.
    RequestStream during = pair.client.openRequest(Pair.get("/2"), true);
    pair.run();
    assertEquals(
        List.of(new Http3Event.Goaway((1L << 62) - 4)),
        Pair.all(pair.clientEvents, Http3Event.Goaway.class));
    assertTrue(Pair.all(pair.serverEvents, Http3Event.Drained.class).isEmpty());
    pair.server.goaway();
    pair.server.goaway();
    pair.server.announceGoaway();
    pair.run();
    assertEquals(
        List.of(new Http3Event.Goaway((1L << 62) - 4), new Http3Event.Goaway(8)),
        Pair.all(pair.clientEvents, Http3Event.Goaway.class));
    for (Http3Event.Request request : Pair.all(pair.serverEvents, Http3Event.Request.class)) {
      request.stream().sendResponse(Pair.ok(), true);
    }
    pair.run();
    assertEquals(new RequestEnding.Complete(), before.ending());
    assertEquals(new RequestEnding.Complete(), during.ending());
    pair.clientEvent(Http3Event.Drained.class);
    pair.serverEvent(Http3Event.Drained.class);
  }

  @Test
  void aClientSaysItTooAndOpensNoMore() {
    Pair pair = new Pair();
    pair.run();
    RequestStream request = pair.client.openRequest(Pair.get("/"), true);
    pair.client.goaway();
    pair.run();
    assertEquals(new Http3Event.Goaway(0), pair.serverEvent(Http3Event.Goaway.class));
    assertThrows(IllegalStateException.class, () -> pair.client.openRequest(Pair.get("/"), true));
    pair.request().sendResponse(Pair.ok(), true);
    pair.run();
    assertEquals(new RequestEnding.Complete(), request.ending());
    pair.clientEvent(Http3Event.Drained.class);
  }

  @Test
  void aLowerIdTakesMoreRequestsAndAnEqualOneSaysNothing() {
    RawPeer peer = RawPeer.ofClient();
    RequestStream first = peer.connection.openRequest(Pair.get("/1"), true);
    RequestStream second = peer.connection.openRequest(Pair.get("/2"), true);
    MemorySendStream control = peer.control();
    write(control, frame(0x07, 8));
    peer.deliver();
    assertNull(second.ending());
    write(control, frame(0x07, 4));
    write(control, frame(0x07, 4));
    peer.deliver();
    assertNull(first.ending());
    assertEquals(new RequestEnding.NotCoveredByGoaway(4), second.ending());
    assertEquals(2, peer.all(Http3Event.Goaway.class).size());
  }

  @Test
  @Requirement("RFC9114-4.1.1#9")
  void aClientCancelsWhatIsLeftOutAndRejectsNothing() {
    RawPeer peer = RawPeer.ofClient();
    peer.connection.openRequest(Pair.post("/1"), false);
    peer.connection.openRequest(Pair.post("/2"), false).cancel(Http3Error.H3_REQUEST_CANCELLED);
    write(peer.control(), frame(0x07, 0));
    peer.deliver();
    long cancelled = Http3Error.H3_REQUEST_CANCELLED.code();
    for (long id : new long[] {0, 4}) {
      assertEquals(cancelled, peer.own.sendStream(id).resetCode().longValue());
      assertEquals(cancelled, peer.own.recvStream(id).stopCode().longValue());
    }
  }

  @Test
  @Requirement("RFC9114-4.1.1#5")
  void whatWasHandedOverIsNotRejectedAfterwards() {
    RawPeer peer = RawPeer.ofServer();
    peer.control();
    peer.bidi(headers(":method", "GET", ":scheme", "https", ":authority", "a", ":path", "/1"));
    MemorySendStream second = peer.bidi(RawPeer.getHeaders());
    peer.deliver();
    List<Http3Event.Request> requests = peer.all(Http3Event.Request.class);
    peer.connection.goaway();
    requests.getFirst().stream().sendResponse(Pair.ok(), false);
    write(second, RawPeer.headers(":status", "200")); // no trailer section
    peer.deliver();
    assertNull(peer.own.sendStream(0).resetCode());
    assertEquals(
        Http3Error.H3_MESSAGE_ERROR.code(), peer.own.sendStream(4).resetCode().longValue());
    assertEquals(Http3Error.H3_MESSAGE_ERROR.code(), peer.own.recvStream(4).stopCode().longValue());
  }

  @Test
  void aResponseThatHadBegunGoesOn() {
    RawPeer peer = RawPeer.ofClient();
    RequestStream request = peer.connection.openRequest(Pair.get("/"), true);
    MemorySendStream response = peer.response(headers(":status", "200"));
    peer.deliver();
    write(peer.control(), frame(0x07, 0));
    peer.deliver();
    assertNull(request.ending());
    write(response, RawPeer.data(3));
    response.finish();
    peer.deliver();
    assertEquals(3, Pair.readAll(request).length);
    assertEquals(new RequestEnding.Complete(), request.ending());
  }

  @Test
  @Requirement({"RFC9114-5.2#10", "RFC9114-5.2#8"})
  void aClientsSpeaksOfPushesAndMayFall() {
    RawPeer peer = RawPeer.ofServer();
    MemorySendStream control = peer.control();
    for (int id : new int[] {63, 7, 7, 2, 0, 0}) {
      write(control, frame(0x07, id));
    }
    peer.bidi(RawPeer.getHeaders()).finish();
    peer.deliver();
    assertEquals(
        List.of(63L, 7L, 2L, 0L),
        peer.all(Http3Event.Goaway.class).stream().map(Http3Event.Goaway::id).toList());
    assertNull(peer.own.ending());
    // No push was promised, so it says nothing of requests, and the server serves on.
    peer.event(Http3Event.Request.class).stream().sendResponse(Pair.ok(), true);
    peer.deliver();
    assertTrue(peer.all(Http3Event.Drained.class).isEmpty());
    write(control, frame(0x07, 1));
    peer.deliver();
    assertEquals(Http3Error.H3_ID_ERROR.code(), Pair.closeCode(peer.own));
  }

  @Test
  void aServerIsNotDrainedBeforeItsGoawayHasArrived() {
    RawPeer peer = RawPeer.ofServer();
    peer.deliver();
    peer.connection.goaway();
    peer.connection.process();
    Pair.take(peer.connection, peer.events);
    assertTrue(peer.all(Http3Event.Drained.class).isEmpty());
    peer.deliver();
    assertEquals(1, peer.all(Http3Event.Drained.class).size());
  }

  /** What the client sent before it heard of the stop is answered or safe to repeat, never lost. */
  @Test
  @Requirement("RFC9114-5.2#7")
  void aGoawayThatGetsLostIsSentAgainBeforeTheClose() {
    LivePair pair = new LivePair();
    boolean[] lost = {true};
    pair.toClient.drop(datagram -> lost[0]);
    pair.server.http.announceGoaway();
    pair.run(30);
    pair.server.http.goaway();
    RequestStream late = pair.client.http.openRequest(Pair.get("/"), true);
    pair.run(2_000);
    assertTrue(pair.server.all(Http3Event.Drained.class).isEmpty());
    assertTrue(pair.server.all(Http3Event.Request.class).isEmpty(), "it came too late");
    assertNull(late.ending());
    lost[0] = false;
    pair.run(5_000);
    assertTrue(late.ending().isRetrySafe(), late.ending().describe());
    pair.server.event(Http3Event.Drained.class);
    pair.server.http.close(Http3Error.H3_NO_ERROR, "");
    pair.run(100);
    assertTrue(RequestEnding.isGraceful(pair.client.quic.ending()));
    assertTrue(late.ending().isRetrySafe());
  }

  /** Whole or not, with or without an extension, which must see a request's first bytes. */
  @ParameterizedTest
  @CsvSource({"true, false", "false, false", "true, true", "false, true"})
  void whatIsRejectedLeavesNoStreamBehind(boolean whole, boolean extension) {
    LivePair pair = new LivePair();
    if (extension) {
      pair.server.http.claim(EXTENSION);
    }
    pair.server.http.goaway();
    pair.run(100);
    for (int i = 0; i < 500; i++) {
      BidiStream late = pair.client.quic.openBidi();
      assertNotNull(late, "the server still has the " + i + " before");
      byte[] head = RawPeer.getHeaders();
      late.send().write(head, 0, head.length);
      if (whole) {
        late.send().finish();
      }
      pair.run(100);
      assertEquals(StreamEnding.ResetByPeer.class, late.recv().ending().getClass());
    }
  }

  @Test
  void beforeSettingsItIsNoGoaway() {
    RawPeer peer = RawPeer.ofClient();
    write(peer.uni(0), frame(0x07, 0));
    peer.deliver();
    assertEquals(Http3Error.H3_MISSING_SETTINGS.code(), Pair.closeCode(peer.own));
  }

  @Test
  @Requirement("RFC9114-5.4#1")
  void withTheCloseInTheSameBatchItStillCounts() {
    RawPeer peer = RawPeer.ofClient();
    RequestStream first = peer.connection.openRequest(Pair.get("/1"), true);
    RequestStream second = peer.connection.openRequest(Pair.get("/2"), true);
    peer.connection.process();
    write(peer.control(), frame(0x07, 4));
    peer.link.deliverAll();
    peer.close(Http3Error.H3_NO_ERROR.code());
    assertTrue(second.ending().isRetrySafe());
    assertFalse(first.ending().isRetrySafe());
    assertTrue(first.ending().mayHaveBeenProcessed());
    assertTrue(first.ending().isGraceful());
    assertEquals(peer.own.ending(), first.ending().cause());
  }
}
