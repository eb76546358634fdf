package dev.sluice.quic.io.udp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.io.linux.LinuxIo;
import dev.sluice.testkit.Requirement;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every way of moving datagrams has to do. */
@Timeout(60)
class UdpSocketTest {
  /** Nanoseconds in which whatever is waited for has long happened. */
  private static final long LONG = 20_000_000_000L;

  private static final InetSocketAddress IPV4 = address("127.0.0.1", 0);
  private static final InetSocketAddress IPV6 = address("::1", 0);

  private final List<UdpSocket> sockets = new ArrayList<>();
  private Poller poller;

  /** One way, with a name to tell it by. */
  record Way(String name, Opening opening) {
    interface Opening {
      Poller open() throws IOException;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Way> ways() {
    Way portable = new Way("portable", SelectorPoller::new);
    return LinuxIo.obstacle() == null
        ? Stream.of(portable, new Way("linux", LinuxIo::open))
        : Stream.of(portable);
  }

  @AfterEach
  void close() throws IOException {
    sockets.forEach(UdpSocket::close);
    if (poller != null) {
      poller.close();
    }
  }

  private static InetSocketAddress address(String host, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private UdpSocket open(InetSocketAddress local, InetSocketAddress remote) throws IOException {
    UdpSocket socket = poller.open(Binding.alone(local, remote));
    sockets.add(socket);
    return socket;
  }

  /** A socket at whose address nobody listens any more. */
  private UdpSocket closed() throws IOException {
    UdpSocket socket = poller.open(Binding.alone(IPV4, null));
    socket.close();
    poller.await(0); // only now a selector lets go of it
    return socket;
  }

  private static void add(DatagramBatch batch, byte[] datagram, InetSocketAddress to, int ecn) {
    System.arraycopy(datagram, 0, batch.buffer(), batch.nextOffset(), datagram.length);
    batch.add(datagram.length, null, to, ecn);
  }

  private static byte[] bytes(int length, int seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static byte[] datagram(DatagramBatch batch, int index) {
    int offset = batch.offset(index);
    return Arrays.copyOfRange(batch.buffer(), offset, offset + batch.length(index));
  }

  /** Receives until that many datagrams are there. */
  private List<byte[]> receive(UdpSocket socket, int count, DatagramBatch last) throws IOException {
    List<byte[]> received = new ArrayList<>();
    for (int inVain = 0; received.size() < count; inVain++) {
      assertTrue(inVain < 3, received.size() + " of " + count + " came");
      poller.await(LONG / 10);
      while (socket.isReadable()) {
        last.clear();
        socket.receive(last);
        inVain = last.count() > 0 ? 0 : inVain;
        for (int i = 0; i < last.count(); i++) {
          received.add(datagram(last, i));
        }
      }
    }
    return received;
  }

  private void send(UdpSocket socket, DatagramBatch batch) throws IOException {
    int next = socket.send(batch, 0);
    while (next < batch.count()) {
      poller.await(LONG);
      next = socket.send(batch, next);
    }
  }

  /** Equal ones, shorter ones at the end of a run and alone, a longer one behind shorter ones. */
  @ParameterizedTest
  @MethodSource("ways")
  void bringsDatagramsWholeAndInOrderWhateverTheirSizes(Way way) throws IOException {
    poller = way.opening().open();
    UdpSocket receiver = open(IPV4, null);
    UdpSocket sender = open(IPV4, null);
    DatagramBatch batch = new DatagramBatch(64, 2048);
    List<byte[]> sent = new ArrayList<>();
    int[] sizes = {1200, 1200, 1200, 300, 1200, 1350, 1350, 1, 1, 1, 2, 1452, 1452, 1451, 1452};
    for (int i = 0; i < 60; i++) {
      byte[] datagram = bytes(i < sizes.length ? sizes[i] : 1200, i);
      sent.add(datagram);
      add(batch, datagram, receiver.localAddress(), 0);
    }
    send(sender, batch);
    DatagramBatch last = poller.newReceiveBatch(2048);
    List<byte[]> received = receive(receiver, sent.size(), last);
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
    poller = way.opening().open();
    UdpSocket receiver = open(IPV4, null);
    UdpSocket sender = open(null, receiver.localAddress());
    DatagramBatch batch = new DatagramBatch(200, 1452);
    for (int i = 0; i < 200; i++) {
      add(batch, bytes(1452, i), receiver.localAddress(), 0);
    }
    send(sender, batch);
    List<byte[]> received = receive(receiver, 200, poller.newReceiveBatch(2048));
    for (int i = 0; i < 200; i++) {
      assertArrayEquals(bytes(1452, i), received.get(i), "datagram " + i);
    }
  }

  /** One behind the other, long and short, without waiting for what was said of them. */
  @ParameterizedTest
  @MethodSource("ways")
  void batchesKeepTheirOrder(Way way) throws IOException {
    poller = way.opening().open();
    UdpSocket receiver = open(IPV4, null);
    UdpSocket sender = open(IPV4, null);
    DatagramBatch last = poller.newReceiveBatch(2048);
    for (int round = 0, made = 0; round < 50; round++) {
      int first = made;
      for (int count : new int[] {40, 2, 70, 1}) {
        DatagramBatch batch = new DatagramBatch(88, 64);
        for (int i = 0; i < count; i++) {
          add(batch, bytes(20 + made % 3, made++), receiver.localAddress(), 0);
        }
        send(sender, batch);
      }
      List<byte[]> received = receive(receiver, made - first, last);
      for (int i = first; i < made; i++) {
        assertArrayEquals(bytes(20 + i % 3, i), received.get(i - first), "datagram " + i);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aBatchGoesToManyPeers(Way way) throws IOException {
    poller = way.opening().open();
    List<UdpSocket> receivers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      receivers.add(open(IPV4, null));
    }
    UdpSocket sender = open(IPV4, null);
    DatagramBatch batch = new DatagramBatch(64, 2048);
    for (int i = 0; i < 40; i++) {
      add(batch, bytes(500, i), receivers.get(i / 3 % 5).localAddress(), 0);
    }
    send(sender, batch);
    for (int r = 0; r < receivers.size(); r++) {
      int which = r;
      List<byte[]> expected = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        if (i / 3 % 5 == which) {
          expected.add(bytes(500, i));
        }
      }
      DatagramBatch last = poller.newReceiveBatch(2048);
      List<byte[]> received = receive(receivers.get(r), expected.size(), last);
      for (int i = 0; i < expected.size(); i++) {
        assertArrayEquals(expected.get(i), received.get(i));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void speaksBothFamilies(Way way) throws IOException {
    poller = way.opening().open();
    UdpSocket wildcard = open(new InetSocketAddress(0), null);
    int port = wildcard.localAddress().getPort();
    assertTrue(wildcard.localAddress().getAddress().isAnyLocalAddress());
    for (InetSocketAddress family : List.of(IPV4, IPV6)) {
      InetSocketAddress there = address(family.getAddress().getHostAddress(), port);
      UdpSocket one = open(null, there);
      DatagramBatch batch = new DatagramBatch(4, 2048);
      add(batch, bytes(700, 1), there, 0);
      add(batch, bytes(700, 2), there, 0);
      send(one, batch);
      DatagramBatch last = poller.newReceiveBatch(2048);
      receive(wildcard, 2, last);
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
      send(wildcard, batch);
      assertArrayEquals(bytes(900, 3), receive(one, 1, last).getFirst());
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void marksTravelWhereTheSystemTellsThem(Way way) throws IOException {
    poller = way.opening().open();
    UdpSocket wildcard = open(new InetSocketAddress(0), null);
    int port = wildcard.localAddress().getPort();
    UdpSocket sender = open(new InetSocketAddress(0), null);
    boolean tells = sender.description().contains("ECN");
    for (InetSocketAddress family : List.of(IPV4, IPV6)) {
      InetSocketAddress there = address(family.getAddress().getHostAddress(), port);
      DatagramBatch batch = new DatagramBatch(16, 2048);
      int[] marks = {0, 2, 2, 2, 1, 3, 0, 0};
      for (int i = 0; i < marks.length; i++) {
        add(batch, bytes(100, i), there, marks[i]);
      }
      send(sender, batch);
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

  /** An ICMP error for one peer is no error of a socket that talks to all. */
  @ParameterizedTest
  @MethodSource("ways")
  void closedPortsElsewhereDoNotDisturb(Way way) throws IOException {
    poller = way.opening().open();
    UdpSocket gone = closed();
    UdpSocket receiver = open(IPV4, null);
    UdpSocket sender = open(IPV4, null);
    DatagramBatch batch = new DatagramBatch(64, 2048);
    for (int i = 0; i < 20; i++) {
      add(batch, bytes(50, i), gone.localAddress(), 0);
      add(batch, bytes(50, i), receiver.localAddress(), 0);
    }
    send(sender, batch);
    assertEquals(20, receive(receiver, 20, poller.newReceiveBatch(2048)).size());
    poller.await(0);
    sender.receive(poller.newReceiveBatch(2048));
    assertNull(sender.takeRefusal());
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aConnectedSocketHearsOfAClosedPortOnce(Way way) throws IOException {
    poller = way.opening().open();
    UdpSocket gone = closed();
    UdpSocket sender = open(null, gone.localAddress());
    DatagramBatch batch = new DatagramBatch(64, 2048);
    add(batch, bytes(50, 1), gone.localAddress(), 0);
    send(sender, batch);
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
    poller = way.opening().open();
    UdpSocket receiver = open(IPV4, null);
    UdpSocket sender = open(null, receiver.localAddress());
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
    send(sender, batch);
    List<byte[]> received = receive(receiver, 2, poller.newReceiveBatch(2048));
    assertArrayEquals(bytes(1000, 1), received.get(0));
    assertArrayEquals(bytes(1000, 3), received.get(1));
    assertEquals(List.of(65_520), tooLarge);
    assertNull(sender.takeRefusal(), "the path is still there for smaller ones");
  }

  /** As many as leave behind the loop's back, where there is such a way. */
  @ParameterizedTest
  @MethodSource("ways")
  void tellsOfThemInWholeBatchesToo(Way way) throws IOException {
    poller = way.opening().open();
    UdpSocket receiver = open(IPV4, null);
    UdpSocket sender = open(null, receiver.localAddress());
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
    send(sender, batch);
    batch.clear();
    List<byte[]> received = receive(receiver, 87, poller.newReceiveBatch(2048));
    assertArrayEquals(bytes(100, 31), received.get(30));
    while (tooLarge.isEmpty()) {
      poller.await(LONG);
    }
    assertEquals(List.of(65_520), tooLarge);
    assertNull(sender.takeRefusal());
  }

  /** What was sent before the end arrives, and the port is free. */
  @ParameterizedTest
  @MethodSource("ways")
  void closesBehindWhatWasSent(Way way) throws IOException {
    poller = way.opening().open();
    UdpSocket receiver = open(IPV4, null);
    UdpSocket sender = poller.open(Binding.alone(IPV4, null));
    DatagramBatch batch = new DatagramBatch(88, 64);
    for (int i = 0; i < 88; i++) {
      add(batch, bytes(50, i), receiver.localAddress(), 0);
    }
    send(sender, batch);
    sender.close();
    List<byte[]> received = receive(receiver, 88, poller.newReceiveBatch(2048));
    assertArrayEquals(bytes(50, 87), received.get(87));
    UdpSocket again = null;
    while (again == null) {
      poller.await(1_000_000); // only now a selector lets go of it
      try {
        again = open(sender.localAddress(), null);
      } catch (BindException e) {
        // Not yet.
      }
    }
  }

  /**
   * 65,508 bytes are an IPv4 packet of exactly what the loopback interface carries, and one more
   * than its header can say: Linux answers with an ICMP message, which the next call hears of.
   */
  @ParameterizedTest
  @MethodSource("ways")
  @Requirement("RFC9000-14.2.1#1")
  void whatIsSaidOfALargeDatagramIsNotTakenForTheNext(Way way) throws IOException {
    poller = way.opening().open();
    UdpSocket receiver = open(IPV4, null);
    UdpSocket sender = open(null, receiver.localAddress());
    List<Integer> tooLarge = new ArrayList<>();
    sender.onTooLarge((in, index) -> tooLarge.add(in.length(index)));
    DatagramBatch last = poller.newReceiveBatch(2048);
    for (int i = 0; i < 10; i++) {
      DatagramBatch batch = new DatagramBatch(4, 65_530);
      add(batch, bytes(65_508, 1), receiver.localAddress(), 0);
      add(batch, bytes(35, i), receiver.localAddress(), 0);
      add(batch, bytes(1400, i), receiver.localAddress(), 0);
      send(sender, batch);
      List<byte[]> received = receive(receiver, 2, last);
      assertArrayEquals(bytes(35, i), received.get(0));
      assertArrayEquals(bytes(1400, i), received.get(1));
    }
    assertEquals(Collections.nCopies(10, 65_508), tooLarge);
    assertNull(sender.takeRefusal());
  }

  /** Nothing can be sent to port 0: as little as where a filter or the routes forbid it. */
  @ParameterizedTest
  @MethodSource("ways")
  void whatTheSystemDoesNotSendIsLostAndOnlyThat(Way way) throws IOException {
    poller = way.opening().open();
    UdpSocket receiver = open(IPV4, null);
    UdpSocket sender = open(IPV4, null);
    DatagramBatch batch = new DatagramBatch(8, 2048);
    for (int i = 0; i < 6; i++) {
      add(batch, bytes(100, i), i % 3 == 1 ? IPV4 : receiver.localAddress(), 0);
    }
    send(sender, batch);
    List<byte[]> received = receive(receiver, 4, poller.newReceiveBatch(2048));
    assertArrayEquals(bytes(100, 2), received.get(1));
    assertArrayEquals(bytes(100, 5), received.get(3));
    assertNull(sender.takeRefusal(), "it says nothing about the other peers");
  }

  @ParameterizedTest
  @MethodSource("ways")
  void emptyDatagramsAreNothing(Way way) throws IOException {
    poller = way.opening().open();
    UdpSocket receiver = open(IPV4, null);
    UdpSocket sender = open(null, receiver.localAddress());
    DatagramBatch batch = new DatagramBatch(4, 2048);
    add(batch, new byte[0], receiver.localAddress(), 0);
    add(batch, bytes(10, 1), receiver.localAddress(), 0);
    send(sender, batch);
    assertArrayEquals(bytes(10, 1), receive(receiver, 1, poller.newReceiveBatch(2048)).getFirst());
  }

  @ParameterizedTest
  @MethodSource("ways")
  void sharesAPortWhenAsked(Way way) throws IOException {
    poller = way.opening().open();
    UdpSocket first = poller.open(new Binding(IPV4, null, Binding.Sharing.FIRST));
    sockets.add(first);
    UdpSocket second =
        poller.open(new Binding(first.localAddress(), null, Binding.Sharing.JOINING));
    sockets.add(second);
    assertEquals(first.localAddress(), second.localAddress());
    assertThrows(
        BindException.class,
        () -> poller.open(new Binding(first.localAddress(), null, Binding.Sharing.FIRST)),
        "only who means to join does");
    UdpSocket alone = open(IPV4, null);
    assertThrows(BindException.class, () -> open(alone.localAddress(), null));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void saysWhatItIsAskedForInVain(Way way) throws IOException {
    poller = way.opening().open();
    assertThrows(BindException.class, () -> open(address("192.0.2.77", 0), null));
    InetSocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 1);
    assertThrows(UnknownHostException.class, () -> open(unresolved, null));
    assertThrows(UnknownHostException.class, () -> open(null, unresolved));
    assertNotNull(open(IPV6, null).localAddress());
  }

  @ParameterizedTest
  @MethodSource("ways")
  void isWokenFromAnotherThread(Way way) throws Exception {
    poller = way.opening().open();
    Thread waker = Thread.ofVirtual().start(poller::wakeUp);
    poller.await(LONG);
    waker.join();
    poller.await(1_000); // and waits again: the wake-up is used up
    poller.wakeUp();
    poller.wakeUp();
    poller.await(LONG); // one that comes before the wait ends it as well
    UdpSocket idle = open(IPV4, null);
    poller.await(0);
    assertFalse(idle.isReadable());
  }

  @ParameterizedTest
  @MethodSource("ways")
  void nothingHappensAfterTheEnd(Way way) throws IOException {
    poller = way.opening().open();
    UdpSocket socket = open(IPV4, null);
    socket.close();
    socket.close();
    assertFalse(socket.isReadable());
    poller.close();
    poller.wakeUp();
    assertThrows(IOException.class, () -> open(IPV4, null));
  }

  @ParameterizedTest
  @MethodSource("ways")
  @Requirement({"RFC9000-14#2", "RFC9000-14#3"})
  void sendsNoFragments(Way way) throws IOException {
    poller = way.opening().open();
    UdpSocket socket = open(IPV4, null);
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
}
