package dev.sluice.quic.io.udp;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What this system says of datagrams, in whatever words. */
@Timeout(60)
class SizeRefusalsTest {

  /** One more than IPv4 or IPv6 takes in one piece, less than what the system is asked with. */
  @ParameterizedTest
  @CsvSource({"127.0.0.1, true", "127.0.0.1, false", "::1, true", "::1, false"})
  void aDatagramThatIsTooLargeIsOne(String host, boolean connected) throws IOException {
    assumeTrue(isOurs(host), "this machine has no " + host);
    SizeRefusals refusals = new SizeRefusals(connected);
    ByteBuffer datagram = ByteBuffer.allocate(65_530);
    try (DatagramChannel channel = DatagramChannel.open()) {
      channel.bind(new InetSocketAddress(InetAddress.getByName(host), 0));
      SocketAddress to = channel.getLocalAddress();
      if (connected) {
        channel.connect(to);
      }
      IOException e =
          assertThrows(
              IOException.class,
              () -> {
                if (connected) {
                  channel.write(datagram);
                } else {
                  channel.send(datagram, to);
                }
              });
      assertTrue(refusals.include(e), e.getMessage());
      assertTrue(refusals.include(e), e.getMessage());
    }
  }

  private static boolean isOurs(String host) throws IOException {
    return NetworkInterface.getByInetAddress(InetAddress.getByName(host)) != null;
  }

  /** ENOBUFS, EPERM, ENETUNREACH. */
  @ParameterizedTest
  @ValueSource(
      strings = {"No buffer space available", "Operation not permitted", "Network is unreachable"})
  void whatHasOtherReasonsIsNone(String words) {
    SizeRefusals refusals = new SizeRefusals(true);
    assertFalse(refusals.include(new IOException(words)));
    assertFalse(refusals.include(new IOException("Sending: " + words)));
    assertFalse(refusals.include(new ClosedChannelException()), "which has no words at all");
  }
}
