package dev.sluice.bench.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.peers.Kwik;
import dev.sluice.tools.perf.Connector;
import dev.sluice.tools.perf.PerfConnection;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The programs that wrap other implementations speak the protocol on both sides. */
@Timeout(360)
class PeersTest {
  private static boolean onLinux() {
    return (System.getProperty("os.name") + "/" + System.getProperty("os.arch"))
        .equals("Linux/amd64");
  }

  @Test
  void quicheCarriesBytesBothWays() throws Exception {
    assumeTrue(onLinux(), "quiche's native library is that of Linux on amd64");
    InetSocketAddress server = new InetSocketAddress("127.0.0.1", QuicheProgram.listen());
    try (Connector connector = new QuicheConnector(server)) {
      carry(connector);
      handshake(connector);
    }
  }

  @Test
  void kwikCarriesBytes() throws Exception {
    InetSocketAddress server = new InetSocketAddress("127.0.0.1", KwikProgram.listen());
    Kwik.patiently(
        () -> {
          try (Connector connector = new KwikConnector(server)) {
            try (PerfConnection connection = connector.connect()) {
              assertEquals(1000, answer(connection, PerfConnection.Source.NOTHING, 1000));
              assertTrue(connection.usage(false).cpuNanos() > 0);
            }
            handshake(connector);
          }
        });
  }

  @Test
  void flupkeCarriesBytes() throws Exception {
    InetSocketAddress server = new InetSocketAddress("127.0.0.1", FlupkeProgram.listen());
    Kwik.patiently(
        () -> {
          try (Connector connector = new FlupkeConnector(server);
              PerfConnection connection = connector.connect()) {
            assertEquals(1000, answer(connection, PerfConnection.Source.NOTHING, 1000));
            assertEquals(1, answer(connection, PerfConnection.Source.ofLength(100_000), 1));
            assertTrue(connection.usage(false).cpuNanos() > 0);
          }
        });
  }

  private static void carry(Connector connector) throws Exception {
    try (PerfConnection connection = connector.connect()) {
      assertEquals(1, answer(connection, PerfConnection.Source.NOTHING, 1));
      assertEquals(300_000, answer(connection, PerfConnection.Source.NOTHING, 300_000));
      assertEquals(0, answer(connection, QuicheWriter.of(300_000), 0));
      assertEquals(100_000, answer(connection, QuicheWriter.of(300_000), 100_000));
      connection.exchange(PerfConnection.Source.NOTHING, 1L << 40, received -> false);
      assertTrue(connection.usage(false).cpuNanos() > 0);
    }
  }

  private static long answer(PerfConnection connection, PerfConnection.Source source, long wanted)
      throws Exception {
    AtomicLong received = new AtomicLong();
    connection.exchange(
        source,
        wanted,
        bytes -> {
          received.addAndGet(bytes);
          return true;
        });
    return received.get();
  }

  private static void handshake(Connector connector) throws Exception {
    Connector.Handshake connection = connector.handshake(false).get();
    assertTrue(connection.isAlive());
    connection.close();
  }
}
