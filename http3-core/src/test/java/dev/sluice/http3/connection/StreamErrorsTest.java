package dev.sluice.http3.connection;

import static dev.sluice.http3.connection.RawPeer.data;
import static dev.sluice.http3.connection.RawPeer.getHeaders;
import static dev.sluice.http3.connection.RawPeer.headers;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.frame.FrameType;
import dev.sluice.http3.frame.SettingsFrame;
import dev.sluice.http3.memory.MemorySendStream;
import dev.sluice.testkit.Requirement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What costs a stream and leaves the connection alone. */
class StreamErrorsTest {

  private static void assertStreamError(RawPeer peer, RequestEnding ending, Http3Error error) {
    var streamError = assertInstanceOf(RequestEnding.StreamError.class, ending);
    assertEquals(error, streamError.error(), streamError.reason());
    assertNull(peer.own.ending());
    assertEquals(error.code(), peer.own.sendStream(0).resetCode().longValue());
  }

  private static RequestEnding response(RawPeer peer, byte[]... parts) {
    RequestStream request = peer.connection.openRequest(Pair.post("/"), false);
    peer.response(parts).finish();
    peer.deliver();
    Pair.readAll(request);
    peer.deliver();
    assertEquals(request.ending(), peer.event(Http3Event.RequestEnded.class).ending());
    return request.ending();
  }

  @Test
  @Requirement({"RFC9114-4.1.2#2", "RFC9114-4.1.2#4", "RFC9114-4.1#2"})
  void malformedResponses() {
    List<byte[][]> malformed =
        List.of(
            new byte[][] {headers("a", "b")},
            new byte[][] {headers(":status", "200", ":status", "200")},
            new byte[][] {headers(":status", "101")},
            new byte[][] {headers(":status", "200", "content-length", "4"), data(3)},
            new byte[][] {headers(":status", "200", "content-length", "4"), data(5)},
            new byte[][] {headers(":status", "200", "content-length", "x")},
            new byte[][] {headers(":status", "204"), data(1)},
            new byte[][] {headers(":status", "200"), headers(":status", "200")},
            new byte[][] {headers(":status", "100")},
            new byte[][] {});
    for (byte[][] parts : malformed) {
      RawPeer peer = RawPeer.ofClient();
      assertStreamError(peer, response(peer, parts), Http3Error.H3_MESSAGE_ERROR);
    }
  }

  @Test
  @Requirement("RFC9114-4.1.2#2")
  void malformedRequestsAreNotHandedOver() {
    for (byte[] head :
        List.of(
            headers(":method", "GET"),
            headers(":method", "GET", ":scheme", "https", ":path", "/", "Host", "x"),
            headers(":status", "200"))) {
      RawPeer peer = RawPeer.ofServer();
      peer.bidi(head);
      peer.deliver();
      assertTrue(peer.all(Http3Event.Request.class).isEmpty());
      assertTrue(peer.all(Http3Event.RequestEnded.class).isEmpty());
      assertNull(peer.own.ending());
      long code = Http3Error.H3_MESSAGE_ERROR.code();
      assertEquals(code, peer.own.sendStream(0).resetCode().longValue());
      assertEquals(code, peer.own.recvStream(0).stopCode().longValue());
      peer.deliver();
      assertEquals(0, peer.connection.activeRequests());
    }
  }

  @Test
  void contentBeyondContentLengthIsNotHandedOver() {
    RawPeer peer = RawPeer.ofServer();
    peer.bidi(RawPeer.postHeaders(5), data(4), data(2));
    peer.deliver();
    RequestStream request = peer.event(Http3Event.Request.class).stream();
    assertEquals(4, Pair.readAll(request).length);
    assertStreamError(peer, request.ending(), Http3Error.H3_MESSAGE_ERROR);
  }

  @Test
  @Requirement("RFC9114-4.1#13")
  void aRequestThatNeverCame() {
    RawPeer peer = RawPeer.ofServer();
    peer.bidi(RawPeer.frame(0x21, 1)).finish();
    peer.deliver();
    assertNull(peer.own.ending());
    assertEquals(
        Http3Error.H3_REQUEST_INCOMPLETE.code(), peer.own.sendStream(0).resetCode().longValue());
    assertTrue(peer.events.isEmpty(), peer.events.toString());
  }

  /** Nobody hears of it, so nobody else would end the other direction. */
  @Test
  void aRequestThatIsResetBeforeItsHead() {
    RawPeer peer = RawPeer.ofServer();
    peer.bidi().reset(Http3Error.H3_REQUEST_CANCELLED.code());
    peer.deliver();
    assertEquals(
        Http3Error.H3_REQUEST_INCOMPLETE.code(), peer.own.sendStream(0).resetCode().longValue());
    assertEquals(0, peer.connection.activeRequests());
    assertTrue(peer.events.isEmpty(), peer.events.toString());
  }

  @ParameterizedTest
  @ValueSource(ints = {2000, 200_000})
  @Requirement("RFC9114-4.2.2#1")
  void aRequestHeadTooLargeIsAnsweredWith431(int size) {
    RawPeer peer = RawPeer.ofServer(Http3Config.DEFAULT.withMaxFieldSectionSize(1000));
    peer.peer.sendBuffer(1 << 20);
    peer.control();
    peer.bidi(getHeaders("x", "z".repeat(size)));
    peer.deliver();
    assertTrue(peer.all(Http3Event.Request.class).isEmpty());
    byte[] answer = peer.peer.recvStream(0).readAll();
    assertEquals(FrameType.HEADERS, answer[0]);
    assertEquals(Http3Error.H3_NO_ERROR.code(), peer.own.recvStream(0).stopCode().longValue());
    peer.deliver();
    assertEquals(0, peer.connection.activeRequests());
    assertNull(peer.own.ending());
  }

  /** The limit of a client is advice (RFC 9114 §10.5.1), and no answer is smaller. */
  @Test
  void aRequestHeadTooLargeIsAnsweredWhateverTheClientTakes() {
    RawPeer peer = RawPeer.ofServer(Http3Config.DEFAULT.withMaxFieldSectionSize(1000));
    MemorySendStream control = peer.uni(0x00);
    RawPeer.write(
        control, new SettingsFrame(Map.of(Http3Settings.MAX_FIELD_SECTION_SIZE, 0L)).encode());
    peer.deliver();
    peer.bidi(headers(":method", "GET", "x", "z".repeat(2000)));
    peer.deliver();
    assertEquals(FrameType.HEADERS, peer.peer.recvStream(0).readAll()[0]);
    assertNull(peer.own.ending());
  }

  /** Without a limit to speak of. */
  @Test
  void theLargestLimitThereIsRefusesNothing() {
    RawPeer peer = RawPeer.ofServer(Http3Config.DEFAULT.withMaxFieldSectionSize(Integer.MAX_VALUE));
    peer.bidi(getHeaders());
    peer.deliver();
    assertEquals("/", peer.event(Http3Event.Request.class).head().path());
  }

  @Test
  void aResponseHeadTooLargeIsRefused() {
    RawPeer peer = RawPeer.ofClient(Http3Config.DEFAULT.withMaxFieldSectionSize(1000));
    RequestEnding ending = response(peer, headers(":status", "200", "x", "z".repeat(2000)));
    assertStreamError(peer, ending, Http3Error.H3_EXCESSIVE_LOAD);
  }

  @Test
  void interimResponsesWithoutEndAreRefused() {
    RawPeer peer = RawPeer.ofClient();
    byte[][] many = new byte[100][];
    java.util.Arrays.fill(many, headers(":status", "103"));
    assertStreamError(peer, response(peer, many), Http3Error.H3_EXCESSIVE_LOAD);
  }

  @Test
  @Requirement("RFC9114-8#2")
  void unknownCodesMeanNoError() {
    RawPeer peer = RawPeer.ofClient();
    RequestStream request = peer.connection.openRequest(Pair.get("/"), true);
    MemorySendStream response = peer.response();
    response.reset(0x3fff_0000L);
    peer.deliver();
    assertEquals(new RequestEnding.ResetByPeer(0x3fff_0000L, false), request.ending());
    assertEquals(Http3Error.H3_NO_ERROR, Http3Error.of(0x3fff_0000L));
    assertNull(peer.own.ending());
  }

  @Test
  void aTunnelEndsWithoutRegardToContentLength() {
    RawPeer peer = RawPeer.ofServer();
    peer.bidi(headers(":method", "CONNECT", ":authority", "a:1", "content-length", "9"), data(2))
        .finish();
    peer.bidi(getHeaders()).finish();
    peer.deliver();
    RequestStream tunnel = peer.all(Http3Event.Request.class).getFirst().stream();
    assertEquals(2, Pair.readAll(tunnel).length);
    assertEquals(new RequestEnding.Complete(), tunnel.ending());
  }
}
