package dev.sluice.quic.io.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.io.udp.Binding;
import dev.sluice.quic.io.udp.UdpSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the poller waits, and what the kernel may answer instead of events. */
@Timeout(120)
class WaitingTest {
  /** Nanoseconds in which whatever is waited for has long happened. */
  private static final long LONG = 20_000_000_000L;

  private static final int EBADMSG = 74;

  private final ScriptedKernel kernel = new ScriptedKernel();
  private EpollPoller poller;
  private UdpSocket socket;

  @BeforeEach
  void open() throws IOException {
    assumeTrue(LinuxIo.obstacle() == null, LinuxIo.obstacle());
    poller = new EpollPoller(kernel::library);
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    socket = poller.open(Binding.alone(loopback, null));
  }

  @AfterEach
  void close() {
    if (poller != null) {
      socket.close();
      poller.close();
    }
  }

  private void sendToItself() {
    DatagramBatch batch = new DatagramBatch(1, 100);
    batch.add(100, null, socket.localAddress(), 0);
    assertEquals(1, socket.send(batch, 0));
  }

  /** A debugger, a profiler: the loop looks around, and nothing is lost that comes then. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1, LONG, Long.MAX_VALUE})
  void aSignalEndsAWaitAndNothingElse(long nanos) throws IOException {
    kernel.waits.add(-Errno.EINTR);
    poller.await(nanos);
    assertEquals(1, kernel.waited.size());
    assertFalse(socket.isReadable());
    sendToItself();
    poller.await(LONG);
    assertTrue(socket.isReadable());
  }

  @Test
  void whatElseGoesWrongIsToldToTheLoop() {
    kernel.waits.add(-EBADMSG);
    assertThrows(IOException.class, () -> poller.await(LONG));
    kernel.waits.add(-EBADMSG);
    assertThrows(IOException.class, () -> poller.await(0));
  }

  /** Older kernels do not have the call; filters that are older than the call forbid it. */
  @ParameterizedTest
  @ValueSource(ints = {Errno.ENOSYS, Errno.EPERM})
  void withoutNanosecondsItWaitsByTheMillisecond(int errno) throws IOException {
    assumeTrue(LibC.hasEpollPwait2());
    kernel.refusedCalls.put("epoll_pwait2", errno);
    sendToItself();
    poller.await(2_500_000_001L);
    assertTrue(socket.isReadable());
    assertEquals(List.of("2 s 500000001 ns", "2501 ms"), kernel.waited);
  }

  /** A deadline is not met too early, or the loop would spin; and the call is tried once. */
  @Test
  void theMillisecondsAreRoundedUp() throws IOException {
    kernel.refusedCalls.put("epoll_pwait2", Errno.ENOSYS);
    sendToItself(); // readable all the time, so that no wait takes any
    poller.await(1);
    kernel.waited.clear();
    for (long nanos : new long[] {1, 1_000_000, 1_000_001, 0, -5, Long.MAX_VALUE}) {
      poller.await(nanos);
    }
    poller.await(Long.MAX_VALUE - 1);
    assertEquals(
        List.of("1 ms", "1 ms", "2 ms", "0 ms", "0 ms", "-1 ms", Integer.MAX_VALUE + " ms"),
        kernel.waited);
  }

  @Test
  void withNanosecondsItWaitsByThem() throws IOException {
    assumeTrue(LibC.hasEpollPwait2());
    sendToItself();
    poller.await(1_000_000_007L);
    poller.await(0);
    poller.await(Long.MAX_VALUE);
    assertEquals(List.of("1 s 7 ns", "0 ms", "-1 ms"), kernel.waited);
  }
}
