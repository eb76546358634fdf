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
