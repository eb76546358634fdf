package dev.sluice.quic.io.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.io.linux.ScriptedKernel.Option;
import dev.sluice.quic.io.udp.Binding;
import dev.sluice.quic.io.udp.Poller;
import dev.sluice.quic.io.udp.UdpSocket;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Kernels that lack something: what they have is made use of, and what is missing is missed. */
@Timeout(120)
class FallbackTest {
  /** Nanoseconds in which whatever is waited for has long happened. */
  private static final long LONG = 20_000_000_000L;

  private static final InetAddress LOOPBACK = loopback();
  private static final int COUNT = 20;

  private static final Option SEGMENT =
      new Option(ControlMessages.SOL_UDP, ControlMessages.UDP_SEGMENT);
  private static final Option GRO = new Option(ControlMessages.SOL_UDP, ControlMessages.UDP_GRO);
  private static final Option V6ONLY = ipv6(SocketOpener.IPV6_V6ONLY);
  private static final Option TCLASS = ipv6(SocketOpener.IPV6_RECVTCLASS);
  private static final Option TOS = ipv4(SocketOpener.IP_RECVTOS);
  private static final Option PKTINFO6 = ipv6(SocketOpener.IPV6_RECVPKTINFO);
  private static final Option PKTINFO = ipv4(ControlMessages.IP_PKTINFO);
  private static final Option DISCOVER6 = ipv6(SocketOpener.IPV6_MTU_DISCOVER);
  private static final Option DISCOVER = ipv4(SocketOpener.IP_MTU_DISCOVER);
  private static final Option SNDBUF = new Option(SocketOpener.SOL_SOCKET, SocketOpener.SO_SNDBUF);
  private static final Option RCVBUF = new Option(SocketOpener.SOL_SOCKET, SocketOpener.SO_RCVBUF);

  private final ScriptedKernel kernel = new ScriptedKernel();

  private static Option ipv4(int number) {
    return new Option(ControlMessages.SOL_IP, number);
  }

  private static Option ipv6(int number) {
    return new Option(ControlMessages.SOL_IPV6, number);
  }

  private static InetAddress loopback() {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * @param missing what is gone from the description of a socket for both families
   * @param missingOfIpv4 and of one for IPv4 alone
   */
  record Lack(String name, Set<Option> options, List<String> missing, List<String> missingOfIpv4) {
    Lack(String name, Set<Option> options, String... missing) {
      this(name, options, List.of(missing), List.of(missing));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static final String CUTTING = " with UDP_SEGMENT";
  private static final String COALESCING = " with UDP_GRO";
  private static final String ECN = ", ECN";
  private static final String INFO = ", packet info";
  private static final String WHOLE = ", don't fragment";

  static Stream<Lack> lacks() {
    return Stream.of(
        new Lack("nothing", Set.of()),
        new Lack("UDP_SEGMENT", Set.of(SEGMENT), CUTTING),
        new Lack("UDP_GRO", Set.of(GRO), COALESCING),
        new Lack("marks", Set.of(TCLASS, TOS), ECN),
        new Lack("marks of IPv6", Set.of(TCLASS), List.of(ECN), List.of()),
        new Lack("marks of IPv4", Set.of(TOS), ECN),
        new Lack("packet info", Set.of(PKTINFO6, PKTINFO), INFO),
        new Lack("don't fragment", Set.of(DISCOVER6, DISCOVER), WHOLE),
        new Lack("don't fragment of IPv6", Set.of(DISCOVER6), List.of(WHOLE), List.of()),
        new Lack("don't fragment of IPv4", Set.of(DISCOVER), WHOLE),
        new Lack("sizes of buffers", Set.of(SNDBUF, RCVBUF)),
        new Lack("both families on one socket", Set.of(V6ONLY)),
        new Lack(
            "everything",
            Set.of(
                SEGMENT, GRO, TCLASS, TOS, PKTINFO6, PKTINFO, DISCOVER6, DISCOVER, SNDBUF, RCVBUF,
                V6ONLY),
            CUTTING,
            COALESCING,
            ECN,
            INFO,
            WHOLE));
  }

  @BeforeEach
  void onlyWhereThereIsLinux() {
    assumeTrue(LinuxIo.obstacle() == null, LinuxIo.obstacle());
  }

  /** On a socket for both families, if there can be one. */
  @ParameterizedTest
  @MethodSource("lacks")
  void whatIsRefusedIsDoneWithout(Lack lack) throws IOException {
    kernel.unknownOptions.addAll(lack.options());
    boolean ipv4 = lack.options().contains(V6ONLY);
    carries(null, without(ipv4 ? lack.missingOfIpv4() : lack.missing()), ipv4);
  }

  @ParameterizedTest
  @MethodSource("lacks")
  void whatIsRefusedOfIpv4IsDoneWithout(Lack lack) throws IOException {
    kernel.unknownOptions.addAll(lack.options());
    carries(new InetSocketAddress(LOOPBACK, 0), without(lack.missingOfIpv4()), true);
  }

  @Test
  void aLibraryThatSendsOneByOneWillDo() throws IOException {
    kernel.oneByOne = true;
    carries(null, without(List.of()), false);
  }

  @Test
  void withoutIpv6ThereIsIpv4() throws IOException {
    kernel.unknownFamilies.add(SocketAddresses.AF_INET6);
    carries(null, without(List.of()), true);
    EpollPoller poller = new EpollPoller(kernel::library);
    InetSocketAddress ipv6 = new InetSocketAddress("::1", 4433);
    assertThrows(IOException.class, () -> poller.open(Binding.alone(null, ipv6)));
    poller.close();
    assertEquals(0, kernel.open);
  }

  /** What the real kernel's sockets are described by, less these. */
  private static String without(List<String> missing) throws IOException {
    Poller real = LinuxIo.open();
    String described = real.description();
    real.close();
    for (String one : missing) {
      described = described.replace(one, "");
    }
    return described;
  }

  /** Marked datagrams, through sockets that are as described. */
  private void carries(InetSocketAddress bind, String description, boolean ipv4)
      throws IOException {
    EpollPoller poller = new EpollPoller(kernel::library);
    if (bind == null) {
      assertEquals(description, poller.description());
    }
    UdpSocket receiver = poller.open(Binding.alone(bind, null));
    UdpSocket sender = poller.open(Binding.alone(bind, null));
    assertEquals(ipv4, receiver.localAddress().getAddress() instanceof Inet4Address);
    assertEquals(description, receiver.description());
    assertEquals(description, sender.description());
    assertEquals(description.contains(WHOLE), sender.forbidsFragments());
    InetSocketAddress there = new InetSocketAddress(LOOPBACK, receiver.localAddress().getPort());
    DatagramBatch sent = new DatagramBatch(COUNT, 2048);
    for (int i = 0; i < COUNT; i++) {
      Arrays.fill(sent.buffer(), sent.nextOffset(), sent.nextOffset() + 1000, (byte) i);
      sent.add(1000, null, there, 2);
    }
    assertEquals(COUNT, sender.send(sent, 0));
    assertEquals(description.contains(CUTTING) ? 1 : COUNT, kernel.messagesSent);
    DatagramBatch in = poller.newReceiveBatch(2048);
    for (int seen = 0; seen < COUNT; ) {
      poller.await(LONG);
      in.clear();
      receiver.receive(in);
      for (int i = 0; i < in.count(); i++, seen++) {
        byte[] expected = new byte[1000];
        Arrays.fill(expected, (byte) seen);
        int offset = in.offset(i);
        assertArrayEquals(expected, Arrays.copyOfRange(in.buffer(), offset, offset + in.length(i)));
        assertEquals(description.contains(ECN) ? 2 : 0, in.ecn(i));
        assertEquals(bind == null && description.contains(INFO) ? there : null, in.local(i));
      }
    }
    if (!description.contains(COALESCING)) {
      assertEquals(COUNT, kernel.messagesReceived);
    }
    assertNull(sender.takeRefusal());
    receiver.close();
    sender.close();
    poller.close();
    assertEquals(0, kernel.open);
  }

  /**
   * A sandbox in which a call is missing: the way is given up before the first datagram, while
   * there is another, and nothing of it stays open.
   */
  @ParameterizedTest
  @CsvSource({
    "sendmmsg, 38",
    "sendmmsg, 1",
    "recvmmsg, 38",
    "recvmmsg, 1",
    "epoll_create1, 38",
    "eventfd, 38",
    "epoll_ctl, 1"
  })
  void withoutTheCallsThemselvesThereIsNoPoller(String call, int errno) {
    kernel.refusedCalls.put(call, errno);
    IOException e = assertThrows(IOException.class, () -> new EpollPoller(kernel::library));
    String why = errno == 1 ? "not permitted" : "this system does not have it";
    assertTrue(e.getMessage().endsWith(why), e.getMessage());
    assertEquals(0, kernel.open);
  }
}
