package dev.sluice.http3.webtransport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.capsule.Capsule;
import dev.sluice.http3.capsule.CapsuleType;
import dev.sluice.http3.connection.Http3Settings;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.webtransport.WtPair.Joined;
import dev.sluice.quic.stream.ReturnedChunks;
import dev.sluice.testkit.Requirement;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits of a session on streams and data (§5). */
class FlowControlTest {
  private final WtPair pair =
      new WtPair(WebTransportConfig.DEFAULT, WebTransportConfig.DEFAULT.withFlowControl(2, 2, 10));

  private static void send(WtPair.End from, WebTransportSession session, Capsule capsule) {
    RequestStream connect = from.http.request(session.id());
    byte[] bytes = capsule.encode();
    assertEquals(bytes.length, connect.writeData(bytes, 0, bytes.length));
  }

  private static Http3Error failure(WebTransportSession session) {
    return assertInstanceOf(SessionEnding.Failed.class, session.ending()).error();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Requirement({"WEBTRANS16-5.6.2#2", "WEBTRANS16-5.6#2"})
  void streamsUpToTheLimitAndMoreAsTheyClose(boolean bidirectional) {
    Joined session = pair.join();
    WebTransportSession client = session.client();
    for (int i = 0; i < 2; i++) {
      SessionStream stream = bidirectional ? client.openBidi() : client.openUni();
      stream.sending().finish();
    }
    assertNull(bidirectional ? client.openBidi() : client.openUni());
    pair.run();
    assertEquals(2, pair.server.all(WebTransportEvent.Opened.class).size());
    assertTrue(pair.client.all(WebTransportEvent.StreamsAvailable.class).isEmpty());
    for (WebTransportEvent.Opened opened : pair.server.all(WebTransportEvent.Opened.class)) {
      assertEquals("", WtPair.read(opened.stream()));
      if (bidirectional) {
        opened.stream().sending().finish();
      }
    }
    pair.run();
    assertEquals(
        bidirectional, pair.client.only(WebTransportEvent.StreamsAvailable.class).bidirectional());
    assertNotNull(bidirectional ? client.openBidi() : client.openUni());
  }

  /** Nobody has said that a limit holds it up. */
  @Test
  @Requirement({"WEBTRANS16-5.6#1", "WEBTRANS16-5.6#2"})
  void limitsGrowUnasked() {
    Joined session = pair.join();
    for (int i = 0; i < 2; i++) {
      SessionStream stream = session.client().openUni();
      WtPair.write(stream, "12345");
      stream.sending().finish();
    }
    pair.client.process();
    assertEquals(0, pair.client.quic.sendStream(session.client().id()).undelivered().length);
    pair.run();
    for (WebTransportEvent.Opened opened : pair.server.all(WebTransportEvent.Opened.class)) {
      assertEquals("12345", WtPair.read(opened.stream()));
    }
    pair.run();
    assertEquals(10, session.client().openUni().sending().write(new byte[11], 0, 11));
    assertNotNull(session.client().openUni());
    assertNull(session.client().openUni());
  }

  @Test
  @Requirement({"WEBTRANS16-5.1#1", "WEBTRANS16-8#1"})
  void sessionsShareAConnectionOnlyWithFlowControl() {
    WebTransportConfig some = WebTransportConfig.DEFAULT;
    for (int none = 0; none < 3; none++) {
      long[] limits = {1, 1, 1};
      limits[none] = 0;
      assertThrows(
          IllegalArgumentException.class,
          () -> some.withFlowControl(limits[0], limits[1], limits[2]));
    }
    assertEquals(1, some.withMaxSessions(1).withFlowControl(0, 0, 0).maxSessions());
  }

  @Test
  @Requirement("WEBTRANS16-5.6.4#1")
  void dataUpToTheLimitAndMoreAsItIsRead() {
    Joined session = pair.join();
    SessionStream first = session.client().openUni();
    SessionStream second = session.client().openBidi();
    assertEquals(7, first.sending().write(new byte[7], 0, 7));
    assertEquals(3, second.sending().write(new byte[7], 0, 7));
    assertEquals(0, first.sending().writable());
    assertEquals(0, first.sending().write(new byte[7], 0, 7));
    pair.run();
    assertTrue(pair.client.all(WebTransportEvent.Writable.class).isEmpty());
    for (WebTransportEvent.Opened opened : pair.server.all(WebTransportEvent.Opened.class)) {
      WtPair.read(opened.stream());
    }
    pair.run();
    assertEquals(2, pair.client.all(WebTransportEvent.Writable.class).size());
    assertEquals(10, first.sending().write(new byte[20], 0, 20));
    pair.run();
    assertTrue(session.server().isOpen());
  }

  /** Room in the stream's buffer came first, and credit when nobody asked for it any more. */
  @Test
  void whoWaitedForRoomWaitsForCreditToo() {
    Joined session = pair.join();
    pair.client.quic.sendBuffer(5);
    SessionStream first = session.client().openUni();
    SessionStream second = session.client().openUni();
    assertEquals(2, first.sending().write(new byte[7], 0, 7));
    pair.link.deliver(pair.client.quic, second.id(), 100);
    for (int left = 8; left > 0; left -= 4) {
      assertEquals(4, second.sending().write(new byte[4], 0, 4));
      pair.link.deliver(pair.client.quic, second.id(), 100);
    }
    pair.link.deliver(pair.client.quic, first.id(), 100);
    pair.client.process();
    assertEquals(0, first.sending().writable());
    pair.run();
    for (WebTransportEvent.Opened opened : pair.server.all(WebTransportEvent.Opened.class)) {
      WtPair.read(opened.stream());
    }
    pair.run();
    assertEquals(first, pair.client.only(WebTransportEvent.Writable.class).stream());
    assertEquals(5, first.sending().write(new byte[5], 0, 5));
  }

  /** The buffer was full when the credit came, and no write had been cut short by that. */
  @Test
  void whoWaitedForCreditWaitsForRoomToo() {
    Joined session = pair.join();
    pair.client.quic.sendBuffer(13);
    SessionStream stream = session.client().openUni();
    assertEquals(10, stream.sending().write(new byte[20], 0, 20));
    send(pair.server, session.server(), Capsule.ofInteger(CapsuleType.WT_MAX_DATA, 30));
    pair.link.deliver(pair.server.quic, session.server().id(), 100);
    pair.client.process();
    List<WebTransportEvent.Writable> told = pair.client.all(WebTransportEvent.Writable.class);
    told.forEach(writable -> assertEquals(0, stream.sending().write(new byte[10], 0, 10)));
    pair.link.deliver(pair.client.quic, stream.id(), 100);
    pair.client.process();
    assertTrue(pair.client.all(WebTransportEvent.Writable.class).size() > told.size());
    assertEquals(10, stream.sending().write(new byte[10], 0, 10));
  }

  /** To the client it has used up the limits like any other. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Requirement("WEBTRANS16-4.6#4")
  void aStreamThatFoundNoRoomToWaitInCounts(boolean bidirectional) {
    WtPair pair =
        new WtPair(
            WebTransportConfig.DEFAULT,
            WebTransportConfig.DEFAULT.withFlowControl(1, 1, 10).withBuffered(0, 0));
    Joined session = pair.request();
    WebTransportSession client = session.client();
    SessionStream rejected = bidirectional ? client.openBidi() : client.openUni();
    assertEquals(10, rejected.sending().write(new byte[10], 0, 10));
    assertNull(bidirectional ? client.openBidi() : client.openUni());
    pair.run();
    session.server().accept(null, Fields.EMPTY);
    pair.run();
    assertTrue(pair.server.all(WebTransportEvent.Opened.class).isEmpty());
    SessionStream next = bidirectional ? client.openBidi() : client.openUni();
    assertNotNull(next);
    assertEquals(10, next.sending().write(new byte[10], 0, 10));
    pair.run();
    assertEquals(next.id(), pair.atServer().id());
    assertTrue(session.server().isOpen());
  }

  /** Its second half still waits for credit: whoever filled the array again would change that. */
  @Test
  void anArrayComesBackOnlyWhenTheLimitHasLetAllOfItThrough() {
    Joined session = pair.join();
    SendingPart sending = session.client().openUni().sending();
    byte[] array = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    Home home = new Home(new ArrayDeque<>());
    assertEquals(10, sending.adopt(array, 0, 12, home));
    assertNull(home.poll());
    pair.run();
    SessionStream received = pair.server.only(WebTransportEvent.Opened.class).stream();
    WtPair.read(received);
    pair.run();
    assertEquals(2, sending.adopt(array, 10, 2, home));
    assertSame(array, home.poll());
    sending.finish();
    pair.run();
    assertEquals("\013\014", WtPair.read(received));
  }

  private record Home(Queue<byte[]> arrays) implements ReturnedChunks {
    @Override
    public void give(byte[] chunk) {
      arrays.add(chunk);
    }

    @Override
    public byte[] poll() {
      return arrays.poll();
    }
  }

  @Test
  @Requirement({"WEBTRANS16-5.6.3#1", "WEBTRANS16-5.6.5#1"})
  void thePeerHearsWhatHoldsThisSideUp() {
    Joined session = pair.join();
    SessionStream stream = session.client().openUni();
    stream.sending().write(new byte[11], 0, 11);
    stream.sending().write(new byte[11], 0, 11);
    session.client().openUni();
    session.client().openUni();
    session.client().openUni();
    pair.client.process();
    // WT_DATA_BLOCKED and WT_STREAMS_BLOCKED, each in a DATA frame of its own, and once.
    byte[] expected = {
      0, 6, (byte) 0x99, 0x0b, 0x4d, 0x41, 1, 10, 0, 6, (byte) 0x99, 0x0b, 0x4d, 0x44, 1, 2
    };
    byte[] onWire = pair.client.quic.sendStream(session.client().id()).undelivered();
    assertArrayEquals(expected, onWire);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Requirement("WEBTRANS16-5.6.2#3")
  void moreStreamsThanAllowed(boolean bidirectional) {
    Joined session = pair.join();
    for (int i = 0; i < 3; i++) {
      byte[] header = StreamHeader.encode(bidirectional, session.client().id());
      var out = bidirectional ? pair.client.quic.openBidi().send() : pair.client.quic.openUni();
      out.write(header, 0, header.length);
    }
    pair.run();
    assertEquals(Http3Error.WT_FLOW_CONTROL_ERROR, failure(session.server()));
    assertEquals(
        new SessionEnding.Aborted(Http3Error.WT_FLOW_CONTROL_ERROR.code()),
        session.client().ending());
    assertNull(pair.server.http.ending());
    List<SessionStream> opened =
        pair.server.all(WebTransportEvent.Opened.class).stream().map(e -> e.stream()).toList();
    assertEquals(2, opened.size());
    for (WebTransportEvent event : pair.server.events) {
      if (event instanceof WebTransportEvent.Readable(var stream)) {
        assertTrue(opened.contains(stream), "of one that nobody was told of");
      } else if (event instanceof WebTransportEvent.SendEnded(var stream)) {
        assertTrue(opened.contains(stream), "of one that nobody was told of");
      }
    }
    // The session's own stream and two before it, or the control and QPACK streams.
    long last = bidirectional ? 12 : 22;
    assertEquals(Http3Error.WT_SESSION_GONE.code(), pair.server.quic.recvStream(last).stopCode());
  }

  @Test
  void whatAResetLeavesUnsentIsForOthers() {
    Joined session = pair.join();
    SessionStream first = session.client().openUni();
    SessionStream second = session.client().openUni();
    assertEquals(7, first.sending().write(new byte[7], 0, 7));
    assertEquals(3, second.sending().write(new byte[7], 0, 7));
    first.sending().reset(1);
    pair.client.process();
    assertEquals(second, pair.client.only(WebTransportEvent.Writable.class).stream());
    assertEquals(4, second.sending().write(new byte[4], 0, 4));
  }

  /** The stream that is stopped took all credit along. */
  @Test
  void whatWasOnItsWayWhenAStreamWasStoppedIsGivenBack() {
    Joined session = pair.join();
    SessionStream stopped = session.client().openUni();
    assertEquals(10, stopped.sending().write(new byte[10], 0, 10));
    pair.link.deliver(pair.client.quic, stopped.id(), 4);
    pair.server.process();
    pair.atServer().receiving().stop(1);
    pair.link.deliver(pair.client.quic, stopped.id(), 100);
    SessionStream other = session.client().openUni();
    assertEquals(0, other.sending().write(new byte[10], 0, 10));
    pair.run();
    assertEquals(10, other.sending().write(new byte[10], 0, 10));
    pair.run();
    assertTrue(session.server().isOpen());
  }

  @Test
  @Requirement("WEBTRANS16-5.6.4#2")
  void moreDataThanAllowed() {
    Joined session = pair.join();
    byte[] header = StreamHeader.encode(false, session.client().id());
    var out = pair.client.quic.openUni();
    out.write(header, 0, header.length);
    out.write(new byte[11], 0, 11);
    pair.run();
    assertEquals(Http3Error.WT_FLOW_CONTROL_ERROR, failure(session.server()));
  }

  @Test
  void whatWasResetCountsForBothSidesAlike() {
    Joined session = pair.join();
    for (int i = 0; i < 20; i++) {
      SessionStream stream = session.client().openUni();
      assertNotNull(stream, "stream " + i);
      assertEquals(8, stream.sending().write(new byte[8], 0, 8), "stream " + i);
      if (i % 2 == 0) {
        pair.run();
      }
      stream.sending().reset(1);
      pair.run();
      SessionStream other = pair.atServer();
      if (i % 3 == 0) {
        other.receiving().stop(2);
      } else {
        WtPair.read(other);
      }
      pair.run();
    }
    assertTrue(session.server().isOpen());
  }

  @ParameterizedTest
  @CsvSource({
    "0x190B4D3D, 10",
    "0x190B4D3D, 9",
    "0x190B4D3F, 2",
    "0x190B4D40, 1",
    "0x190B4D3F, 1152921504606846977",
    "0x190B4D40, 1152921504606846977",
    "0x190B4D43, 1152921504606846977",
    "0x190B4D44, 1152921504606846977"
  })
  @Requirement({
    "WEBTRANS16-5.6.2#1",
    "WEBTRANS16-5.6.2#4",
    "WEBTRANS16-5.6.3#2",
    "WEBTRANS16-5.6.4#3"
  })
  void limitsThatDoNotGrowOrCannotBe(String type, long value) {
    Joined session = pair.join();
    send(pair.server, session.server(), Capsule.ofInteger(Long.decode(type), value));
    pair.run();
    assertEquals(Http3Error.WT_FLOW_CONTROL_ERROR, failure(session.client()));
  }

  @Test
  void draft14BearsALimitThatIsRepeated() {
    WebTransportConfig only14 =
        WebTransportConfig.DEFAULT.withVersions(Set.of(WebTransportVersion.DRAFT_14));
    WtPair pair = new WtPair(only14, only14);
    Joined session = pair.join();
    send(
        pair.server,
        session.server(),
        Capsule.ofInteger(CapsuleType.WT_MAX_STREAMS_UNI, only14.initialMaxStreamsUni()));
    pair.run();
    assertTrue(session.client().isOpen());
    send(
        pair.server,
        session.server(),
        Capsule.ofInteger(CapsuleType.WT_MAX_STREAMS_UNI, only14.initialMaxStreamsUni() - 1));
    pair.run();
    assertEquals(Http3Error.WT_FLOW_CONTROL_ERROR, failure(session.client()));
  }

  @ParameterizedTest
  @ValueSource(longs = {CapsuleType.WT_MAX_STREAM_DATA, CapsuleType.WT_STREAM_DATA_BLOCKED})
  @Requirement("WEBTRANS16-5.4#1")
  void capsulesOfTheOtherWebTransport(long type) {
    Joined session = pair.join();
    send(pair.server, session.server(), new Capsule(type, new byte[] {4, 9}));
    pair.run();
    assertEquals(Http3Error.H3_MESSAGE_ERROR, failure(session.client()));
  }

  @Test
  @Requirement("WEBTRANS16-5.1#4")
  void capsulesWithoutFlowControlMeanNothing() {
    WebTransportConfig none =
        WebTransportConfig.DEFAULT.withMaxSessions(1).withFlowControl(0, 0, 0);
    WtPair pair = new WtPair(none, WebTransportConfig.DEFAULT);
    Joined session = pair.join();
    send(pair.server, session.server(), Capsule.ofInteger(CapsuleType.WT_MAX_DATA, 0));
    send(pair.server, session.server(), Capsule.ofInteger(CapsuleType.WT_MAX_STREAMS_UNI, 0));
    pair.run();
    assertTrue(session.client().isOpen());
    SessionStream stream = session.client().openUni();
    assertEquals(1000, stream.sending().write(new byte[1000], 0, 1000));
  }

  @ParameterizedTest
  @EnumSource(
      value = WebTransportVersion.class,
      names = {"DRAFT_02", "DRAFT_07"})
  void olderDraftsHaveNoLimits(WebTransportVersion version) {
    WebTransportConfig config =
        WebTransportConfig.DEFAULT.withVersions(Set.of(version)).withFlowControl(1, 1, 1);
    Joined session = new WtPair(config, config).join();
    assertNotNull(session.client().openUni());
    SessionStream second = session.client().openUni();
    assertEquals(50, second.sending().write(new byte[50], 0, 50));
  }

  @Test
  void draft14TakesSeveralSessionsAsASignOfFlowControl() {
    assertTrue(
        SessionFlow.isEnabled(
            WebTransportVersion.DRAFT_14,
            WebTransportConfig.DEFAULT,
            new Http3Settings(Map.of(WebTransportVersion.DRAFT_14.setting(), 2L))));
  }
}
