package dev.sluice.http3.webtransport;

import static dev.sluice.http3.webtransport.RawSide.bytes;
import static dev.sluice.http3.webtransport.RawSide.data;
import static dev.sluice.http3.webtransport.RawSide.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.capsule.Capsule;
import dev.sluice.http3.capsule.CapsuleType;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.message.Fields;
import dev.sluice.qpack.FieldLine;
import dev.sluice.quic.stream.BidiStream;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.testkit.Requirement;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A peer that breaks the rules of sessions, and what it costs: a stream, a session, or all. */
class BrokenRulesTest {

  private static Http3Error failure(RawSide side) {
    return assertInstanceOf(SessionEnding.Failed.class, side.session().ending()).error();
  }

  // What costs the connection

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 63})
  @Requirement({"WEBTRANS16-4#2", "WEBTRANS16-4#3"})
  void sessionIdsThatAreNone(int id) {
    RawSide uni = RawSide.ofServer(WebTransportVersion.DRAFT_16);
    write(uni.peer.openUni(), bytes(0x40, 0x54, id));
    uni.deliver();
    assertEquals(Http3Error.H3_ID_ERROR.code(), uni.closeCode());

    RawSide bidi = RawSide.ofServer(WebTransportVersion.DRAFT_16);
    write(bidi.peer.openBidi().send(), bytes(0x40, 0x41, id));
    bidi.deliver();
    assertEquals(Http3Error.H3_ID_ERROR.code(), bidi.closeCode());
  }

  @ParameterizedTest
  @EnumSource(WebTransportVersion.class)
  @Requirement("WEBTRANS16-4.3#5")
  void theSignalBehindAnotherFrame(WebTransportVersion version) {
    RawSide side = RawSide.withSession(version);
    // A frame of a reserved type, then the signal.
    write(side.peer.openBidi().send(), bytes(0x21, 1, 9, 0x40, 0x41, 0, 'x'));
    side.deliver();
    if (version == WebTransportVersion.DRAFT_02) {
      assertNull(side.closeCode());
      assertEquals("x", WtPair.read(opened(side)));
    } else {
      assertEquals(Http3Error.H3_FRAME_ERROR.code(), side.closeCode());
    }
  }

  private static SessionStream opened(RawSide side) {
    return side.events.stream()
        .filter(WebTransportEvent.Opened.class::isInstance)
        .map(event -> ((WebTransportEvent.Opened) event).stream())
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(WebTransportVersion.class)
  @Requirement("WEBTRANS16-4.3#5")
  void theSignalWithinARequest(WebTransportVersion version) {
    RawSide side = RawSide.withSession(version);
    write(side.connect.send(), bytes(0x40, 0x41, 0));
    side.deliver();
    assertEquals(Http3Error.H3_FRAME_ERROR.code(), side.closeCode());
  }

  @Test
  @Requirement("WEBTRANS16-4.3#5")
  void theSignalOnTheControlStream() {
    RawSide side = new RawSide(false);
    SendStream control = side.peer.openUni();
    write(control, bytes(0, 4, 0, 0x40, 0x41, 0));
    side.deliver();
    assertEquals(Http3Error.H3_FRAME_ERROR.code(), side.closeCode());
  }

  @Test
  @Requirement("WEBTRANS16-4.3#5")
  void theSignalInAResponse() {
    RawSide side = new RawSide(true);
    side.settings(Map.of(WebTransportVersion.DRAFT_16.setting(), 1L));
    side.sessions.connect("example.com", "/", List.of(), false, Fields.EMPTY);
    side.deliver();
    write(side.peer.sendStream(0), bytes(0x40, 0x41, 0));
    side.deliver();
    assertEquals(Http3Error.H3_FRAME_ERROR.code(), side.closeCode());
  }

  @ParameterizedTest
  @CsvSource({"4041, true", "80000041, true", "c000000000000041, true", "01, false", "4042, false"})
  void onlyTheSignalOpensAServersBidirectionalStream(String first, boolean fine) {
    RawSide side = new RawSide(true);
    side.settings(Map.of(WebTransportVersion.DRAFT_16.setting(), 1L));
    WebTransportSession session =
        side.sessions.connect("example.com", "/", List.of(), false, Fields.EMPTY);
    side.deliver();
    write(side.peer.sendStream(0), RawSide.head(List.of(new FieldLine(":status", "200"))));
    BidiStream stream = side.peer.openBidi();
    for (byte b : HexFormat.of().parseHex(first)) {
      write(stream.send(), new byte[] {b});
      side.deliver();
    }
    write(stream.send(), bytes(0, 'x'));
    side.deliver();
    assertTrue(session.isOpen() == fine);
    if (fine) {
      assertEquals("x", WtPair.read(opened(side)));
    } else {
      assertEquals(Http3Error.H3_STREAM_CREATION_ERROR.code(), side.closeCode());
    }
  }

  @ParameterizedTest
  @CsvSource({"2b603742, false", "2b603742, true", "2c7cf000, true"})
  @Requirement("WEBTRANS16-3.1#1")
  void switchesThatAreNeitherOnNorOff(String setting, boolean client) {
    RawSide side = new RawSide(client);
    side.settings(Map.of(Long.parseLong(setting, 16), 2L));
    assertEquals(Http3Error.H3_SETTINGS_ERROR.code(), side.closeCode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "40", "d000000000000000"})
  @Requirement({"RFC9297-2.1#1", "RFC9297-2.1#2"})
  void datagramsThatAreNone(String hex) {
    RawSide side = RawSide.withSession(WebTransportVersion.DRAFT_16);
    byte[] data = HexFormat.of().parseHex(hex);
    side.peer.sendDatagram(data, 0, data.length);
    side.deliver();
    assertEquals(Http3Error.H3_DATAGRAM_ERROR.code(), side.closeCode());
  }

  // What costs a request

  private static final byte[] GET =
      RawSide.head(
          List.of(
              new FieldLine(":method", "GET"),
              new FieldLine(":scheme", "https"),
              new FieldLine(":authority", "example.com"),
              new FieldLine(":path", "/")));

  @Test
  void streamsForARequestThatIsNoSession() {
    RawSide side = RawSide.withSession(WebTransportVersion.DRAFT_16);
    SendStream get = side.peer.openBidi().send();
    SendStream uni = side.peer.openUni();
    write(uni, bytes(0x40, 0x54, 4));
    side.deliver();
    assertNull(side.own.recvStream(uni.id()).stopCode(), "it may become one");
    write(get, GET);
    side.deliver();
    assertEquals(Http3Error.WT_SESSION_GONE.code(), side.own.recvStream(uni.id()).stopCode());
    assertNull(side.own.sendStream(4).resetCode());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Requirement({"RFC9297-2#2", "RFC9297-2#3"})
  void datagramsForARequestThatHasNone(boolean early) {
    RawSide side = RawSide.withSession(WebTransportVersion.DRAFT_16);
    SendStream get = side.peer.openBidi().send();
    if (early) {
      side.peer.sendDatagram(bytes(1, 9), 0, 2);
      side.deliver();
    }
    write(get, GET);
    side.deliver();
    if (!early) {
      side.peer.sendDatagram(bytes(1, 9), 0, 2);
      side.deliver();
    }
    long code = Http3Error.H3_DATAGRAM_ERROR.code();
    assertEquals(code, side.own.sendStream(4).resetCode());
    assertEquals(code, side.own.recvStream(4).stopCode());
    assertNull(side.closeCode());
    assertTrue(side.session().isOpen());
  }

  @Test
  @Requirement("WEBTRANS16-3.1#4")
  void sessionsWithoutTheSettingsTheyNeed() {
    RawSide side = new RawSide(false);
    side.settings(Map.of(WebTransportVersion.DRAFT_16.setting(), 1L, 0x33L, 0L));
    BidiStream connect = side.peer.openBidi();
    write(connect.send(), RawSide.connectHead("webtransport-h3"));
    side.deliver();
    assertEquals(Http3Error.H3_MESSAGE_ERROR.code(), side.own.sendStream(0).resetCode());
  }

  @Test
  @Requirement({"WEBTRANS16-5.1#3", "WEBTRANS16-5.2#2"})
  void aSecondSessionWithoutFlowControl() {
    RawSide side = RawSide.withSession(WebTransportVersion.DRAFT_16);
    BidiStream second = side.peer.openBidi();
    write(second.send(), RawSide.connectHead("webtransport-h3"));
    side.deliver();
    long rejected = Http3Error.H3_REQUEST_REJECTED.code();
    assertEquals(rejected, side.own.sendStream(second.id()).resetCode());
    assertEquals(rejected, side.own.recvStream(second.id()).stopCode());
    assertTrue(side.session().isOpen());
  }

  @ParameterizedTest
  @ValueSource(strings = {"content-length", "content-type", "transfer-encoding"})
  @Requirement({"RFC9297-3.2#5", "RFC9297-3.2#7"})
  void contentFieldsWithCapsules(String field) {
    RawSide side = RawSide.ofServer(WebTransportVersion.DRAFT_16);
    write(side.peer.openBidi().send(), RawSide.connectHead("webtransport-h3", field, "0"));
    side.deliver();
    assertEquals(Http3Error.H3_MESSAGE_ERROR.code(), side.own.sendStream(0).resetCode());
  }

  /** What is no Boolean is not there, and what is one says nothing that is not known already. */
  @ParameterizedTest
  @ValueSource(strings = {"?1", "?0", "?1;unknown=1", "1", "\"1\"", "?1, ?1", "?2", "(?1)"})
  @Requirement({"RFC9297-3.4#1", "RFC9297-3.4#2"})
  void whateverCapsuleProtocolSays(String value) {
    RawSide side = RawSide.ofServer(WebTransportVersion.DRAFT_16);
    write(
        side.peer.openBidi().send(),
        RawSide.connectHead("webtransport-h3", "capsule-protocol", value));
    side.deliver();
    side.session().accept(null, Fields.EMPTY);
    side.deliver();
    assertTrue(side.session().isOpen());
    assertNull(side.closeCode());
  }

  @ParameterizedTest
  @CsvSource({"200, true", "204, true", "299, true", "205, false", "206, false"})
  @Requirement("RFC9297-3.2#7")
  void whichStatusEstablishes(int status, boolean established) {
    RawSide side = new RawSide(true);
    side.settings(Map.of(WebTransportVersion.DRAFT_16.setting(), 1L));
    WebTransportSession session =
        side.sessions.connect("example.com", "/", List.of(), false, Fields.EMPTY);
    side.deliver();
    write(side.peer.sendStream(0), RawSide.head(List.of(new FieldLine(":status", "" + status))));
    side.deliver();
    assertEquals(established, session.isOpen());
  }

  // What costs nothing

  /** Draft-02 §3.2: its setting says that there is extended CONNECT. */
  @Test
  void aDraft02ServerNeedNotSpeakOfExtendedConnect() {
    RawSide side = new RawSide(true);
    side.settings(Map.of(WebTransportVersion.DRAFT_02.setting(), 1L, 0x08L, 0L));
    WebTransportSession session =
        side.sessions.connect("example.com", "/", List.of(), false, Fields.EMPTY);
    side.deliver();
    write(side.peer.sendStream(0), RawSide.head(List.of(new FieldLine(":status", "200"))));
    side.deliver();
    assertTrue(session.isOpen());
  }

  // What costs a session

  @ParameterizedTest
  @CsvSource({
    "2843, 000000",
    "2843, 00000001ff",
    "78ae, 00",
    "190b4d3d, 4000ff",
    "190b4d3d, ''",
    "190b4d3f, c0000000000000",
    "190b4d40, 000000000000000000"
  })
  @Requirement({
    "RFC9297-3.3#1",
    "RFC9297-3.3#2",
    "RFC9297-3.3#3",
    "RFC9297-3.3#4",
    "WEBTRANS16-6#6"
  })
  void capsulesThatAreMalformed(String type, String value) {
    RawSide side = withFlowControl();
    Capsule capsule = new Capsule(Long.parseLong(type, 16), HexFormat.of().parseHex(value));
    write(side.connect.send(), data(capsule.encode()));
    side.deliver();
    assertEquals(Http3Error.H3_MESSAGE_ERROR, failure(side));
    assertEquals(
        Http3Error.H3_MESSAGE_ERROR.code(), side.own.sendStream(side.connect.id()).resetCode());
    assertNull(side.closeCode());
  }

  private static RawSide withFlowControl() {
    RawSide side = new RawSide(false);
    side.settings(Map.of(WebTransportVersion.DRAFT_16.setting(), 1L, 0x2b61L, 1000L));
    side.connect = side.peer.openBidi();
    write(side.connect.send(), RawSide.connectHead("webtransport-h3"));
    side.deliver();
    side.session().accept(null, Fields.EMPTY);
    return side.deliver();
  }

  @Test
  @Requirement({"WEBTRANS16-6#4", "WEBTRANS16-6#6"})
  void aReasonThatIsTooLong() {
    RawSide side = RawSide.withSession(WebTransportVersion.DRAFT_16);
    Capsule close = new Capsule(CapsuleType.WT_CLOSE_SESSION, new byte[4 + 1025]);
    write(side.connect.send(), data(close.encode()));
    side.deliver();
    assertEquals(Http3Error.H3_MESSAGE_ERROR, failure(side));
  }

  @Test
  @Requirement("RFC9297-3.3#5")
  void aFinWithinACapsule() {
    RawSide side = RawSide.withSession(WebTransportVersion.DRAFT_16);
    write(side.connect.send(), data(bytes(0x40, 0x17, 5, 1)));
    side.connect.send().finish();
    side.deliver();
    assertEquals(Http3Error.H3_MESSAGE_ERROR, failure(side));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Requirement("WEBTRANS16-6#11")
  void moreAfterTheClose(boolean together) {
    RawSide side = RawSide.withSession(WebTransportVersion.DRAFT_16);
    byte[] close = new CloseCapsule(7, "x").encode().encode();
    byte[] drain = Capsule.empty(CapsuleType.WT_DRAIN_SESSION).encode();
    write(side.connect.send(), data(close));
    if (!together) {
      side.deliver();
    }
    write(side.connect.send(), data(drain));
    side.deliver();
    assertEquals(
        new SessionEnding.Closed(SessionEnding.Side.PEER, 7, "x"), side.session().ending());
    assertEquals(Http3Error.H3_MESSAGE_ERROR.code(), side.own.recvStream(0).stopCode());
    if (together) { // else all that this side sends has arrived before
      assertEquals(Http3Error.H3_MESSAGE_ERROR.code(), side.own.sendStream(0).resetCode());
    }
    assertTrue(side.events.stream().noneMatch(WebTransportEvent.Draining.class::isInstance));
  }

  @Test
  @Requirement("RFC9297-3.2#3")
  void unknownCapsulesAreSkipped() {
    RawSide side = RawSide.withSession(WebTransportVersion.DRAFT_02);
    write(side.connect.send(), data(new Capsule(0xff37a2L, bytes(0x80, 0xff, 0x7c, 0)).encode()));
    write(side.connect.send(), data(new Capsule(0x17 + 0x29 * 5, new byte[9000]).encode()));
    write(side.connect.send(), data(new Capsule(CapsuleType.WT_MAX_DATA, new byte[0]).encode()));
    write(side.connect.send(), data(new Capsule(CapsuleType.DATAGRAM, bytes(1, 2)).encode()));
    side.deliver();
    assertTrue(side.session().isOpen());
    assertEquals(2, side.session().nextDatagram(0).length);
  }

  /** No packet could have carried it. */
  @Test
  @Requirement("RFC9297-3.5#6")
  void aDatagramThatIsTooLargeIsSkipped() {
    RawSide side = RawSide.withSession(WebTransportVersion.DRAFT_16);
    byte[] large = new Capsule(CapsuleType.DATAGRAM, new byte[65_536]).encode();
    for (int from = 0; from < large.length; from += 10_000) {
      int to = Math.min(large.length, from + 10_000);
      write(side.connect.send(), data(Arrays.copyOfRange(large, from, to)));
      side.deliver();
    }
    write(side.connect.send(), data(new Capsule(CapsuleType.DATAGRAM, bytes(7)).encode()));
    side.deliver();
    assertTrue(side.session().isOpen());
    assertArrayEquals(bytes(7), side.session().nextDatagram(0));
  }

  @Property(tries = 500)
  void anyBytesOnTheConnectStream(@ForAll byte[] bytes, @ForAll @IntRange(min = 1, max = 9) int n) {
    RawSide side = withFlowControl();
    int step = Math.max(1, bytes.length / n);
    for (int from = 0; from < bytes.length; from += step) {
      int to = Math.min(bytes.length, from + step);
      write(side.connect.send(), data(Arrays.copyOfRange(bytes, from, to)));
      side.deliver();
    }
    side.connect.send().finish();
    side.deliver();
    assertNull(side.closeCode());
    assertTrue(side.session().ending() != null);
  }

  @Property(tries = 500)
  void anyBytesOnAStreamOfASession(@ForAll boolean bidirectional, @ForAll byte[] bytes) {
    RawSide side = RawSide.withSession(WebTransportVersion.DRAFT_16);
    SendStream out = bidirectional ? side.peer.openBidi().send() : side.peer.openUni();
    write(out, bytes(0x40, bidirectional ? 0x41 : 0x54, 0));
    write(out, bytes);
    out.finish();
    side.deliver();
    assertEquals(new String(bytes, StandardCharsets.UTF_8), WtPair.read(opened(side)));
    assertNull(side.closeCode());
  }
}
