package dev.sluice.quic.io.udp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.testkit.Requirement;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is in the place of datagrams, as the JDK tells it. */
class DatagramReceiverTest {
  private static final InetSocketAddress PEER =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 443);

  /** Lengths of datagrams, and what is thrown. */
  private final Deque<Object> coming = new ArrayDeque<>();

  private final List<IOException> messages = new ArrayList<>();
  private final DatagramBatch batch = new DatagramBatch(4, 1500);
  private final DatagramReceiver receiver =
      new DatagramReceiver(this::next, ByteBuffer.allocate(65_536), messages::add);

  private InetSocketAddress next(ByteBuffer into) throws IOException {
    return switch (coming.poll()) {
      case null -> null;
      case IOException told -> throw told;
      case Object length -> {
        into.position((int) length);
        yield PEER;
      }
    };
  }

  /** Anyone can send such a message, so that none may end a connection (RFC 9000 §14.2.1, §21). */
  @Test
  @Requirement("RFC9000-14.2.1#1")
  void whatTheNetworkSaysOfEarlierDatagramsHidesNoneThatCome() throws IOException {
    List<IOException> told =
        List.of(
            new PortUnreachableException(),
            new SocketException("Message too long"),
            new NoRouteToHostException("No route to host"),
            new SocketException("Machine is not on the network"));
    coming.add(100);
    coming.addAll(told);
    coming.add(200);
    assertFalse(receiver.receive(batch));
    assertEquals(2, batch.count());
    assertEquals(200, batch.length(1));
    assertEquals(told, messages);
  }

  @Test
  void aSocketThatDoesNotWorkSaysSo() {
    IOException broken = new SocketException("Bad file descriptor");
    coming.addAll(Collections.nCopies(10_000, broken));
    assertSame(broken, assertThrows(IOException.class, () -> receiver.receive(batch)));
    assertTrue(coming.size() > 8000, "it does not hold the loop");
  }

  @Test
  void whatIsTooLargeOrEmptyIsLeftOut() throws IOException {
    coming.addAll(List.of(0, 1501, 1500, 7, 7, 7, 7));
    assertTrue(receiver.receive(batch));
    assertArrayEquals(
        new int[] {1500, 7, 7, 7},
        new int[] {batch.length(0), batch.length(1), batch.length(2), batch.length(3)});
    batch.clear();
    assertFalse(receiver.receive(batch));
    assertEquals(1, batch.count());
  }
}
