package dev.sluice.quic.io.udp;

import static dev.sluice.quic.io.udp.Sockets.IPV4;
import static dev.sluice.quic.io.udp.Sockets.IPV6;
import static dev.sluice.quic.io.udp.Sockets.LONG;
import static dev.sluice.quic.io.udp.Sockets.add;
import static dev.sluice.quic.io.udp.Sockets.address;
import static dev.sluice.quic.io.udp.Sockets.bytes;
import static dev.sluice.quic.io.udp.Sockets.datagram;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.testkit.Requirement;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every way of moving datagrams has to do. */
@Timeout(60)
class UdpSocketTest {
  private final Sockets sockets = new Sockets();
  private Poller poller;

  static Stream<Way> ways() {
    return Way.all();
  }

  @AfterEach
  void close() throws IOException {
    sockets.close();
  }

  /** Equal ones, shorter ones at the end of a run and alone, a longer one behind shorter ones. */
  @ParameterizedTest
  @MethodSource("ways")
  void bringsDatagramsWholeAndInOrderWhateverTheirSizes(Way way) throws IOException {
    poller = sockets.begin(way);
    UdpSocket receiver = sockets.open(IPV4, null);
    UdpSocket sender = sockets.open(IPV4, null);
    DatagramBatch batch = new DatagramBatch(64, 2048);
    List<byte[]> sent = new ArrayList<>();
    int[] sizes = {1200, 1200, 1200, 300, 1200, 1350, 1350, 1, 1, 1, 2, 1452, 1452, 1451, 1452};
    for (int i = 0; i < 60; i++) {
      byte[] datagram = bytes(i < sizes.length ? sizes[i] : 1200, i);
      sent.add(datagram);
      add(batch, datagram, receiver.localAddress(), 0);
    }
    sockets.send(sender, batch);
    DatagramBatch last = poller.newReceiveBatch(2048);
    List<byte[]> received = sockets.receive(receiver, sent.size(), last);
    assertEquals(sent.size(), received.size());
    for (int i = 0; i < sent.size(); i++) {
      assertArrayEquals(sent.get(i), received.get(i), "datagram " + i);
    }
    assertEquals(sender.localAddress(), last.remote(0));
    assertNull(last.local(0), "bound to one address, there is nothing to tell");
  }

  /** More bytes and more datagrams than one system call takes. */
  @ParameterizedTest
  @MethodSource("ways")
  void sendsBatchesLargerThanOneCallTakes(Way way) throws IOException {
    poller = sockets.begin(way);
    UdpSocket receiver = sockets.open(IPV4, null);
    UdpSocket sender = sockets.open(null, receiver.localAddress());
    DatagramBatch batch = new DatagramBatch(200, 1452);
    for (int i = 0; i < 200; i++) {
      add(batch, bytes(1452, i), receiver.localAddress(), 0);
    }
    sockets.send(sender, batch);
    List<byte[]> received = sockets.receive(receiver, 200, poller.newReceiveBatch(2048));
    for (int i = 0; i < 200; i++) {
      assertArrayEquals(bytes(1452, i), received.get(i), "datagram " + i);
    }
  }

  /** One behind the other, long and short, without waiting for what was said of them. */
  @ParameterizedTest
  @MethodSource("ways")
  void batchesKeepTheirOrder(Way way) throws IOException {
    poller = sockets.begin(way);
    UdpSocket receiver = sockets.open(IPV4, null);
    UdpSocket sender = sockets.open(IPV4, null);
    DatagramBatch last = poller.newReceiveBatch(2048);
    for (int round = 0, made = 0; round < 50; round++) {
      int first = made;
      for (int count : new int[] {40, 2, 70, 1}) {
        DatagramBatch batch = new DatagramBatch(88, 64);
        for (int i = 0; i < count; i++) {
          add(batch, bytes(20 + made % 3, made++), receiver.localAddress(), 0);
        }
        sockets.send(sender, batch);
      }
      List<byte[]> received = sockets.receive(receiver, made - first, last);
      for (int i = first; i < made; i++) {
        assertArrayEquals(bytes(20 + i % 3, i), received.get(i - first), "datagram " + i);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aBatchGoesToManyPeers(Way way) throws IOException {
    poller = sockets.begin(way);
    List<UdpSocket> receivers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      receivers.add(sockets.open(IPV4, null));
    }
    UdpSocket sender = sockets.open(IPV4, null);
    DatagramBatch batch = new DatagramBatch(64, 2048);
    for (int i = 0; i < 40; i++) {
      add(batch, bytes(500, i), receivers.get(i / 3 % 5).localAddress(), 0);
    }
    sockets.send(sender, batch);
    for (int r = 0; r < receivers.size(); r++) {
      int which = r;
      List<byte[]> expected = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        if (i / 3 % 5 == which) {
          expected.add(bytes(500, i));
        }
      }
      DatagramBatch last = poller.newReceiveBatch(2048);
      List<byte[]> received = sockets.receive(receivers.get(r), expected.size(), last);
      for (int i = 0; i < expected.size(); i++) {
        assertArrayEquals(expected.get(i), received.get(i));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void speaksBothFamilies(Way way) throws IOException {
    poller = sockets.begin(way);
    UdpSocket wildcard = sockets.open(new InetSocketAddress(0), null);
    int port = wildcard.localAddress().getPort();
    assertTrue(wildcard.localAddress().getAddress().isAnyLocalAddress());
    for (InetSocketAddress family : List.of(IPV4, IPV6)) {
      InetSocketAddress there = address(family.getAddress().getHostAddress(), port);
      UdpSocket one = sockets.open(null, there);
      DatagramBatch batch = new DatagramBatch(4, 2048);
      add(batch, bytes(700, 1), there, 0);
      add(batch, bytes(700, 2), there, 0);
      sockets.send(one, batch);
      DatagramBatch last = poller.newReceiveBatch(2048);
      sockets.receive(wildcard, 2, last);
      InetSocketAddress peer = last.remote(0);
      assertEquals(family.getAddress(), peer.getAddress());
      assertEquals(one.localAddress().getPort(), peer.getPort());
      InetSocketAddress local = last.local(0);
      if (wildcard.description().contains("packet info")) {
        assertEquals(there, local, "at which of the host's addresses");
      } else {
        assertNull(local);
      }
      // And back, from the very address.
      batch.clear();
      System.arraycopy(bytes(900, 3), 0, batch.buffer(), batch.nextOffset(), 900);
      batch.add(900, local, peer, 0);
      sockets.send(wildcard, batch);
      assertArrayEquals(bytes(900, 3), sockets.receive(one, 1, last).getFirst());
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void marksTravelWhereTheSystemTellsThem(Way way) throws IOException {
    poller = sockets.begin(way);
    UdpSocket wildcard = sockets.open(new InetSocketAddress(0), null);
    int port = wildcard.localAddress().getPort();
    UdpSocket sender = sockets.open(new InetSocketAddress(0), null);
    boolean tells = sender.description().contains("ECN");
    for (InetSocketAddress family : List.of(IPV4, IPV6)) {
      InetSocketAddress there = address(family.getAddress().getHostAddress(), port);
      DatagramBatch batch = new DatagramBatch(16, 2048);
      int[] marks = {0, 2, 2, 2, 1, 3, 0, 0};
      for (int i = 0; i < marks.length; i++) {
        add(batch, bytes(100, i), there, marks[i]);
      }
      sockets.send(sender, batch);
      int seen = 0;
      DatagramBatch last = poller.newReceiveBatch(2048);
      while (seen < marks.length) {
        poller.await(LONG);
        last.clear();
        wildcard.receive(last);
        for (int i = 0; i < last.count(); i++) {
          assertArrayEquals(bytes(100, seen), datagram(last, i));
          assertEquals(tells ? marks[seen] : 0, last.ecn(i), "mark of datagram " + seen);
          seen++;
        }
      }
    }
  }

  /** What was sent before the end arrives, and the port is free. */
  @ParameterizedTest
  @MethodSource("ways")
  void closesBehindWhatWasSent(Way way) throws IOException {
    poller = sockets.begin(way);
    UdpSocket receiver = sockets.open(IPV4, null);
    UdpSocket sender = poller.open(Binding.alone(IPV4, null));
    DatagramBatch batch = new DatagramBatch(88, 64);
    for (int i = 0; i < 88; i++) {
      add(batch, bytes(50, i), receiver.localAddress(), 0);
    }
    sockets.send(sender, batch);
    sender.close();
    List<byte[]> received = sockets.receive(receiver, 88, poller.newReceiveBatch(2048));
    assertArrayEquals(bytes(50, 87), received.get(87));
    UdpSocket again = null;
    while (again == null) {
      poller.await(1_000_000); // only now a selector lets go of it
      try {
        again = sockets.open(sender.localAddress(), null);
      } catch (BindException e) {
        // Not yet.
      }
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void emptyDatagramsAreNothing(Way way) throws IOException {
    poller = sockets.begin(way);
    UdpSocket receiver = sockets.open(IPV4, null);
    UdpSocket sender = sockets.open(null, receiver.localAddress());
    DatagramBatch batch = new DatagramBatch(4, 2048);
    add(batch, new byte[0], receiver.localAddress(), 0);
    add(batch, bytes(10, 1), receiver.localAddress(), 0);
    sockets.send(sender, batch);
    assertArrayEquals(
        bytes(10, 1), sockets.receive(receiver, 1, poller.newReceiveBatch(2048)).getFirst());
  }

  @ParameterizedTest
  @MethodSource("ways")
  void sharesAPortWhenAsked(Way way) throws IOException {
    poller = sockets.begin(way);
    UdpSocket first = sockets.open(new Binding(IPV4, null, Binding.Sharing.FIRST));
    UdpSocket second =
        sockets.open(new Binding(first.localAddress(), null, Binding.Sharing.JOINING));
    assertEquals(first.localAddress(), second.localAddress());
    assertThrows(
        BindException.class,
        () -> poller.open(new Binding(first.localAddress(), null, Binding.Sharing.FIRST)),
        "only who means to join does");
    UdpSocket alone = sockets.open(IPV4, null);
    assertThrows(BindException.class, () -> sockets.open(alone.localAddress(), null));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void saysWhatItIsAskedForInVain(Way way) throws IOException {
    poller = sockets.begin(way);
    assertThrows(BindException.class, () -> sockets.open(address("192.0.2.77", 0), null));
    InetSocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 1);
    assertThrows(UnknownHostException.class, () -> sockets.open(unresolved, null));
    assertThrows(UnknownHostException.class, () -> sockets.open(null, unresolved));
    assertNotNull(sockets.open(IPV6, null).localAddress());
  }

  @ParameterizedTest
  @MethodSource("ways")
  void isWokenFromAnotherThread(Way way) throws Exception {
    poller = sockets.begin(way);
    Thread waker = Thread.ofVirtual().start(poller::wakeUp);
    poller.await(LONG);
    waker.join();
    poller.await(1_000); // and waits again: the wake-up is used up
    poller.wakeUp();
    poller.wakeUp();
    poller.await(LONG); // one that comes before the wait ends it as well
    UdpSocket idle = sockets.open(IPV4, null);
    poller.await(0);
    assertFalse(idle.isReadable());
  }

  @ParameterizedTest
  @MethodSource("ways")
  void nothingHappensAfterTheEnd(Way way) throws IOException {
    poller = sockets.begin(way);
    UdpSocket socket = sockets.open(IPV4, null);
    socket.close();
    socket.close();
    assertFalse(socket.isReadable());
    poller.close();
    poller.wakeUp();
    assertThrows(IOException.class, () -> sockets.open(IPV4, null));
  }

  @ParameterizedTest
  @MethodSource("ways")
  @Requirement({"RFC9000-14#2", "RFC9000-14#3", "RFC8899-3#3"})
  void sendsNoFragments(Way way) throws IOException {
    poller = sockets.begin(way);
    UdpSocket socket = sockets.open(IPV4, null);
    assertTrue(socket.forbidsFragments());
    if (socket instanceof DatagramChannelSocket portable) {
      boolean known = false;
      for (SocketOption<?> option : portable.channel.supportedOptions()) {
        if (option.name().equals("IP_DONTFRAGMENT")) {
          assertEquals(true, portable.channel.getOption(option));
          known = true;
        }
      }
      assertTrue(known);
    } else {
      assertTrue(socket.description().contains("don't fragment"), socket::description);
    }
  }

  /** By what the first of them leads to, while the poller has yet to tell of the other. */
  @ParameterizedTest
  @MethodSource("ways")
  void aSocketMayBeClosedWhileThePollerTellsOfIt(Way way) throws IOException {
    poller = sockets.begin(way);
    UdpSocket one = sockets.open(IPV4, null);
    UdpSocket other = sockets.open(IPV4, null);
    UdpSocket sender = sockets.open(IPV4, null);
    one.onReady(other::close);
    other.onReady(one::close);
    DatagramBatch batch = new DatagramBatch(4, 2048);
    add(batch, bytes(10, 1), one.localAddress(), 0);
    add(batch, bytes(10, 2), other.localAddress(), 0);
    sockets.send(sender, batch);
    poller.await(LONG);
    assertTrue(one.isReadable() != other.isReadable());
    poller.await(0);
    assertTrue(one.isReadable() != other.isReadable());
  }

  @ParameterizedTest
  @MethodSource("ways")
  void isNotBoundToOneFamilyForAPeerOfTheOther(Way way) throws IOException {
    poller = sockets.begin(way);
    UdpSocket ipv4 = sockets.open(IPV4, null);
    UdpSocket ipv6 = sockets.open(IPV6, null);
    assertThrows(IOException.class, () -> sockets.open(IPV6, ipv4.localAddress()));
    assertThrows(IOException.class, () -> sockets.open(IPV4, ipv6.localAddress()));
    assertNotNull(sockets.open(address("::", 0), ipv4.localAddress()), "a wildcard is of both");
    assertNotNull(sockets.open(address("0.0.0.0", 0), ipv6.localAddress()));
  }
}
