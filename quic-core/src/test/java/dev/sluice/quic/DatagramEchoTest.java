package dev.sluice.quic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.datagram.DatagramConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Datagrams over real sockets, through the blocking handles. */
@Timeout(60)
class DatagramEchoTest {

  /**
   * The longest datagram of either side may not grow before that of the other, or no echo comes.
   */
  private static final TransportConfig DATAGRAMS =
      Loopback.TRANSPORT.withDatagrams(DatagramConfig.ON).withMtuDiscovery(false);

  @Test
  void comeBackAndCanBeHadAfterTheEnd() throws Exception {
    try (QuicServer server =
            Loopback.server()
                .transport(DATAGRAMS)
                .handler(
                    connection -> {
                      while (true) {
                        connection.sendDatagram(connection.receiveDatagram());
                      }
                    })
                .start();
        QuicClient client = Loopback.client(server).transport(DATAGRAMS).build()) {
      QuicConnection connection = client.connect();
      byte[] hello = {1, 2, 3};
      assertTrue(connection.sendDatagram(hello));
      assertArrayEquals(hello, connection.receiveDatagram());
      assertFalse(connection.sendDatagram(new byte[70_000]));
      int longest = connection.maxDatagramLength();
      assertTrue(longest > 1000, longest + " bytes");
      assertTrue(connection.sendDatagram(new byte[longest]));
      assertEquals(longest, connection.receiveDatagram().length);
      connection.close();
      assertThrows(ConnectionEndedException.class, connection::receiveDatagram);
      assertFalse(connection.sendDatagram(hello));
    }
  }

  /** The same bounds as for those that have just arrived, whoever keeps them. */
  @Test
  void waitAsTheConfigurationSays() throws Exception {
    TransportConfig few = DATAGRAMS.withDatagrams(DatagramConfig.ON.withReceiveQueue(3, 1500));
    try (QuicServer server = Loopback.server().transport(DATAGRAMS).start();
        QuicClient client = Loopback.client(server).transport(few).build()) {
      QuicConnection connection = client.connect();
      QuicConnection there = server.accept();
      int[] sizes = {1, 2, 3, 4, 700, 800, 900, 5, 6};
      for (int size : sizes) {
        assertTrue(there.sendDatagram(new byte[size]));
      }
      while (connection.stats().datagramFrames().received() < sizes.length) {
        Thread.onSpinWait();
      }
      for (int size : new int[] {900, 5, 6}) {
        assertEquals(size, connection.receiveDatagram().length);
      }
      assertTrue(there.sendDatagram(new byte[1000]));
      assertTrue(there.sendDatagram(new byte[501]));
      while (connection.stats().datagramFrames().received() < sizes.length + 2) {
        Thread.onSpinWait();
      }
      assertEquals(501, connection.receiveDatagram().length);
      assertEquals(
          sizes.length + 2 - 4, connection.stats().datagramFrames().droppedUnread(), "but four");
    }
  }

  @Test
  void arePassedByWhereThePeerTakesNone() throws Exception {
    try (QuicServer server = Loopback.server().handler(Loopback::echo).start();
        QuicClient client = Loopback.client(server).build()) {
      QuicConnection connection = client.connect();
      assertEquals(0, connection.maxDatagramLength());
      assertFalse(connection.sendDatagram(new byte[1]));
    }
  }
}
