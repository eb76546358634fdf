package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.datagram.DatagramConfig;
import dev.sluice.quic.datagram.DatagramFlow;
import dev.sluice.quic.datagram.DatagramStats;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.frame.ConnectionCloseFrame;
import dev.sluice.quic.frame.DatagramFrame;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.testkit.Requirement;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DATAGRAM frames between two live connections (RFC 9221). */
class DatagramsTest {
  private static final TransportConfig ON =
      TransportConfig.DEFAULTS.withDatagrams(DatagramConfig.ON);

  private static TransportConfig with(DatagramConfig datagrams) {
    return TransportConfig.DEFAULTS.withDatagrams(datagrams);
  }

  /** A datagram of so many bytes that begins with its number. */
  private static byte[] numbered(int number, int length) {
    return ByteBuffer.allocate(length).putInt(number).array();
  }

  private static List<byte[]> datagrams(List<QuicEvent> events) {
    List<byte[]> data = new ArrayList<>();
    for (QuicEvent event : events) {
      if (event instanceof QuicEvent.DatagramReceived(byte[] bytes)) {
        data.add(bytes);
      }
    }
    return data;
  }

  private static List<Integer> numbers(List<QuicEvent> events) {
    return datagrams(events).stream().map(d -> ByteBuffer.wrap(d).getInt()).toList();
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  private static boolean send(Connection connection, byte[] data) {
    return connection.sendDatagram(data, 0, data.length);
  }

  @Test
  @Requirement({"RFC9221-5#1", "RFC9221-5#2"})
  void travelBothWays() {
    Duo duo = new Duo(ON, ON);
    assertTrue(duo.client.sendDatagram(new byte[] {9, 1, 2, 3, 9}, 1, 3));
    assertTrue(send(duo.client, new byte[0]));
    assertTrue(send(duo.server, numbered(5, 1000)));
    duo.runFor(11);
    List<byte[]> atServer = datagrams(duo.serverEvents);
    assertEquals(2, atServer.size());
    assertArrayEquals(new byte[] {1, 2, 3}, atServer.get(0));
    assertArrayEquals(new byte[0], atServer.get(1));
    assertArrayEquals(numbered(5, 1000), datagrams(duo.clientEvents).getFirst());
    assertEquals(new DatagramStats(2, 0, 1, 0), duo.client.stats().datagramFrames());
  }

  @Test
  @Requirement({"RFC9221-3#1", "RFC9221-3#6", "RFC9000-19.21#1"})
  void areNotSentToWhoTakesNone() {
    Duo duo = new Duo(TransportConfig.DEFAULTS, ON);
    assertEquals(0, duo.server.maxDatagramLength());
    assertFalse(send(duo.server, new byte[0]));
    assertTrue(send(duo.client, numbered(1, 4)), "the other way they are");
    duo.runFor(100);
    assertEquals(List.of(1), numbers(duo.serverEvents));
    assertNull(duo.client.ending());
  }

  @Test
  @Requirement({"RFC9221-3#2", "RFC9221-3#5", "RFC8899-5#2"})
  void areAsLongAsThePeerTakesOrAPacketHolds() {
    Duo duo =
        new Duo(
            with(DatagramConfig.ON.withMaxFrameSize(100)).withMtuDiscovery(false),
            ON.withMtuDiscovery(false));
    assertEquals(100 - 1 - 2, duo.server.maxDatagramLength());
    // A short header with an ID of eight bytes and the longest packet number, and a tag.
    assertEquals(1200 - 13 - 16 - 1 - 2, duo.client.maxDatagramLength());
    for (Connection side : List.of(duo.client, duo.server)) {
      int most = side.maxDatagramLength();
      assertFalse(send(side, new byte[most + 1]));
      assertTrue(send(side, numbered(1, most)));
    }
    duo.runFor(100);
    assertEquals(List.of(1), numbers(duo.serverEvents));
    assertEquals(List.of(1), numbers(duo.clientEvents));
  }

  @Test
  @Requirement("RFC9221-3#3")
  void thatNobodyAskedForAreAViolation() {
    Duo duo = new Duo(TransportConfig.DEFAULTS, ON);
    assertViolation(duo, new DatagramFrame(Bytes.EMPTY, false));
  }

  @Test
  @Requirement("RFC9221-3#4")
  void beyondTheLimitAreAViolation() {
    Duo duo = new Duo(with(DatagramConfig.ON.withMaxFrameSize(50)), ON);
    byte[] data = new byte[49];
    duo.toClient(
        duo.fromServer(SealedPackets.payload(new DatagramFrame(Bytes.of(data), false))),
        duo.fromServer(SealedPackets.payload(new DatagramFrame(Bytes.of(data, 0, 48), true))));
    assertNull(duo.client.ending(), "50 bytes with their type, and their length if it is there");
    assertViolation(duo, new DatagramFrame(Bytes.of(data), true));
  }

  private static void assertViolation(Duo duo, DatagramFrame frame) {
    duo.toClient(duo.fromServer(SealedPackets.payload(frame)));
    TransportClose close = assertInstanceOf(TransportClose.class, duo.client.ending());
    assertEquals(TransportError.PROTOCOL_VIOLATION.code(), close.code());
    assertEquals(frame.type(), close.frameType());
  }

  @Test
  @Requirement({"RFC9221-5.4#1", "RFC9000-19.21#3"})
  void waitForTheCongestionControllerAndTheOldestGiveWay() {
    Duo duo = new Duo(with(DatagramConfig.ON.withSendQueue(100, Duration.ZERO)), ON);
    for (int i = 0; i < 1000; i++) {
      assertTrue(send(duo.client, numbered(i, 1000)));
    }
    assertEquals(900, duo.client.stats().datagramFrames().droppedUnsent());
    duo.runFor(1);
    assertTrue(
        duo.client.stats().datagramFrames().sent() < 20, "the initial window is ten packets");
    duo.runFor(2000);
    assertEquals(range(900, 1000), numbers(duo.serverEvents));
  }

  @Test
  void ofSeveralUsersTakeTurns() {
    Duo duo = new Duo(ON, ON);
    DatagramFlow flood = duo.client.openDatagramFlow(50, Duration.ZERO);
    DatagramFlow other = duo.client.openDatagramFlow(50, Duration.ZERO);
    for (int i = 0; i < 1000; i++) {
      assertTrue(flood.send(numbered(i, 1000), 0, 1000));
    }
    for (int i = 2000; i < 2005; i++) {
      assertTrue(other.send(numbered(i, 1000), 0, 1000));
    }
    assertTrue(send(duo.client, numbered(3000, 1000)));
    assertEquals(950, flood.dropped());
    duo.runFor(2000);
    assertEquals(
        List.of(950, 2000, 3000, 951, 2001, 952, 2002, 953, 2003, 954, 2004, 955, 956),
        numbers(duo.serverEvents).subList(0, 13));
    assertEquals(56, numbers(duo.serverEvents).size());
    assertEquals(50, flood.sent());
    assertEquals(5, other.sent());
    assertEquals(0, other.dropped());
    assertEquals(new DatagramStats(56, 950, 0, 0), duo.client.stats().datagramFrames());
  }

  @Test
  void ofEachUserHaveTheirOwnAge() {
    Duo duo = new Duo(ON, ON);
    DatagramFlow impatient = duo.client.openDatagramFlow(1000, Duration.ofMillis(15));
    DatagramFlow patient = duo.client.openDatagramFlow(1000, Duration.ZERO);
    for (int i = 0; i < 500; i++) {
      assertTrue(impatient.send(numbered(i, 1000), 0, 1000));
      assertTrue(patient.send(numbered(i, 1000), 0, 1000));
    }
    duo.runFor(2000);
    assertEquals(500, patient.sent());
    assertTrue(impatient.dropped() > 400, impatient.dropped() + " dropped");
    assertEquals(500, impatient.dropped() + impatient.sent());
    assertFalse(impatient.send(new byte[70_000], 0, 70_000));
    assertThrows(
        IllegalArgumentException.class, () -> duo.client.openDatagramFlow(0, Duration.ZERO));
    duo.client.close(0, "");
    assertFalse(patient.send(new byte[1], 0, 1));
  }

  @Test
  void whatIsToFollowThemComesBehindTheLast() {
    Duo duo = new Duo(ON, ON);
    DatagramFlow flow = duo.client.openDatagramFlow(100, Duration.ZERO);
    SendStream after = duo.client.openUni();
    for (int i = 0; i < 100; i++) {
      assertTrue(flow.send(numbered(i, 1000), 0, 1000));
    }
    flow.finish(
        () -> {
          assertEquals(100, flow.sent());
          after.finish();
        });
    flow.finish(() -> after.reset(1));
    assertFalse(flow.send(new byte[1], 0, 1));
    duo.runFor(1);
    assertTrue(flow.sent() > 0 && flow.sent() < 100, "the window holds a part of them");
    assertEquals(0, after.sent());
    duo.runFor(2000);
    assertEquals(range(0, 100), numbers(duo.serverEvents));
    assertTrue(duo.serverEvents.stream().anyMatch(QuicEvent.PeerOpened.class::isInstance));
  }

  @Test
  void whatIsToFollowThemIsToldOnce() {
    Duo duo = new Duo(ON, ON);
    List<String> told = new ArrayList<>();
    duo.client.openDatagramFlow(1, Duration.ZERO).finish(() -> told.add("empty"));
    assertEquals(List.of("empty"), told);
    DatagramFlow aged = duo.client.openDatagramFlow(100, Duration.ofMillis(15));
    DatagramFlow given = duo.client.openDatagramFlow(100, Duration.ZERO);
    for (int i = 0; i < 100; i++) {
      assertTrue(aged.send(numbered(i, 1000), 0, 1000));
      assertTrue(given.send(numbered(1000 + i, 1000), 0, 1000));
    }
    aged.finish(() -> told.add("aged"));
    given.finish(() -> told.add("given up"));
    given.discard();
    assertEquals(100, given.dropped());
    duo.runFor(2000);
    assertTrue(aged.dropped() > 0, "the window was too small for all of them");
    assertEquals(100, aged.sent() + aged.dropped());
    assertEquals(List.of("empty", "aged"), told);
  }

  @Test
  void areDroppedWhenTheyHaveWaitedTooLong() {
    Duo duo = new Duo(with(DatagramConfig.ON.withSendQueue(1000, Duration.ofMillis(15))), ON);
    for (int i = 0; i < 1000; i++) {
      assertTrue(send(duo.client, numbered(i, 1000)));
    }
    duo.runFor(2000);
    DatagramStats stats = duo.client.stats().datagramFrames();
    assertEquals(1000, stats.sent() + stats.droppedUnsent());
    assertTrue(stats.droppedUnsent() > 900, stats.toString());
    assertEquals(range(0, (int) stats.sent()), numbers(duo.serverEvents));
    assertTrue(send(duo.client, numbered(7777, 4)));
    duo.runFor(100);
    assertEquals(7777, numbers(duo.serverEvents).getLast());
  }

  @Test
  void areNeverSentTwice() {
    Simulation.seeds(
        20,
        sim -> {
          Duo duo = new Duo(sim, ON, ON, () -> new Link().delay(Simulation.ms(10)).loss(0.2));
          for (int i = 0; i < 200; i++) {
            assertTrue(send(duo.client, numbered(i, 600)));
            duo.runFor(5);
          }
          duo.runFor(20_000);
          List<Integer> arrived = numbers(duo.serverEvents);
          assertEquals(arrived.size(), new HashSet<>(arrived).size());
          assertEquals(200, duo.client.stats().datagramFrames().sent());
          assertTrue(arrived.size() > 120 && arrived.size() < 190, arrived.size() + " arrived");
        });
  }

  @Test
  @Requirement("RFC9221-5.3#1")
  void thatNobodyTakesAreBoundedAndTheOldestDropped() {
    DatagramConfig small = DatagramConfig.ON.withReceiveQueue(10, 5_000);
    Duo duo = new Duo(ON, with(small));
    duo.polling = false;
    for (int i = 0; i < 100; i++) {
      assertTrue(send(duo.client, numbered(i, 100)));
      duo.runFor(1);
    }
    duo.runFor(100);
    assertEquals(new DatagramStats(0, 0, 100, 90), duo.server.stats().datagramFrames());
    for (int i = 100; i < 107; i++) {
      assertTrue(send(duo.client, numbered(i, 1000)));
    }
    duo.runFor(100);
    duo.polling = true;
    duo.runFor(0);
    assertEquals(range(102, 107), numbers(duo.serverEvents), "five thousand bytes at most");
  }

  @Test
  void thatArrivedBeforeTheCloseAreDeliveredBeforeIt() {
    Duo duo = new Duo(ON, ON);
    byte[] last =
        SealedPackets.payload(
            new DatagramFrame(Bytes.of(numbered(2, 4)), true),
            new ConnectionCloseFrame(true, 0, 0, ""));
    duo.leaveNoGap(duo.client);
    duo.toClient(
        duo.fromServer(SealedPackets.payload(new DatagramFrame(Bytes.of(numbered(1, 4)), true))),
        duo.fromServer(last));
    duo.clientEvents.clear();
    duo.runFor(0);
    assertEquals(List.of(1, 2), numbers(duo.clientEvents));
    assertInstanceOf(QuicEvent.Ended.class, duo.clientEvents.get(2));
    assertEquals(3, duo.clientEvents.size());
    assertEquals(0, duo.client.maxDatagramLength());
    assertFalse(send(duo.client, new byte[0]));
  }

  /**
   * Both could fill the path alone: neither may starve the other, nor may datagrams for which a
   * whole packet is hardly enough.
   */
  @ParameterizedTest
  @ValueSource(ints = {1000, 1168})
  void shareWithStreams(int length) {
    Duo duo =
        new Duo(
            new Simulation(3),
            with(DatagramConfig.ON.withSendQueue(20, Duration.ZERO)).withMtuDiscovery(false),
            ON.withMtuDiscovery(false),
            () -> new Link().delay(Simulation.ms(10)).rate(10_000_000).queue(50_000));
    SendStream stream = duo.client.openUni();
    byte[] chunk = new byte[64 << 10];
    byte[] sink = new byte[64 << 10];
    long streamed = 0;
    int number = 0;
    for (int millis = 0; millis < 5000; millis++) {
      stream.write(chunk, 0, chunk.length);
      for (int i = 0; i < 3; i++) {
        assertTrue(send(duo.client, numbered(number++, length)));
      }
      duo.runFor(1);
      for (QuicEvent event : List.copyOf(duo.serverEvents)) {
        if (event instanceof QuicEvent.Readable(RecvStream recv)) {
          for (int n = recv.read(sink, 0, sink.length); n > 0; ) {
            streamed += n;
            n = recv.read(sink, 0, sink.length);
          }
        }
      }
      duo.serverEvents.removeIf(QuicEvent.Readable.class::isInstance);
    }
    long inDatagrams = (long) length * numbers(duo.serverEvents).size();
    assertTrue(streamed + inDatagrams > 3_000_000, streamed + " and " + inDatagrams);
    assertTrue(
        inDatagrams > streamed / 2 && streamed > inDatagrams / 2,
        streamed + " bytes of streams, and " + inDatagrams + " of datagrams");
  }
}
