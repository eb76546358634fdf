package dev.sluice.http3.connection;

import static dev.sluice.http3.frame.FrameType.DATA;
import static dev.sluice.http3.frame.FrameType.GOAWAY;
import static dev.sluice.http3.frame.FrameType.HEADERS;
import static dev.sluice.http3.frame.FrameType.PRIORITY_UPDATE_REQUEST;
import static dev.sluice.http3.frame.FrameType.SETTINGS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.Priority;
import dev.sluice.http3.message.ResponseHead;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.testkit.Requirement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which frames each side sends, and on which streams. */
class SentFramesTest {
  private static final Http3Config QUIET = Http3Config.DEFAULT.withGrease(false);

  private record Sent(long type, byte[] payload) {}

  /** The frames that lie here one behind the other. */
  private static List<Sent> frames(WireReader in) {
    List<Sent> frames = new ArrayList<>();
    while (in.hasRemaining()) {
      frames.add(new Sent(in.varInt(), in.bytes((int) in.varInt())));
    }
    return frames;
  }

  private static List<Long> types(List<Sent> frames) {
    return frames.stream().map(Sent::type).toList();
  }

  /** What has come on a request stream. */
  private static List<Long> message(RawPeer peer, long id) {
    return types(frames(WireReader.of(peer.peer.recvStream(id).readAll())));
  }

  /** What has come on the control stream; besides it there are only the two of QPACK. */
  private static List<Sent> control(RawPeer peer) {
    long first = peer.own.isClient() ? 2 : 3;
    WireReader control = WireReader.of(peer.peer.recvStream(first).readAll());
    assertEquals(0x00, control.varInt());
    assertEquals(0x02, peer.peer.recvStream(first + 4).readAll()[0]);
    assertEquals(0x03, peer.peer.recvStream(first + 8).readAll()[0]);
    assertNull(peer.peer.recvStream(first + 12));
    return frames(control);
  }

  @Test
  @Requirement({
    "RFC9114-4.1#1",
    "RFC9114-7.2.1#1",
    "RFC9114-7.2.4#1",
    "RFC9114-7.2.4#3",
    "RFC9114-7.2.5#10",
    "RFC9218-7.2#3",
    "RFC9218-7.2#5"
  })
  void ofAClient() {
    RawPeer peer = RawPeer.ofClient(QUIET);
    peer.control();
    RequestStream first = peer.connection.openRequest(Pair.post("/1"), false);
    RequestStream second = peer.connection.openRequest(Pair.post("/2"), false);
    first.writeData(new byte[9], 0, 9);
    second.setPriority(new Priority(1, true));
    second.writeData(new byte[9], 0, 9);
    second.finish();
    first.sendTrailers(Fields.of("a", "b"));
    peer.connection.goaway();
    peer.deliver();
    assertEquals(List.of(HEADERS, DATA, HEADERS), message(peer, 0));
    assertEquals(List.of(HEADERS, DATA), message(peer, 4));
    List<Sent> control = control(peer);
    assertEquals(List.of(SETTINGS, PRIORITY_UPDATE_REQUEST, GOAWAY), types(control));
    assertEquals(second.id(), WireReader.of(control.get(1).payload).varInt());
  }

  @Test
  @Requirement({
    "RFC9114-7.2.1#1",
    "RFC9114-7.2.4#1",
    "RFC9114-7.2.4#3",
    "RFC9114-7.2.7#2",
    "RFC9218-7.2#9"
  })
  void ofAServer() {
    RawPeer peer = RawPeer.ofServer(QUIET);
    peer.control();
    peer.bidi(RawPeer.getHeaders()).finish();
    peer.deliver();
    RequestStream request = peer.event(Http3Event.Request.class).stream();
    assertThrows(IllegalStateException.class, () -> request.writeData(new byte[9], 0, 9));
    request.sendInformational(new ResponseHead(103, Fields.EMPTY));
    request.setPriority(new Priority(1, true));
    request.sendResponse(Pair.ok("priority", "u=2"), false);
    request.writeData(new byte[9], 0, 9);
    request.sendTrailers(Fields.of("a", "b"));
    peer.connection.goaway();
    peer.deliver();
    assertEquals(List.of(HEADERS, HEADERS, DATA, HEADERS), message(peer, 0));
    assertEquals(List.of(SETTINGS, GOAWAY), types(control(peer)));
  }

  /** Neither by requests that are done, failed and abandoned, nor by going away. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Requirement("RFC9204-4.2#3")
  void theStreamsOfQpackStayOpen(boolean isClient) {
    RawPeer peer = isClient ? RawPeer.ofClient(QUIET) : RawPeer.ofServer(QUIET);
    peer.control();
    peer.uni(0x02);
    peer.uni(0x03);
    if (isClient) {
      peer.connection.openRequest(Pair.get("/1"), true);
      peer.connection.openRequest(Pair.post("/2"), false).reset(Http3Error.H3_REQUEST_CANCELLED);
      peer.response(RawPeer.headers(":status", "200")).finish();
    } else {
      peer.bidi(RawPeer.getHeaders()).finish();
      peer.bidi(RawPeer.getHeaders()).reset(Http3Error.H3_REQUEST_CANCELLED.code());
      peer.deliver();
      peer.event(Http3Event.Request.class).stream().sendResponse(Pair.ok(), true);
    }
    peer.deliver();
    peer.connection.goaway();
    peer.deliver();
    long own = isClient ? 2 : 3;
    long others = isClient ? 3 : 2;
    for (int after : new int[] {4, 8}) {
      peer.peer.recvStream(own + after).readAll();
      assertNull(peer.peer.recvStream(own + after).ending());
      assertNull(peer.own.recvStream(others + after).stopCode());
    }
  }

  /** Nor to the server's SETTINGS, which have not come. */
  @Test
  @Requirement({"RFC9114-4.1#10", "RFC9114-7.2.4.2#2", "RFC9114-7.2.4.2#4"})
  void aRequestEndsWithoutRegardToTheResponse() {
    RawPeer peer = RawPeer.ofClient(QUIET);
    peer.connection.openRequest(Pair.get("/1"), true);
    RequestStream second = peer.connection.openRequest(Pair.post("/2"), false);
    second.writeData(new byte[9], 0, 9);
    second.finish();
    RequestStream third = peer.connection.openRequest(Pair.post("/3"), false);
    third.sendTrailers(Fields.of("a", "b"));
    peer.deliver();
    for (long id : new long[] {0, 4, 8}) {
      message(peer, id);
      assertInstanceOf(StreamEnding.Finished.class, peer.peer.recvStream(id).ending());
    }
  }

  @Test
  @Requirement("RFC9114-6.2.1#4")
  void theControlStreamsNeverEnd() {
    Pair pair = new Pair();
    pair.run();
    RequestStream request = pair.client.openRequest(Pair.get("/"), true);
    pair.run();
    pair.request().sendResponse(Pair.ok(), true);
    pair.client.goaway();
    pair.server.goaway();
    pair.run();
    assertEquals(0, pair.client.activeRequests());
    pair.clientEvent(Http3Event.Drained.class);
    pair.serverEvent(Http3Event.Drained.class);
    assertEquals(0, request.id());
    assertNull(pair.link.client().sendStream(2).ending());
    assertNull(pair.link.client().sendStream(2).resetCode());
    assertNull(pair.link.server().recvStream(2).stopCode());
    assertNull(pair.link.server().sendStream(3).ending());
    assertNull(pair.link.server().sendStream(3).resetCode());
    assertNull(pair.link.client().recvStream(3).stopCode());
  }
}
