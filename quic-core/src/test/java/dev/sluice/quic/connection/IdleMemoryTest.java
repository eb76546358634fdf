package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.endpoint.Endpoint;
import dev.sluice.quic.stream.BidiStream;
import dev.sluice.quic.stream.RecvStream;
import java.lang.ref.Reference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * What a connection holds that has carried a request and an answer and is idle now. A collection
 * and what the JVM says of its heap are a rough instrument; the bound leaves it room.
 */
class IdleMemoryTest {
  private static final int CONNECTIONS = 300;
  private static final int BOUND = 32 * 1024;
  private static final long MS = 1_000_000;

  private final SplittableRandom random = new SplittableRandom(1);
  private final DatagramBatch toServer = new DatagramBatch(64, 2048);
  private final DatagramBatch toClient = new DatagramBatch(64, 2048);
  private final byte[] buffer = new byte[4096];
  private Endpoint client;
  private Endpoint server;
  private long now;

  @Test
  void anIdleConnectionHoldsLittle() throws Exception {
    open(1); // what the first one loads is not the first one's
    client = null;
    server = null;
    long before = used();
    open(CONNECTIONS);
    long both = used();
    Reference.reachabilityFence(client);
    client = null;
    long atServer = (used() - before) / CONNECTIONS;
    Reference.reachabilityFence(server);
    long atClient = (both - before) / CONNECTIONS - atServer;
    assertTrue(atServer < BOUND, "a server's holds " + atServer + " bytes");
    assertTrue(atClient < BOUND, "a client's holds " + atClient + " bytes");
  }

  private static long used() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  private void open(int count) throws Exception {
    client = TestPeers.endpoint(random.split());
    server = TestPeers.endpoint(random.split());
    server.listen(TestPeers.server(random.split()));
    ClientConfig config = TestPeers.client(random.split());
    for (int i = 0; i < count; i++) {
      // One address serves for both ends, so that a batch can go from one to the other as it is.
      InetSocketAddress here = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1024 + i);
      exchange(client.connect(here, here, config, now));
    }
    assertEquals(count, client.connections().size());
    assertEquals(count, server.connections().size());
  }

  /** The handshake, a request and an answer, and what follows until both are silent. */
  private void exchange(Connection connection) {
    boolean asked = false;
    for (int turn = 0; turn < 8 || toServer.count() > 0 || toClient.count() > 0; turn++) {
      now += MS;
      turnOf(client, toClient, toServer);
      if (connection.tls() != null && !asked) {
        asked = true;
        BidiStream request = connection.openBidi();
        request.send().write(buffer, 0, 100);
        request.send().finish();
        client.touch(connection);
      }
      turnOf(server, toServer, toClient);
    }
    now += 25 * MS; // for the acknowledgments that were held back
    turnOf(client, toClient, toServer);
    turnOf(server, toServer, toClient);
    turnOf(client, toClient, toServer);
    assertTrue(asked);
  }

  private void turnOf(Endpoint endpoint, DatagramBatch in, DatagramBatch out) {
    endpoint.receive(in, now);
    in.clear();
    endpoint.onDeadline(now);
    while (endpoint.accept() != null) {
      // Its events come with the others.
    }
    for (Connection c = endpoint.nextTouched(); c != null; c = endpoint.nextTouched()) {
      for (QuicEvent event = c.nextEvent(); event != null; event = c.nextEvent()) {
        answer(event);
      }
    }
    endpoint.send(now, out);
  }

  private void answer(QuicEvent event) {
    switch (event) {
      case QuicEvent.PeerOpened opened -> {
        opened.send().write(buffer, 0, 1000);
        opened.send().finish();
      }
      case QuicEvent.Readable readable -> {
        while (readable.stream().read(buffer, 0, buffer.length) > RecvStream.NOTHING_NOW) {
          // Read to its end.
        }
      }
      default -> {}
    }
  }
}
