package dev.sluice.http3.connection;

import static dev.sluice.http3.connection.RawPeer.bytes;
import static dev.sluice.http3.connection.RawPeer.data;
import static dev.sluice.http3.connection.RawPeer.frame;
import static dev.sluice.http3.connection.RawPeer.getHeaders;
import static dev.sluice.http3.connection.RawPeer.headers;
import static dev.sluice.http3.connection.RawPeer.write;
import static dev.sluice.http3.ending.Http3Error.H3_CLOSED_CRITICAL_STREAM;
import static dev.sluice.http3.ending.Http3Error.H3_EXCESSIVE_LOAD;
import static dev.sluice.http3.ending.Http3Error.H3_FRAME_ERROR;
import static dev.sluice.http3.ending.Http3Error.H3_FRAME_UNEXPECTED;
import static dev.sluice.http3.ending.Http3Error.H3_ID_ERROR;
import static dev.sluice.http3.ending.Http3Error.H3_MISSING_SETTINGS;
import static dev.sluice.http3.ending.Http3Error.H3_SETTINGS_ERROR;
import static dev.sluice.http3.ending.Http3Error.H3_STREAM_CREATION_ERROR;
import static dev.sluice.http3.ending.Http3Error.QPACK_DECODER_STREAM_ERROR;
import static dev.sluice.http3.ending.Http3Error.QPACK_DECOMPRESSION_FAILED;
import static dev.sluice.http3.ending.Http3Error.QPACK_ENCODER_STREAM_ERROR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.frame.SettingsFrame;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.testkit.Requirement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What costs a connection, with which code. */
class ConnectionErrorsTest {

  private static Arguments peer(String what, Http3Error error, Consumer<RawPeer> act) {
    return Arguments.of(Named.of(what, act), error);
  }

  static Stream<Arguments> offencesOfEitherPeer() {
    return Stream.of(
        peer("no SETTINGS first", H3_MISSING_SETTINGS, p -> write(p.uni(0), frame(0x07, 0))),
        peer("DATA first", H3_MISSING_SETTINGS, p -> write(p.uni(0), frame(0x00, 0))),
        peer("an unknown frame first", H3_MISSING_SETTINGS, p -> write(p.uni(0), frame(0x21, 0))),
        peer("SETTINGS twice", H3_FRAME_UNEXPECTED, p -> write(p.control(), frame(0x04))),
        peer("DATA on control", H3_FRAME_UNEXPECTED, p -> write(p.control(), frame(0x00, 1))),
        peer("HEADERS on control", H3_FRAME_UNEXPECTED, p -> write(p.control(), frame(0x01, 1))),
        peer("PROMISE on control", H3_FRAME_UNEXPECTED, p -> write(p.control(), frame(0x05, 1, 1))),
        peer("0x02 on control", H3_FRAME_UNEXPECTED, p -> write(p.control(), frame(0x02))),
        peer("0x06 on control", H3_FRAME_UNEXPECTED, p -> write(p.control(), frame(0x06))),
        peer("0x08 on control", H3_FRAME_UNEXPECTED, p -> write(p.control(), frame(0x08))),
        peer("0x09 on control", H3_FRAME_UNEXPECTED, p -> write(p.control(), frame(0x09))),
        peer(
            "two control streams",
            H3_STREAM_CREATION_ERROR,
            p -> {
              p.control();
              p.control();
            }),
        peer(
            "two encoder streams",
            H3_STREAM_CREATION_ERROR,
            p -> {
              p.uni(2);
              p.uni(2);
            }),
        peer(
            "two decoder streams",
            H3_STREAM_CREATION_ERROR,
            p -> {
              p.uni(3);
              p.uni(3);
            }),
        peer("control closed", H3_CLOSED_CRITICAL_STREAM, p -> p.control().finish()),
        peer("encoder closed", H3_CLOSED_CRITICAL_STREAM, p -> p.uni(2).finish()),
        peer("decoder closed", H3_CLOSED_CRITICAL_STREAM, p -> p.uni(3).finish()),
        peer(
            "control reset",
            H3_CLOSED_CRITICAL_STREAM,
            p -> {
              var control = p.control();
              p.deliver();
              control.reset(0x100);
            }),
        peer(
            "our control stopped",
            H3_CLOSED_CRITICAL_STREAM,
            p -> {
              p.deliver();
              long ours = p.own.isClient() ? 2 : 3;
              p.peer.recvStream(ours).stopSending(0x100);
            }),
        peer(
            "our encoder stopped",
            H3_CLOSED_CRITICAL_STREAM,
            p -> {
              p.deliver();
              p.peer.recvStream(p.own.isClient() ? 6 : 7).stopSending(0x100);
            }),
        peer(
            "our decoder stopped",
            H3_CLOSED_CRITICAL_STREAM,
            p -> {
              p.deliver();
              p.peer.recvStream(p.own.isClient() ? 10 : 11).stopSending(0x100);
            }),
        peer("GOAWAY empty", H3_FRAME_ERROR, p -> write(p.control(), frame(0x07))),
        peer("GOAWAY too long", H3_FRAME_ERROR, p -> write(p.control(), frame(0x07, 0, 0))),
        peer(
            "GOAWAY of nine bytes",
            H3_FRAME_ERROR,
            p -> write(p.control(), frame(0x07, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0))),
        peer("GOAWAY cut", H3_FRAME_ERROR, p -> write(p.control(), frame(0x07, 0x40))),
        peer(
            "GOAWAY grows",
            H3_ID_ERROR,
            p -> {
              var control = p.control();
              write(control, frame(0x07, 4));
              write(control, frame(0x07, 8));
            }),
        peer("CANCEL_PUSH", H3_ID_ERROR, p -> write(p.control(), frame(0x03, 0))),
        peer("SETTINGS cut", H3_FRAME_ERROR, p -> write(p.uni(0), frame(0x04, 6))),
        peer("SETTINGS value cut", H3_FRAME_ERROR, p -> write(p.uni(0), frame(0x04, 6, 0x40))),
        peer("setting twice", H3_SETTINGS_ERROR, p -> write(p.uni(0), frame(0x04, 6, 1, 6, 1))),
        peer("setting 0x00", H3_SETTINGS_ERROR, p -> write(p.uni(0), frame(0x04, 0, 1))),
        peer("setting 0x02", H3_SETTINGS_ERROR, p -> write(p.uni(0), frame(0x04, 2, 1))),
        peer("setting 0x03", H3_SETTINGS_ERROR, p -> write(p.uni(0), frame(0x04, 3, 1))),
        peer("setting 0x04", H3_SETTINGS_ERROR, p -> write(p.uni(0), frame(0x04, 4, 1))),
        peer("setting 0x05", H3_SETTINGS_ERROR, p -> write(p.uni(0), frame(0x04, 5, 1))),
        peer("connect protocol 2", H3_SETTINGS_ERROR, p -> write(p.uni(0), frame(0x04, 8, 2))),
        peer("H3_DATAGRAM 2", H3_SETTINGS_ERROR, p -> write(p.uni(0), frame(0x04, 0x33, 2))),
        peer(
            "SETTINGS too large",
            H3_EXCESSIVE_LOAD,
            p -> write(p.uni(0), bytes(0x04, 0x80, 0, 0x40, 1))),
        peer(
            "a bad encoder instruction",
            QPACK_ENCODER_STREAM_ERROR,
            // Set Dynamic Table Capacity beyond what our SETTINGS allow.
            p -> p.uni(2, 0x3f, 0xff, 0xff, 0x7f)),
        peer(
            "a bad decoder instruction",
            QPACK_DECODER_STREAM_ERROR,
            // Insert Count Increment of nothing.
            p -> p.uni(3, 0x00)));
  }

  @ParameterizedTest
  @MethodSource("offencesOfEitherPeer")
  @Requirement({
    "RFC9114-6.2.1#2",
    "RFC9114-6.2.1#3",
    "RFC9114-6.2.1#5",
    "RFC9114-7.1#2",
    "RFC9114-7.1#3",
    "RFC9114-7.2.1#2",
    "RFC9114-7.2.2#1",
    "RFC9114-7.2.3#8",
    "RFC9114-7.2.3#9",
    "RFC9114-7.2.4#2",
    "RFC9114-7.2.4#5",
    "RFC9114-7.2.4#6",
    "RFC9114-7.2.4.1#3",
    "RFC9114-7.2.5#9",
    "RFC9114-7.2.8#3",
    "RFC9114-5.2#9",
    "RFC9114-9#3",
    "RFC9114-10.8#1",
    "RFC9204-4.2#2",
    "RFC9204-4.2#4",
    "RFC9297-2.1.1#2"
  })
  void eitherSideCloses(Consumer<RawPeer> act, Http3Error error) {
    for (RawPeer peer : List.of(RawPeer.ofClient(), RawPeer.ofServer())) {
      if (error == H3_ID_ERROR && peer.own.isClient()) {
        peer.connection.openRequest(Pair.get("/"), true);
      }
      act.accept(peer);
      peer.deliver();
      assertEquals(error.code(), Pair.closeCode(peer.own), peer.own.ending().describe());
      var ended = peer.event(Http3Event.ConnectionEnded.class);
      var close = assertInstanceOf(ConnectionEnding.ApplicationClose.class, ended.ending());
      assertFalse(close.reason().isEmpty());
    }
  }

  static Stream<Arguments> offencesOfAServer() {
    return Stream.of(
        peer("a bidirectional stream", H3_STREAM_CREATION_ERROR, p -> p.bidi(data(1))),
        peer("a push stream", H3_ID_ERROR, p -> p.uni(1, 0)),
        peer("MAX_PUSH_ID", H3_FRAME_UNEXPECTED, p -> write(p.control(), frame(0x0d, 1))),
        peer(
            "PRIORITY_UPDATE",
            H3_FRAME_UNEXPECTED,
            p -> write(p.control(), bytes(0x80, 0x0f, 0x07, 0x00, 1, 0))),
        peer(
            "PRIORITY_UPDATE of a push",
            H3_FRAME_UNEXPECTED,
            p -> write(p.control(), bytes(0x80, 0x0f, 0x07, 0x01, 1, 0))),
        peer(
            "PRIORITY_UPDATE on a response",
            H3_FRAME_UNEXPECTED,
            p -> p.response(bytes(0x80, 0x0f, 0x07, 0x00, 1, 0))),
        peer("GOAWAY of a push", H3_ID_ERROR, p -> write(p.control(), frame(0x07, 3))),
        peer("GOAWAY of a uni stream", H3_ID_ERROR, p -> write(p.control(), frame(0x07, 2))),
        peer("GOAWAY of its own stream", H3_ID_ERROR, p -> write(p.control(), frame(0x07, 1))),
        peer("PUSH_PROMISE", H3_ID_ERROR, p -> p.response(frame(0x05, 0, 0, 0))),
        peer("DATA before HEADERS", H3_FRAME_UNEXPECTED, p -> p.response(data(1))),
        peer(
            "DATA after 1xx",
            H3_FRAME_UNEXPECTED,
            p -> p.response(headers(":status", "103"), data(1))),
        peer(
            "HEADERS after trailers",
            H3_FRAME_UNEXPECTED,
            p -> p.response(headers(":status", "200"), headers("a", "b"), headers("a", "b"))),
        peer(
            "DATA after trailers",
            H3_FRAME_UNEXPECTED,
            p -> p.response(headers(":status", "200"), headers("a", "b"), data(1))),
        peer("GOAWAY on a response", H3_FRAME_UNEXPECTED, p -> p.response(frame(0x07, 0))),
        peer("0x06 on a response", H3_FRAME_UNEXPECTED, p -> p.response(frame(0x06))),
        peer("a header cut", H3_FRAME_ERROR, p -> p.response(bytes(0x01)).finish()),
        peer("HEADERS cut", H3_FRAME_ERROR, p -> p.response(bytes(0x01, 5, 0)).finish()),
        peer(
            "an unknown frame cut",
            H3_FRAME_ERROR,
            p -> p.response(headers(":status", "200"), bytes(0x21, 5, 0)).finish()),
        peer("no section", QPACK_DECOMPRESSION_FAILED, p -> p.response(frame(0x01))),
        peer(
            "a bad section",
            QPACK_DECOMPRESSION_FAILED,
            p -> p.response(frame(0x01, 0, 0, 0xff, 0xff, 0x7f))));
  }

  @ParameterizedTest
  @MethodSource("offencesOfAServer")
  @Requirement({
    "RFC9114-4.1#3",
    "RFC9114-4.6#2",
    "RFC9114-6.1#3",
    "RFC9114-7.1#4",
    "RFC9114-7.2.5#2",
    "RFC9114-7.2.6#1",
    "RFC9114-7.2.6#2",
    "RFC9114-7.2.7#3",
    "RFC9218-7.2#2",
    "RFC9218-7.2#10"
  })
  void aClientCloses(Consumer<RawPeer> act, Http3Error error) {
    RawPeer peer = RawPeer.ofClient();
    peer.connection.openRequest(Pair.get("/"), true);
    act.accept(peer);
    peer.deliver();
    assertEquals(error.code(), Pair.closeCode(peer.own), peer.own.ending().describe());
    peer.event(Http3Event.RequestEnded.class);
  }

  static Stream<Arguments> offencesOfAClient() {
    return Stream.of(
        peer("a push stream", H3_STREAM_CREATION_ERROR, p -> p.uni(1, 0)),
        peer("PUSH_PROMISE", H3_FRAME_UNEXPECTED, p -> p.bidi(frame(0x05, 0, 0, 0))),
        peer(
            "MAX_PUSH_ID falls",
            H3_ID_ERROR,
            p -> {
              var control = p.control();
              write(control, frame(0x0d, 5));
              write(control, frame(0x0d, 4));
            }),
        peer(
            "CANCEL_PUSH of what may be pushed and was not promised",
            H3_ID_ERROR,
            p -> {
              var control = p.control();
              write(control, frame(0x0d, 5));
              write(control, frame(0x03, 3));
            }),
        peer(
            "PRIORITY_UPDATE of what may be pushed and was not promised",
            H3_ID_ERROR,
            p -> {
              var control = p.control();
              write(control, frame(0x0d, 5));
              write(control, bytes(0x80, 0x0f, 0x07, 0x01, 1, 4));
            }),
        peer("MAX_PUSH_ID on a request", H3_FRAME_UNEXPECTED, p -> p.bidi(frame(0x0d, 4))),
        peer("CANCEL_PUSH on a request", H3_FRAME_UNEXPECTED, p -> p.bidi(frame(0x03, 4))),
        peer("SETTINGS on a request", H3_FRAME_UNEXPECTED, p -> p.bidi(frame(0x04))),
        peer("GOAWAY on a request", H3_FRAME_UNEXPECTED, p -> p.bidi(frame(0x07, 0))),
        peer(
            "PRIORITY_UPDATE on a request",
            H3_FRAME_UNEXPECTED,
            p -> p.bidi(bytes(0x80, 0x0f, 0x07, 0x00, 1, 0))),
        peer(
            "PRIORITY_UPDATE of a push on a request",
            H3_FRAME_UNEXPECTED,
            p -> p.bidi(bytes(0x80, 0x0f, 0x07, 0x01, 1, 0))),
        peer(
            "PRIORITY_UPDATE of no request",
            H3_ID_ERROR,
            p -> write(p.control(), bytes(0x80, 0x0f, 0x07, 0x00, 1, 2))),
        peer(
            "PRIORITY_UPDATE of a stream of our own",
            H3_ID_ERROR,
            p -> write(p.control(), bytes(0x80, 0x0f, 0x07, 0x00, 1, 1))),
        peer(
            "PRIORITY_UPDATE of a push",
            H3_ID_ERROR,
            p -> write(p.control(), bytes(0x80, 0x0f, 0x07, 0x01, 1, 0))),
        peer(
            "PRIORITY_UPDATE empty",
            H3_FRAME_ERROR,
            p -> write(p.control(), bytes(0x80, 0x0f, 0x07, 0x00, 0))),
        peer("DATA before HEADERS", H3_FRAME_UNEXPECTED, p -> p.bidi(data(1))),
        peer(
            "DATA after trailers",
            H3_FRAME_UNEXPECTED,
            p -> p.bidi(getHeaders(), headers("a", "b"), data(1))),
        peer(
            "HEADERS in a tunnel",
            H3_FRAME_UNEXPECTED,
            p ->
                p.bidi(
                    headers(":method", "CONNECT", ":authority", "example.com:443"),
                    headers("a", "b"))),
        peer("HEADERS cut", H3_FRAME_ERROR, p -> p.bidi(bytes(0x01, 5, 0)).finish()),
        peer("0x02 on a request", H3_FRAME_UNEXPECTED, p -> p.bidi(frame(0x02))),
        peer("0x09 on a request", H3_FRAME_UNEXPECTED, p -> p.bidi(frame(0x09))));
  }

  @ParameterizedTest
  @MethodSource("offencesOfAClient")
  @Requirement({
    "RFC9114-4.1#3",
    "RFC9114-4.4#3",
    "RFC9114-6.2.2#1",
    "RFC9114-7.2.3#7",
    "RFC9114-7.2.4#4",
    "RFC9114-7.2.5#11",
    "RFC9114-7.2.7#1",
    "RFC9114-7.2.7#4",
    "RFC9218-7.2#2",
    "RFC9218-7.2#4",
    "RFC9218-7.2#8"
  })
  void aServerCloses(Consumer<RawPeer> act, Http3Error error) {
    RawPeer peer = RawPeer.ofServer();
    act.accept(peer);
    peer.deliver();
    assertEquals(error.code(), Pair.closeCode(peer.own), peer.own.ending().describe());
  }

  @Test
  @Requirement({
    "RFC9114-4.1#6",
    "RFC9114-6.2#4",
    "RFC9114-6.2#5",
    "RFC9114-6.2#6",
    "RFC9114-6.2#10",
    "RFC9114-6.2.3#2",
    "RFC9114-7.2.4#7",
    "RFC9114-7.2.4.1#2",
    "RFC9114-7.2.8#2",
    "RFC9114-9#1",
    "RFC9114-9#2"
  })
  void whatIsUnknownIsPassedOver() {
    RawPeer peer = RawPeer.ofServer();
    Map<Long, Long> settings = new LinkedHashMap<>();
    settings.put(0x21L, 7L);
    settings.put(0x3fff_ffff_ffff_fffeL, 0L);
    var control = peer.uni(0);
    write(control, new SettingsFrame(settings).encode());
    write(control, frame(0x21, 1, 2, 3));
    write(control, bytes(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0));
    peer.uni(0x21, 1, 2, 3).finish();
    peer.uni(0x40, 0x54);
    peer.peer.openUni().finish();
    var early = peer.peer.openUni();
    write(early, bytes(0x40));
    early.reset(1);
    peer.bidi(frame(0x21), getHeaders(), frame(0x21, 9), data(3), frame(0x40 - 0x1f, 1)).finish();
    peer.deliver();
    assertNull(peer.own.ending());
    RequestStream request = peer.event(Http3Event.Request.class).stream();
    assertEquals(3, Pair.readAll(request).length);
    assertEquals(7L, peer.connection.peerSettings().value(0x21, 0));
    assertEquals(H3_STREAM_CREATION_ERROR.code(), peer.own.recvStream(10).stopCode().longValue());
  }

  /** It cannot fall. */
  @Test
  void theLargestPushIdMayBeSaidAgain() {
    RawPeer peer = RawPeer.ofServer();
    var control = peer.control();
    write(control, frame(0x0d, 5));
    write(control, frame(0x0d, 5));
    peer.deliver();
    assertNull(peer.own.ending());
  }

  /** Nothing but DATA belongs into one, in either direction. */
  @Test
  @Requirement("RFC9114-4.4#3")
  void aClientHasTunnelsForDataOnly() {
    for (byte[] frame : List.of(headers("a", "b"), frame(0x05, 0, 0, 0), frame(0x07, 0))) {
      RawPeer peer = RawPeer.ofClient();
      peer.connection.openRequest(RequestHead.connect("example.com:443", Fields.EMPTY), false);
      peer.response(headers(":status", "200"), data(1), frame);
      peer.deliver();
      RequestStream tunnel = peer.event(Http3Event.Response.class).stream();
      assertEquals(1, Pair.readAll(tunnel).length);
      assertEquals(H3_FRAME_UNEXPECTED.code(), Pair.closeCode(peer.own));
    }
  }

  @Test
  void framesMayComeInLongForms() {
    RawPeer peer = RawPeer.ofServer();
    byte[] headers = getHeaders();
    byte[] stretched = new byte[headers.length + 14];
    stretched[0] = (byte) 0xc0;
    stretched[7] = 0x01;
    stretched[8] = (byte) 0xc0;
    stretched[15] = headers[1];
    System.arraycopy(headers, 2, stretched, 16, headers.length - 2);
    peer.bidi(stretched).finish();
    peer.deliver();
    peer.event(Http3Event.Request.class);
  }
}
