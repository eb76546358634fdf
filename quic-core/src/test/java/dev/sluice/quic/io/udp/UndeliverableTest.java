package dev.sluice.quic.io.udp;

import static dev.sluice.quic.io.udp.Sockets.IPV4;
import static dev.sluice.quic.io.udp.Sockets.LONG;
import static dev.sluice.quic.io.udp.Sockets.add;
import static dev.sluice.quic.io.udp.Sockets.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.testkit.Requirement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every way of moving datagrams says of those that do not get there, and of no others. */
@Timeout(60)
class UndeliverableTest {
  private final Sockets sockets = new Sockets();
  private Poller poller;

  static Stream<Way> ways() {
    return Way.all();
  }

  /** What fits every path, and what is only found to fit. */
  static Stream<Arguments> waysAndSizes() {
    return ways().flatMap(way -> Stream.of(arguments(way, 100), arguments(way, 1400)));
  }

  @AfterEach
  void close() throws IOException {
    sockets.close();
  }

  /** An ICMP error for one peer is no error of a socket that talks to all. */
  @ParameterizedTest
  @MethodSource("ways")
  void closedPortsElsewhereDoNotDisturb(Way way) throws IOException {
    poller = sockets.begin(way);
    UdpSocket gone = sockets.closed();
    UdpSocket receiver = sockets.open(IPV4, null);
    UdpSocket sender = sockets.open(IPV4, null);
    DatagramBatch batch = new DatagramBatch(64, 2048);
    for (int i = 0; i < 20; i++) {
      add(batch, bytes(50, i), gone.localAddress(), 0);
      add(batch, bytes(50, i), receiver.localAddress(), 0);
    }
    sockets.send(sender, batch);
    assertEquals(20, sockets.receive(receiver, 20, poller.newReceiveBatch(2048)).size());
    poller.await(0);
    sender.receive(poller.newReceiveBatch(2048));
    assertNull(sender.takeRefusal());
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aConnectedSocketHearsOfAClosedPortOnce(Way way) throws IOException {
    poller = sockets.begin(way);
    UdpSocket gone = sockets.closed();
    UdpSocket sender = sockets.open(null, gone.localAddress());
    DatagramBatch batch = new DatagramBatch(64, 2048);
    add(batch, bytes(50, 1), gone.localAddress(), 0);
    sockets.send(sender, batch);
    DatagramBatch in = poller.newReceiveBatch(2048);
    String refusal = null;
    while (refusal == null) {
      poller.await(LONG);
      sender.receive(in);
      refusal = sender.takeRefusal();
    }
    assertEquals(0, in.count());
    assertTrue(refusal.contains("nobody listens at"), refusal);
    assertNull(sender.takeRefusal());
  }

  /** Larger than a UDP datagram can be; what stands around it arrives. */
  @ParameterizedTest
  @MethodSource("ways")
  void tellsOfDatagramsThatAreTooLarge(Way way) throws IOException {
    poller = sockets.begin(way);
    UdpSocket receiver = sockets.open(IPV4, null);
    UdpSocket sender = sockets.open(null, receiver.localAddress());
    List<Integer> tooLarge = new ArrayList<>();
    sender.onTooLarge(
        (in, index) -> {
          assertEquals(receiver.localAddress(), in.remote(index));
          tooLarge.add(in.length(index));
        });
    DatagramBatch batch = new DatagramBatch(4, 65_530);
    add(batch, bytes(1000, 1), receiver.localAddress(), 0);
    add(batch, bytes(65_520, 2), receiver.localAddress(), 0);
    add(batch, bytes(1000, 3), receiver.localAddress(), 0);
    sockets.send(sender, batch);
    List<byte[]> received = sockets.receive(receiver, 2, poller.newReceiveBatch(2048));
    assertArrayEquals(bytes(1000, 1), received.get(0));
    assertArrayEquals(bytes(1000, 3), received.get(1));
    assertEquals(List.of(65_520), tooLarge);
    assertNull(sender.takeRefusal(), "the path is still there for smaller ones");
  }

  /** As many as leave behind the loop's back, where there is such a way. */
  @ParameterizedTest
  @MethodSource("ways")
  void tellsOfThemInWholeBatchesToo(Way way) throws IOException {
    poller = sockets.begin(way);
    UdpSocket receiver = sockets.open(IPV4, null);
    UdpSocket sender = sockets.open(null, receiver.localAddress());
    Thread loop = Thread.currentThread();
    List<Integer> tooLarge = new ArrayList<>();
    sender.onTooLarge(
        (in, index) -> {
          assertSame(loop, Thread.currentThread());
          assertEquals("a connection", in.sender(index));
          tooLarge.add(in.length(index));
        });
    DatagramBatch batch = new DatagramBatch(88, 65_530);
    for (int i = 0; i < 88; i++) {
      add(batch, bytes(i == 30 ? 65_520 : 100, i), receiver.localAddress(), 0);
    }
    batch.setSender(0, "a connection");
    sockets.send(sender, batch);
    batch.clear();
    List<byte[]> received = sockets.receive(receiver, 87, poller.newReceiveBatch(2048));
    assertArrayEquals(bytes(100, 31), received.get(30));
    while (tooLarge.isEmpty()) {
      poller.await(LONG);
    }
    assertEquals(List.of(65_520), tooLarge);
    assertNull(sender.takeRefusal());
  }

  /**
   * 65,508 bytes are an IPv4 packet of exactly what the loopback interface carries, and one more
   * than its header can say: Linux answers with an ICMP message, which the next call hears of.
   */
  @ParameterizedTest
  @MethodSource("ways")
  @Requirement("RFC9000-14.2.1#1")
  void whatIsSaidOfALargeDatagramIsNotTakenForTheNext(Way way) throws IOException {
    poller = sockets.begin(way);
    UdpSocket receiver = sockets.open(IPV4, null);
    UdpSocket sender = sockets.open(null, receiver.localAddress());
    List<Integer> tooLarge = new ArrayList<>();
    sender.onTooLarge((in, index) -> tooLarge.add(in.length(index)));
    DatagramBatch last = poller.newReceiveBatch(2048);
    for (int i = 0; i < 10; i++) {
      DatagramBatch batch = new DatagramBatch(4, 65_530);
      add(batch, bytes(65_508, 1), receiver.localAddress(), 0);
      add(batch, bytes(35, i), receiver.localAddress(), 0);
      add(batch, bytes(1400, i), receiver.localAddress(), 0);
      sockets.send(sender, batch);
      List<byte[]> received = sockets.receive(receiver, 2, last);
      assertArrayEquals(bytes(35, i), received.get(0));
      assertArrayEquals(bytes(1400, i), received.get(1));
    }
    assertEquals(Collections.nCopies(10, 65_508), tooLarge);
    assertNull(sender.takeRefusal());
  }

  /** Nothing can be sent to port 0: as little as where a filter or the routes forbid it. */
  @ParameterizedTest
  @MethodSource("waysAndSizes")
  void whatTheSystemDoesNotSendIsLostAndOnlyThat(Way way, int size) throws IOException {
    poller = sockets.begin(way);
    UdpSocket receiver = sockets.open(IPV4, null);
    UdpSocket sender = sockets.open(IPV4, null);
    List<Integer> tooLarge = new ArrayList<>();
    sender.onTooLarge((in, index) -> tooLarge.add(in.length(index)));
    DatagramBatch batch = new DatagramBatch(8, 2048);
    for (int i = 0; i < 6; i++) {
      add(batch, bytes(size, i), i % 3 == 1 ? IPV4 : receiver.localAddress(), 0);
    }
    sockets.send(sender, batch);
    List<byte[]> received = sockets.receive(receiver, 4, poller.newReceiveBatch(2048));
    assertArrayEquals(bytes(size, 2), received.get(1));
    assertArrayEquals(bytes(size, 5), received.get(3));
    assertEquals(List.of(), tooLarge, "it says nothing about the path");
    assertNull(sender.takeRefusal(), "it says nothing about the other peers");
  }

  /** A run of them, as a peer provokes it whose address has port 0. */
  @ParameterizedTest
  @MethodSource("ways")
  void whatTheSystemDoesNotSendChangesNothingForOthers(Way way) throws IOException {
    poller = sockets.begin(way);
    UdpSocket receiver = sockets.open(IPV4, null);
    UdpSocket sender = sockets.open(IPV4, null);
    String before = sender.description();
    DatagramBatch batch = new DatagramBatch(8, 2048);
    for (int i = 0; i < 6; i++) {
      add(batch, bytes(1000, i), i < 4 ? IPV4 : receiver.localAddress(), 2);
    }
    sockets.send(sender, batch);
    List<byte[]> received = sockets.receive(receiver, 2, poller.newReceiveBatch(2048));
    assertArrayEquals(bytes(1000, 4), received.get(0));
    assertEquals(before, sender.description());
  }

  /** The first bytes of such an address are somebody's of this family. */
  @ParameterizedTest
  @MethodSource("ways")
  void whatIsForTheOtherFamilyReachesNobody(Way way) throws IOException {
    poller = sockets.begin(way);
    UdpSocket receiver = sockets.open(IPV4, null);
    UdpSocket sender = sockets.open(IPV4, null);
    int port = receiver.localAddress().getPort();
    DatagramBatch batch = new DatagramBatch(4, 2048);
    add(batch, bytes(100, 0), Sockets.address("::1", port), 0);
    add(batch, bytes(100, 1), Sockets.address("::1", port), 0);
    add(batch, bytes(100, 2), receiver.localAddress(), 0);
    sockets.send(sender, batch);
    List<byte[]> received = sockets.receive(receiver, 1, poller.newReceiveBatch(2048));
    assertArrayEquals(bytes(100, 2), received.getFirst());
  }
}
