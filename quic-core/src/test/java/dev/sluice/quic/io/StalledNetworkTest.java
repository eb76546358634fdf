package dev.sluice.quic.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.QuicClient;
import dev.sluice.quic.QuicConnection;
import dev.sluice.quic.QuicServer;
import dev.sluice.quic.QuicStream;
import dev.sluice.quic.connection.TestPeers;
import dev.sluice.quic.io.udp.Poller;
import dev.sluice.quic.io.udp.SelectorPoller;
import dev.sluice.quic.io.udp.UdpSocket;
import dev.sluice.tls.cert.PinnedVerifier;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A network that takes nothing any more while the connection has another. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StalledNetworkTest {
  private static final InetSocketAddress ANY = new InetSocketAddress("127.0.0.1", 0);

  /** Whether the first socket's buffer is full, and stays so. */
  private final AtomicBoolean stalled = new AtomicBoolean();

  private boolean opened;

  @Test
  void aConnectionLeavesIt() throws Exception {
    Poller all = new SelectorPoller();
    EventLoop loop =
        EventLoop.start("stalled", true, new AlteredPoller(all, this::first, all::await));
    try (QuicServer server =
            QuicServer.builder()
                .identity(TestPeers.IDENTITY)
                .applicationProtocols("test")
                .tls(tls -> tls.clock(TestPeers.CLOCK))
                .address(ANY)
                .start();
        QuicClient client =
            QuicClient.builder()
                .remote(server.localAddress())
                .serverName("localhost")
                .applicationProtocols("test")
                .certificateVerifier(
                    PinnedVerifier.of(TestPeers.IDENTITY.certificateChain().getFirst()))
                .tls(tls -> tls.clock(TestPeers.CLOCK))
                .eventLoop(loop)
                .build()) {
      QuicConnection connection = client.connect();
      QuicStream stream = connection.openBidirectional();
      stream.outputStream().write(0);
      QuicStream arriving = server.accept().acceptStream();
      for (int i = 0; i < 3; i++) { // until the server has connection IDs for another path
        assertEquals(i, arriving.inputStream().read());
        arriving.outputStream().write(i);
        assertEquals(i, stream.inputStream().read());
        stream.outputStream().write(i + 1);
      }
      assertEquals(3, arriving.inputStream().read());
      stalled.set(true);
      try (OutputStream out = stream.outputStream()) {
        out.write(4);
      }
      connection.migrate(ANY);
      assertEquals(4, arriving.inputStream().read());
      assertEquals(-1, arriving.inputStream().read());
    } finally {
      loop.close();
      assertTrue(loop.awaitEnd(60_000));
    }
  }

  private UdpSocket first(UdpSocket all) {
    if (opened) {
      return all;
    }
    opened = true;
    return (UdpSocket)
        Proxy.newProxyInstance(
            UdpSocket.class.getClassLoader(),
            new Class<?>[] {UdpSocket.class},
            (proxy, method, arguments) -> {
              if (stalled.get()) {
                switch (method.getName()) {
                  case "isWritable" -> {
                    return false;
                  }
                  case "send" -> {
                    return arguments[1];
                  }
                  default -> {
                    // As before.
                  }
                }
              }
              try {
                return method.invoke(all, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
