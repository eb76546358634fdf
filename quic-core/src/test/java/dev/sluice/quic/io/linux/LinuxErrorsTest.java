package dev.sluice.quic.io.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.io.udp.Binding;
import dev.sluice.quic.io.udp.UdpSocket;
import dev.sluice.testkit.Requirement;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the kernel may answer, and seldom does: played by a kernel that answers as told. */
@Timeout(120)
class LinuxErrorsTest {
  /** Nanoseconds in which whatever is waited for has long happened. */
  private static final long LONG = 20_000_000_000L;

  private static final InetSocketAddress LOOPBACK =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final int SIZE = 1000;

  /** More than every path takes. */
  private static final int LARGE = 1400;

  private final ScriptedKernel kernel = new ScriptedKernel();
  private EpollPoller poller;
  private UdpSocket receiver;
  private UdpSocket sender;
  private UdpSocket connected;
  private final List<Integer> tooLarge = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    assumeTrue(LinuxIo.obstacle() == null, LinuxIo.obstacle());
    poller = new EpollPoller(kernel::library);
    receiver = poller.open(Binding.alone(LOOPBACK, null));
    sender = poller.open(Binding.alone(LOOPBACK, null));
    connected = poller.open(Binding.alone(null, receiver.localAddress()));
    sender.onTooLarge((batch, index) -> tooLarge.add(batch.length(index)));
    connected.onTooLarge((batch, index) -> tooLarge.add(batch.length(index)));
  }

  @AfterEach
  void close() {
    if (poller != null) {
      receiver.close();
      sender.close();
      connected.close();
      poller.close();
    }
  }

  private DatagramBatch batch(int count) {
    return batch(count, SIZE);
  }

  /** Datagrams that begin with their number; the last is shorter. */
  private DatagramBatch batch(int count, int size) {
    DatagramBatch batch = new DatagramBatch(64, 2048);
    for (int i = 0; i < count; i++) {
      Arrays.fill(batch.buffer(), batch.nextOffset(), batch.nextOffset() + size, (byte) i);
      batch.add(i == count - 1 ? size / 2 : size, null, receiver.localAddress(), 0);
    }
    return batch;
  }

  /**
   * The first byte of each datagram that has arrived. On a busy machine the kernel brings them
   * later than it says that they are sent.
   *
   * @param count how many have to come
   */
  private int[] arrived(int count) throws IOException {
    List<Integer> seen = new ArrayList<>();
    poller.await(0);
    read(seen);
    for (int inVain = 0; seen.size() < count && inVain < 3; inVain++) {
      poller.await(LONG);
      inVain = read(seen) ? -1 : inVain;
    }
    poller.await(0);
    read(seen);
    return seen.stream().mapToInt(Integer::intValue).toArray();
  }

  private boolean read(List<Integer> seen) throws IOException {
    int before = seen.size();
    while (receiver.isReadable()) {
      DatagramBatch in = poller.newReceiveBatch(2048);
      receiver.receive(in);
      for (int i = 0; i < in.count(); i++) {
        seen.add((int) in.buffer()[in.offset(i)]);
      }
    }
    return seen.size() > before;
  }

  private static int[] upTo(int count) {
    int[] numbers = new int[count];
    Arrays.setAll(numbers, i -> i);
    return numbers;
  }

  /** What all this is for: on both sides a run is one message. */
  @Test
  void aRunIsOneMessage() throws IOException {
    assumeTrue(sender.description().contains("UDP_SEGMENT"));
    assertEquals(40, sender.send(batch(40), 0));
    assertArrayEquals(upTo(40), arrived(40));
    assertEquals(1, kernel.messagesSent);
    if (receiver.description().contains("UDP_GRO")) {
      assertEquals(1, kernel.messagesReceived);
    }
  }

  @Test
  void aFullBufferKeepsTheRestAndWaitsForRoom() throws IOException {
    DatagramBatch batch = new DatagramBatch(64, 2048);
    for (int i = 0; i < 9; i++) { // no two of a size: nine messages
      batch.buffer()[batch.nextOffset()] = (byte) i;
      batch.add(100 + i, null, receiver.localAddress(), 0);
    }
    kernel.sends.addAll(List.of(4, -Errno.EAGAIN));
    int next = sender.send(batch, 0);
    assertEquals(4, next);
    assertFalse(sender.isWritable());
    poller.await(LONG); // there is room in truth, so the kernel says so at once
    assertTrue(sender.isWritable());
    assertEquals(9, sender.send(batch, next));
    assertArrayEquals(upTo(9), arrived(9));
    int calls = kernel.sendCalls;
    poller.await(0);
    assertTrue(sender.isWritable());
    assertEquals(calls, kernel.sendCalls);
  }

  @Test
  void aFullBufferAtTheVeryFirst() throws IOException {
    kernel.sends.add(-Errno.EAGAIN);
    DatagramBatch batch = batch(3);
    assertEquals(0, sender.send(batch, 0));
    poller.await(LONG);
    assertEquals(3, sender.send(batch, 0));
    assertArrayEquals(upTo(3), arrived(3));
  }

  @Test
  void interruptedCallsAreMadeAgain() throws IOException {
    kernel.sends.addAll(List.of(-Errno.EINTR, -Errno.EINTR));
    assertEquals(5, sender.send(batch(5), 0));
    kernel.receives.add(-Errno.EINTR);
    assertArrayEquals(upTo(5), arrived(5));
  }

  /** EIO: the device cannot; EINVAL, EOPNOTSUPP: the kernel cannot. */
  @ParameterizedTest
  @ValueSource(ints = {Errno.EIO, Errno.EINVAL, Errno.EOPNOTSUPP})
  void withoutSegmentsItSendsThemOneByOneFromThenOn(int errno) throws IOException {
    assumeTrue(sender.description().contains("UDP_SEGMENT"));
    kernel.sends.add(-errno);
    assertEquals(20, sender.send(batch(20), 0));
    assertArrayEquals(upTo(20), arrived(20));
    assertFalse(sender.description().contains("UDP_SEGMENT"));
    assertTrue(connected.description().contains("UDP_SEGMENT"), "another way out may well cut");
    assertEquals(2, kernel.sendCalls);
    sender.send(batch(20), 0);
    assertEquals(3, kernel.sendCalls);
    assertArrayEquals(upTo(20), arrived(20));
  }

  @ParameterizedTest
  @ValueSource(ints = {Errno.EINVAL, Errno.EMSGSIZE})
  void aRunThatIsTooLargeForTheDeviceIsNotTheKernelsFault(int errno) throws IOException {
    assumeTrue(sender.description().contains("UDP_SEGMENT"));
    kernel.sends.add(-errno);
    // Each is tried again, since it may have been said of an earlier one.
    kernel.sends.addAll(Collections.nCopies(errno == Errno.EMSGSIZE ? 5 : 4, -Errno.EMSGSIZE));
    assertEquals(4, sender.send(batch(4, LARGE), 0));
    assertEquals(List.of(LARGE, LARGE), tooLarge);
    assertArrayEquals(new int[] {2, 3}, arrived(2));
    assertTrue(sender.description().contains("UDP_SEGMENT"));
    assertNull(sender.takeRefusal());
  }

  @ParameterizedTest
  @ValueSource(ints = {Errno.EPERM, Errno.ENETUNREACH, Errno.EHOSTUNREACH, Errno.EINVAL})
  void whatAFilterOrTheRoutesForbidIsLostAndOnlyThat(int errno) throws IOException {
    DatagramBatch batch = new DatagramBatch(64, 2048);
    for (int i = 0; i < 5; i++) {
      batch.buffer()[batch.nextOffset()] = (byte) i;
      batch.add(100 + i, null, receiver.localAddress(), 0);
    }
    kernel.sends.addAll(List.of(2, -errno));
    assertEquals(5, sender.send(batch, 0));
    assertArrayEquals(new int[] {0, 1, 3, 4}, arrived(4));
    assertNull(sender.takeRefusal(), "it says nothing about the other peers");
    kernel.sends.add(-errno);
    assertEquals(5, connected.send(batch, 0));
    assertTrue(connected.takeRefusal().startsWith("sending to "));
    assertTrue(sender.isWritable());
  }

  /** A queue on the way is full: as if the network had lost it, and no reason to give up. */
  @ParameterizedTest
  @ValueSource(ints = {Errno.ENOBUFS, Errno.ENOMEM})
  void aQueueThatIsFullLosesLikeTheNetwork(int errno) throws IOException {
    kernel.sends.add(-errno); // the run
    kernel.sends.add(-errno); // its first datagram
    assertEquals(4, connected.send(batch(4), 0));
    assertArrayEquals(new int[] {1, 2, 3}, arrived(3));
    assertNull(connected.takeRefusal());
  }

  @Test
  void errorsOfEarlierDatagramsDoNotCostThisOne() throws IOException {
    kernel.sends.addAll(List.of(-Errno.ECONNREFUSED, -Errno.ECONNREFUSED));
    assertEquals(6, connected.send(batch(6), 0));
    assertArrayEquals(upTo(6), arrived(6));
    assertTrue(connected.takeRefusal().startsWith("nobody listens at"));
    assertNull(connected.takeRefusal());
    kernel.sends.add(-Errno.ECONNREFUSED);
    assertEquals(6, sender.send(batch(6), 0));
    assertArrayEquals(upTo(6), arrived(6));
    assertNull(sender.takeRefusal());
  }

  /** What the network says of a large datagram is told in the place of the next, of any size. */
  @ParameterizedTest
  @ValueSource(ints = {SIZE, LARGE})
  @Requirement("RFC9000-14.2.1#1")
  void thatAnEarlierDatagramWasTooLargeDoesNotCostThisOne(int size) throws IOException {
    kernel.sends.add(-Errno.EMSGSIZE);
    assertEquals(1, connected.send(batch(1, 2 * size), 0));
    assertArrayEquals(upTo(1), arrived(1));
    kernel.sends.addAll(List.of(-Errno.EMSGSIZE, -Errno.EMSGSIZE)); // the run, then its first
    assertEquals(6, connected.send(batch(6, size), 0));
    assertArrayEquals(upTo(6), arrived(6));
    assertEquals(List.of(), tooLarge);
    kernel.sends.addAll(Collections.nCopies(6, -Errno.EMSGSIZE));
    assertEquals(1, connected.send(batch(1, 2 * SIZE), 0));
    assertArrayEquals(upTo(1), arrived(1), "a flood of forged messages");
    assertEquals(List.of(), tooLarge);
  }

  @Test
  void anEndlessErrorDoesNotHoldTheLoop() throws IOException {
    for (int i = 0; i < 1000; i++) {
      kernel.sends.add(-Errno.ECONNREFUSED);
      kernel.receives.add(-Errno.ECONNREFUSED);
    }
    assertEquals(3, connected.send(batch(3), 0));
    assertTrue(kernel.sendCalls < 100, kernel.sendCalls + " calls");
    connected.receive(poller.newReceiveBatch(2048));
    assertTrue(kernel.receiveCalls < 100, kernel.receiveCalls + " calls");
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        Errno.ECONNREFUSED,
        Errno.EHOSTUNREACH,
        Errno.ENETUNREACH,
        64, // ENONET: an ICMP message that the host is isolated
        Errno.EPROTO,
        Errno.ENOMEM
      })
  void errorsInThePlaceOfDatagramsHideNone(int errno) throws IOException {
    assertEquals(4, sender.send(batch(4), 0));
    kernel.receives.addAll(List.of(-errno, -errno));
    assertArrayEquals(upTo(4), arrived(4));
    assertNull(receiver.takeRefusal());
  }

  @Test
  void aSocketThatDoesNotWorkSaysSo() {
    kernel.receives.add(-9); // EBADF
    assertThrows(IOException.class, () -> receiver.receive(poller.newReceiveBatch(2048)));
  }

  @Test
  void marksThatTheKernelRefusesAreLeftOut() throws IOException {
    assumeTrue(sender.description().contains("ECN"));
    DatagramBatch batch = new DatagramBatch(4, 2048);
    batch.buffer()[0] = 7;
    batch.add(10, null, receiver.localAddress(), 2);
    kernel.sends.add(-Errno.EINVAL);
    assertEquals(1, sender.send(batch, 0));
    assertArrayEquals(new int[] {7}, arrived(1));
    assertFalse(sender.description().contains("ECN"));
  }
}
