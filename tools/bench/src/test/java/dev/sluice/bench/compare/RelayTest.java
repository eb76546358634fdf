package dev.sluice.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RelayTest {
  private static DatagramSocket socket() throws IOException {
    return new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private static DatagramPacket to(int port, int content) {
    return new DatagramPacket(
        new byte[] {(byte) content}, 1, InetAddress.getLoopbackAddress(), port);
  }

  @Test
  void bothDirectionsTakeTheirTime() throws IOException {
    Duration roundTrip = Duration.ofMillis(40);
    try (DatagramSocket client = socket();
        DatagramSocket server = socket();
        Relay relay = new Relay(server.getLocalPort(), roundTrip, 0, 1)) {
      long began = System.nanoTime();
      for (int i = 0; i < 10; i++) {
        client.send(to(relay.port(), i));
      }
      DatagramPacket got = new DatagramPacket(new byte[10], 10);
      for (int i = 0; i < 10; i++) {
        server.receive(got);
        assertEquals(i, got.getData()[0]);
        server.send(new DatagramPacket(new byte[] {(byte) i}, 1, got.getSocketAddress()));
      }
      for (int i = 0; i < 10; i++) {
        client.receive(got);
        assertEquals(i, got.getData()[0]);
      }
      assertTrue(System.nanoTime() - began >= roundTrip.toNanos());
    }
  }

  @Test
  void whatIsLostDoesNotArrive() throws IOException {
    try (DatagramSocket client = socket();
        DatagramSocket server = socket();
        Relay relay = new Relay(server.getLocalPort(), Duration.ZERO, 1, 1)) {
      client.send(to(relay.port(), 1));
      server.setSoTimeout(200);
      DatagramPacket got = new DatagramPacket(new byte[10], 10);
      assertThrows(SocketTimeoutException.class, () -> server.receive(got));
    }
  }

  @Test
  void noRoundHasTheLossesOfAnother() {
    Lab lab = new Lab(null, null, new Scale(1, 1, 1, 4, 1, 1, 1), 1);
    assertEquals(List.of(1L, 2L, 3L, 4L), lab.relaySeeds());
    assertEquals(List.of(5L, 6L, 7L, 8L), lab.in(2).relaySeeds());
  }
}
