package dev.sluice.http3.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.client.Http3Client;
import dev.sluice.http3.frame.FrameReader;
import dev.sluice.http3.frame.FrameType;
import dev.sluice.http3.frame.Grease;
import dev.sluice.http3.frame.SettingsFrame;
import dev.sluice.http3.memory.MemoryLink;
import dev.sluice.http3.memory.MemoryRecvStream;
import dev.sluice.http3.server.Http3Server;
import dev.sluice.http3.server.Http3ServerBuilder;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.stream.StreamConfig;
import dev.sluice.quic.stream.StreamLimits;
import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.testkit.Requirement;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What each side says about itself, and the noise it makes so that peers stay able to ignore. */
class SettingsTest {

  private static SettingsFrame sentBy(RawPeer peer) {
    peer.deliver();
    MemoryRecvStream control = peer.peer.recvStream(peer.own.isClient() ? 2 : 3);
    assertEquals(1, control.read(new byte[1], 0, 1));
    FrameReader reader =
        new FrameReader(control, (type, length) -> assertEquals(FrameType.SETTINGS, type), 0);
    assertEquals(FrameReader.Step.FRAME, reader.next());
    return assertInstanceOf(SettingsFrame.class, reader.frame());
  }

  @Test
  @Requirement({
    "RFC9114-3.2#5",
    "RFC9114-6.2.1#1",
    "RFC9114-7.2.4#1",
    "RFC9114-7.2.4.1#1",
    "RFC9114-7.2.4.2#3"
  })
  void settingsAreSentFirstAndUnasked() {
    for (RawPeer peer : new RawPeer[] {RawPeer.ofClient(), RawPeer.ofServer()}) {
      Map<Long, Long> settings = sentBy(peer).settings();
      assertEquals(65536L, settings.get(Http3Settings.MAX_FIELD_SECTION_SIZE));
      assertEquals(4096L, settings.get(Http3Settings.QPACK_MAX_TABLE_CAPACITY));
      assertEquals(100L, settings.get(Http3Settings.QPACK_BLOCKED_STREAMS));
      assertFalse(settings.containsKey(Http3Settings.ENABLE_CONNECT_PROTOCOL));
      assertEquals(1, settings.keySet().stream().filter(Grease::isReserved).count());
      assertEquals(4, settings.size());
    }
  }

  @Test
  @Requirement("RFC9114-7.2.4.2#11")
  void settingsSayWhatTheConfigurationSays() {
    Http3Config config =
        Http3Config.DEFAULT
            .withGrease(false)
            .withQpack(0, 0)
            .withMaxFieldSectionSize(1234)
            .withConnectProtocol(true)
            .withAdditionalSettings(Map.of(Http3Settings.H3_DATAGRAM, 1L));
    assertEquals(
        Map.of(
            Http3Settings.MAX_FIELD_SECTION_SIZE,
            1234L,
            Http3Settings.ENABLE_CONNECT_PROTOCOL,
            1L,
            Http3Settings.H3_DATAGRAM,
            1L),
        sentBy(RawPeer.ofServer(config)).settings());
  }

  @Test
  @Requirement("RFC9297-2.1.1#1")
  void datagramsAreOfferedOrNot() {
    for (long value : new long[] {0, 1}) {
      Map<Long, Long> settings = Map.of(Http3Settings.H3_DATAGRAM, value);
      Http3Config config = Http3Config.DEFAULT.withAdditionalSettings(settings);
      long sent = sentBy(RawPeer.ofClient(config)).settings().get(Http3Settings.H3_DATAGRAM);
      assertEquals(value, sent);
    }
    Map<Long, Long> two = Map.of(Http3Settings.H3_DATAGRAM, 2L);
    assertThrows(
        IllegalArgumentException.class, () -> Http3Config.DEFAULT.withAdditionalSettings(two));
  }

  @Test
  void thePeersSettingsAreTold() {
    Pair pair = new Pair(Http3Config.DEFAULT, Http3Config.DEFAULT.withConnectProtocol(true));
    assertEquals(Http3Settings.DEFAULTS, pair.client.peerSettings());
    assertEquals(Long.MAX_VALUE, pair.client.peerSettings().maxFieldSectionSize());
    pair.run();
    Http3Settings settings = pair.clientEvent(Http3Event.SettingsReceived.class).settings();
    assertEquals(settings, pair.client.peerSettings());
    assertTrue(settings.isConnectProtocolEnabled());
    assertFalse(settings.isDatagramEnabled());
    assertEquals(65536, settings.maxFieldSectionSize());
    assertEquals(4096, settings.qpackMaxTableCapacity());
    assertEquals(100, settings.qpackBlockedStreams());
    assertEquals(5, settings.value(0x7777, 5));
  }

  @Test
  @Requirement({"RFC9114-6.2#3", "RFC9114-6.2.3#3", "RFC9204-4.2#1"})
  void aStreamThatMeansNothingComesLast() {
    for (RawPeer peer : List.of(RawPeer.ofClient(), RawPeer.ofServer())) {
      peer.deliver();
      int control = peer.own.isClient() ? 2 : 3;
      byte[][] first = new byte[4][];
      for (int i = 0; i < 4; i++) {
        first[i] = peer.peer.recvStream(control + 4L * i).readAll();
      }
      assertEquals(0x00, first[0][0]);
      assertEquals(0x02, first[1][0]);
      assertEquals(0x03, first[2][0]);
      assertTrue(Grease.isReserved(WireReader.of(first[3]).varInt()));
      assertNull(peer.peer.recvStream(control + 16));
    }
  }

  @Test
  @Requirement("RFC9204-4.2#7")
  void withoutATableThePeerMayOpenItsStreamsNonetheless() {
    Http3Config config = Http3Config.DEFAULT.withQpack(0, 0);
    for (RawPeer peer : List.of(RawPeer.ofClient(config), RawPeer.ofServer(config))) {
      peer.control();
      peer.uni(0x02, 0x20); // a capacity of 0 is what it may set
      peer.uni(0x03);
      peer.deliver();
      assertNull(peer.own.ending());
    }
  }

  @Test
  void withoutCreditForStreamsTheControlStreamGoesFirst() {
    MemoryLink link = new MemoryLink();
    link.client().allow(10, 1);
    Http3Connection client = Pair.connection(link.client(), Http3Config.DEFAULT);
    Http3Connection server = Pair.connection(link.server(), Http3Config.DEFAULT);
    client.process();
    server.process();
    link.deliverAll();
    assertNull(link.server().recvStream(6));
    client.openRequest(Pair.get("/"), true);
    link.client().allow(10, 4);
    client.process();
    link.deliverAll();
    server.process();
    client.process();
    assertTrue(link.server().recvStream(14) != null);
    assertNull(client.ending());
    assertNull(server.ending());
  }

  @Test
  void reservedNumbersAreSpreadAndRecognised() {
    Random random = new Random(7);
    for (int i = 0; i < 1000; i++) {
      long number = Grease.number(random);
      assertTrue(Grease.isReserved(number));
      assertTrue(VarInt.isEncodable(number));
    }
    assertTrue(Grease.isReserved(0x21));
    assertTrue(Grease.isReserved(0x40));
    assertTrue(Grease.isReserved(0x3fff_ffff_ffff_fffeL));
    assertFalse(Grease.isReserved(0x02));
    assertFalse(Grease.isReserved(0x22));
  }

  @Test
  @Requirement("RFC9114-6.2#1")
  void theTransportLeavesThePeerThreeUnidirectionalStreams() {
    assertSame(TransportConfig.DEFAULTS, Http3Config.requireFit(TransportConfig.DEFAULTS));
    assertEquals(3, Http3Config.requireFit(allowing(3)).streams().limits().maxStreamsUni());
    Http3ServerBuilder server = Http3Server.builder();
    Http3Client.Builder client = Http3Client.newBuilder();
    assertThrows(IllegalArgumentException.class, () -> server.quic(allowing(2)));
    assertThrows(IllegalArgumentException.class, () -> client.quic(allowing(2)));
  }

  /** What a server has that was told nothing of it. */
  @Test
  @Requirement({"RFC9114-6.1#1", "RFC9114-6.1#2", "RFC9114-6.2#2"})
  void theTransportHasRoomForRequests() {
    StreamLimits limits = TransportConfig.DEFAULTS.streams().limits();
    assertTrue(limits.maxStreamsBidi() >= 100);
    assertTrue(limits.maxStreamDataBidiRemote() >= 1024);
    assertTrue(limits.maxStreamDataUni() >= 1024);
  }

  private static TransportConfig allowing(int uniStreams) {
    StreamLimits limits = new StreamLimits(1 << 20, 1 << 16, 1 << 16, 1 << 16, 100, uniStreams);
    return TransportConfig.DEFAULTS.withStreams(StreamConfig.DEFAULT.withLimits(limits));
  }
}
