package dev.sluice.http3.connection;

import static dev.sluice.http3.connection.RawPeer.bytes;
import static dev.sluice.http3.connection.RawPeer.data;
import static dev.sluice.http3.connection.RawPeer.headers;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.frame.HeadersFrame;
import dev.sluice.http3.memory.MemorySendStream;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.qpack.EncoderLimits;
import dev.sluice.qpack.FieldLine;
import dev.sluice.qpack.QpackEncoder;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.ApplicationClose;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Responses that arrive with the end of the connection, or of the stream: deliver, then report. */
class EndingsTest {
  private static final byte[] OK = headers(":status", "200");

  /** The ways a connection ends while a response is under way. */
  static List<ConnectionEnding> endings() {
    return List.of(
        new ApplicationClose(Side.PEER, Http3Error.H3_NO_ERROR.code(), ""),
        new ApplicationClose(Side.PEER, Http3Error.H3_INTERNAL_ERROR.code(), ""),
        new ApplicationClose(Side.LOCAL, Http3Error.H3_NO_ERROR.code(), ""),
        new TransportClose(Side.PEER, 0, 0, ""),
        new TransportClose(Side.PEER, 0x0a, 8, "no"),
        new TransportClose(Side.LOCAL, 0x0a, 8, "no"),
        new ConnectionEnding.IdleTimeout(1),
        new ConnectionEnding.StatelessReset());
  }

  private enum Expected {
    COMPLETE,
    LOST_BEFORE_HEAD,
    LOST_AFTER_HEAD
  }

  private record Arrived(
      String method, byte[] bytes, boolean fin, int content, boolean trailers, Expected expected) {}

  private static byte[] join(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    byte[] joined = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, joined, at, part.length);
      at += part.length;
    }
    return joined;
  }

  private static Arrived get(
      byte[] bytes, boolean fin, int content, boolean trailers, Expected expected) {
    return new Arrived("GET", bytes, fin, content, trailers, expected);
  }

  private static List<Arrived> arrived() {
    byte[] length7 = headers(":status", "200", "content-length", "7");
    byte[] trailers = headers("x-sum", "1");
    return List.of(
        get(bytes(), false, 0, false, Expected.LOST_BEFORE_HEAD),
        get(bytes(0x01), false, 0, false, Expected.LOST_BEFORE_HEAD),
        get(bytes(0x01, 0x05, 0x00), false, 0, false, Expected.LOST_BEFORE_HEAD),
        get(headers(":status", "103"), false, 0, false, Expected.LOST_BEFORE_HEAD),
        get(OK, false, 0, false, Expected.LOST_AFTER_HEAD),
        get(OK, true, 0, false, Expected.COMPLETE),
        // Two and more frames in the last piece.
        get(join(OK, data(3), data(4)), false, 7, false, Expected.LOST_AFTER_HEAD),
        get(join(OK, data(3), data(4)), true, 7, false, Expected.COMPLETE),
        get(join(OK, bytes(0x21, 1, 9), data(3)), false, 3, false, Expected.LOST_AFTER_HEAD),
        // A DATA frame cut short.
        get(join(OK, bytes(0x00, 60, 1, 2, 3)), false, 3, false, Expected.LOST_AFTER_HEAD),
        get(join(OK, data(3), bytes(0x00)), false, 3, false, Expected.LOST_AFTER_HEAD),
        get(join(OK, data(3), bytes(0x00, 60)), false, 3, false, Expected.LOST_AFTER_HEAD),
        get(join(OK, data(3), bytes(0x21, 9, 1)), false, 3, false, Expected.LOST_AFTER_HEAD),
        // Complete by its content, without a FIN.
        get(join(length7, data(3), data(4)), false, 7, false, Expected.COMPLETE),
        get(join(length7, data(3), data(3)), false, 6, false, Expected.LOST_AFTER_HEAD),
        get(join(length7, data(3), bytes(0x00, 4, 1)), false, 4, false, Expected.LOST_AFTER_HEAD),
        get(headers(":status", "204"), false, 0, false, Expected.COMPLETE),
        get(headers(":status", "304"), false, 0, false, Expected.COMPLETE),
        get(join(OK, data(3), trailers), false, 3, true, Expected.COMPLETE),
        get(join(OK, data(3), trailers), true, 3, true, Expected.COMPLETE),
        new Arrived("HEAD", length7, false, 0, false, Expected.COMPLETE));
  }

  static Stream<Arguments> matrix() {
    List<Arguments> all = new ArrayList<>();
    for (ConnectionEnding ending : endings()) {
      for (Arrived arrived : arrived()) {
        for (int timing = 0; timing < 3; timing++) {
          all.add(Arguments.of(ending, arrived, timing));
        }
      }
    }
    return all.stream();
  }

  /**
   * @param timing 0: the close comes with the data; 1: after we processed it; 2: after the content
   *     at hand was read
   */
  @ParameterizedTest
  @MethodSource("matrix")
  void everythingThatArrivedComesBeforeTheEnding(
      ConnectionEnding ending, Arrived arrived, int timing) {
    RawPeer peer = RawPeer.ofClient();
    RequestHead head = RequestHead.of(arrived.method, "https", "example.com", "/", Fields.EMPTY);
    RequestStream request = peer.connection.openRequest(head, true);
    MemorySendStream response = peer.response(arrived.bytes);
    if (arrived.fin) {
      response.finish();
    }
    peer.link.deliverAll();
    int content = 0;
    if (timing > 0) {
      peer.deliver();
    }
    if (timing > 1) {
      content += Pair.readAll(request).length;
    }
    peer.own.end(ending);
    peer.connection.process();
    Pair.take(peer.connection, peer.events);
    content += Pair.readAll(request).length;
    Pair.take(peer.connection, peer.events);

    assertEquals(arrived.content, content);
    assertEquals(RequestStream.ENDED, request.readData(new byte[9], 0, 9));
    RequestEnding expected =
        switch (arrived.expected) {
          case COMPLETE -> new RequestEnding.Complete();
          case LOST_BEFORE_HEAD -> new RequestEnding.ConnectionLost(ending, false);
          case LOST_AFTER_HEAD -> new RequestEnding.ConnectionLost(ending, true);
        };
    assertEquals(expected, request.ending());
    assertEquals(expected, peer.event(Http3Event.RequestEnded.class).ending());
    assertEquals(ending, peer.event(Http3Event.ConnectionEnded.class).ending());
    assertEquals(
        arrived.expected == Expected.LOST_BEFORE_HEAD ? 0 : 1,
        peer.all(Http3Event.Response.class).size());
    assertEquals(arrived.trailers ? 1 : 0, peer.all(Http3Event.Trailers.class).size());
    assertNull(peer.connection.nextEvent());
    assertEquals(1, peer.all(Http3Event.RequestEnded.class).size());
  }

  /** A POST may then be sent again, which is not so once a byte of it is on its way. */
  @ParameterizedTest
  @MethodSource("endings")
  void aRequestOfWhichNothingLeftWasNotSent(ConnectionEnding ending) {
    RequestHead post = RequestHead.of("POST", "https", "example.com", "/", Fields.EMPTY);
    RawPeer peer = RawPeer.ofClient();
    RequestStream left = peer.connection.openRequest(post, true);
    peer.link.deliverAll();
    RequestStream stayed = peer.connection.openRequest(post, true);
    peer.own.end(ending);
    peer.connection.process();
    Pair.take(peer.connection, peer.events);
    assertEquals(new RequestEnding.ConnectionLost(ending, false), left.ending());
    assertEquals(new RequestEnding.NotSent(ending), stayed.ending());
    assertEquals(2, peer.all(Http3Event.RequestEnded.class).size());
  }

  @Test
  void aReaderThatWaitsIsToldOfTheEnd() {
    RawPeer peer = RawPeer.ofClient();
    RequestStream request = peer.connection.openRequest(Pair.get("/"), true);
    peer.response(OK, bytes(0x00, 60, 1));
    peer.deliver();
    assertEquals(1, Pair.readAll(request).length);
    peer.events.clear();
    peer.close(Http3Error.H3_NO_ERROR.code());
    assertEquals(request, peer.event(Http3Event.Readable.class).stream());
    assertEquals(RequestStream.ENDED, request.readData(new byte[1], 0, 1));
  }

  @Test
  void aReaderThatWaitsBetweenFramesIsToldOfTheEndToo() {
    RawPeer peer = RawPeer.ofClient();
    RequestStream request = peer.connection.openRequest(Pair.get("/"), true);
    MemorySendStream response = peer.response(OK, data(3));
    peer.deliver();
    assertEquals(3, Pair.readAll(request).length);
    peer.events.clear();
    response.finish();
    peer.deliver();
    assertEquals(
        List.of(
            new Http3Event.Readable(request),
            new Http3Event.RequestEnded(request, new RequestEnding.Complete())),
        peer.events.subList(0, 2));
  }

  /** It is found only when the content before it was read, long after the end. */
  @Test
  void trailersThatWaitForQpackAreNotWaitedForAfterTheEnd() throws Exception {
    RawPeer peer = RawPeer.ofClient();
    RequestStream request = peer.connection.openRequest(Pair.get("/"), true);
    QpackEncoder encoder = new QpackEncoder(new EncoderLimits(4096, 100));
    encoder.onPeerSettings(4096, 100);
    byte[] section = encoder.encode(0, List.of(new FieldLine("server", "sluice")));
    assertTrue(encoder.takeEncoderStream().length > 0, "the table has to be known");
    peer.response(OK, data(5), new HeadersFrame(section).encode());
    peer.deliver();
    peer.close(Http3Error.H3_NO_ERROR.code());
    assertEquals(5, Pair.readAll(request).length);
    assertEquals(RequestStream.ENDED, request.readData(new byte[1], 0, 1));
    assertEquals(new RequestEnding.ConnectionLost(peer.own.ending(), true), request.ending());
  }

  @Test
  void requestsWhoseHeadsArrivedAreHandedOver() {
    RawPeer peer = RawPeer.ofServer();
    peer.bidi(RawPeer.getHeaders()).finish();
    peer.bidi(RawPeer.getHeaders(), data(5), bytes(0x00, 9, 1));
    peer.bidi(bytes(0x01));
    peer.link.deliverAll();
    peer.close(Http3Error.H3_NO_ERROR.code());
    List<Http3Event.Request> requests = peer.all(Http3Event.Request.class);
    assertEquals(2, requests.size());
    assertEquals(new RequestEnding.Complete(), requests.get(0).stream().ending());
    RequestStream cut = requests.get(1).stream();
    assertEquals(6, Pair.readAll(cut).length);
    assertEquals(new RequestEnding.ConnectionLost(peer.own.ending(), true), cut.ending());
    assertTrue(cut.isCut());
  }

  @Test
  void aResetGivesWhatCameBeforeIt() {
    RawPeer peer = RawPeer.ofClient();
    RequestStream request = peer.connection.openRequest(Pair.get("/"), true);
    MemorySendStream response = peer.response(OK, data(5), bytes(0x00, 9, 1));
    peer.deliver();
    response.reset(Http3Error.H3_NO_ERROR.code());
    peer.deliver();
    assertEquals(6, Pair.readAll(request).length);
    Pair.take(peer.connection, peer.events);
    RequestEnding expected = new RequestEnding.ResetByPeer(Http3Error.H3_NO_ERROR.code(), true);
    assertEquals(expected, request.ending());
    assertFalse(expected.isGraceful());
  }

  @Test
  void aResetAfterCompleteContentTakesNothingAway() {
    RawPeer peer = RawPeer.ofClient();
    RequestStream request = peer.connection.openRequest(Pair.get("/"), true);
    MemorySendStream response =
        peer.response(headers(":status", "200", "content-length", "5"), data(5));
    peer.deliver();
    response.reset(Http3Error.H3_REQUEST_CANCELLED.code());
    peer.deliver();
    assertEquals(5, Pair.readAll(request).length);
    assertEquals(new RequestEnding.Complete(), request.ending());
  }

  @Test
  void aRejectionIsOnlyOneBeforeTheHead() {
    long rejected = Http3Error.H3_REQUEST_REJECTED.code();
    RawPeer before = RawPeer.ofClient();
    RequestStream request = before.connection.openRequest(Pair.get("/"), true);
    before.response().reset(rejected);
    before.deliver();
    assertEquals(new RequestEnding.Rejected(), request.ending());

    RawPeer after = RawPeer.ofClient();
    RequestStream second = after.connection.openRequest(Pair.get("/"), true);
    MemorySendStream response = after.response(OK);
    after.deliver();
    response.reset(rejected);
    after.deliver();
    assertEquals(new RequestEnding.ResetByPeer(rejected, true), second.ending());
  }

  @Test
  void anErrorOnOneStreamLeavesWhatOthersHold() {
    RawPeer peer = RawPeer.ofClient();
    RequestStream good = peer.connection.openRequest(Pair.get("/1"), true);
    RequestStream bad = peer.connection.openRequest(Pair.get("/2"), true);
    peer.response(OK, data(5));
    RawPeer.write(peer.peer.sendStream(4), data(1));
    peer.deliver();
    assertEquals(Http3Error.H3_FRAME_UNEXPECTED.code(), Pair.closeCode(peer.own));
    assertEquals(5, Pair.readAll(good).length);
    assertEquals(new RequestEnding.ConnectionLost(peer.own.ending(), true), good.ending());
    assertEquals(new RequestEnding.ConnectionLost(peer.own.ending(), false), bad.ending());
    Pair.take(peer.connection, peer.events);
    assertEquals(2, peer.all(Http3Event.RequestEnded.class).size());
  }

  @Test
  void anErrorFoundWhileReadingIsReportedToo() {
    RawPeer peer = RawPeer.ofClient();
    RequestStream request = peer.connection.openRequest(Pair.get("/"), true);
    peer.response(OK, data(5), RawPeer.frame(0x02));
    peer.deliver();
    assertEquals(5, Pair.readAll(request).length);
    Pair.take(peer.connection, peer.events);
    assertEquals(Http3Error.H3_FRAME_UNEXPECTED.code(), Pair.closeCode(peer.own));
    peer.event(Http3Event.RequestEnded.class);
    peer.event(Http3Event.ConnectionEnded.class);
  }
}
