package dev.sluice.quic.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.QuicClient;
import dev.sluice.quic.QuicClientBuilder;
import dev.sluice.quic.QuicConnection;
import dev.sluice.quic.QuicServer;
import dev.sluice.quic.QuicStream;
import dev.sluice.quic.connection.QuicEvent;
import dev.sluice.quic.connection.QuicTransport;
import dev.sluice.quic.connection.TestPeers;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.tls.cert.PinnedVerifier;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several loops behind one port, and many connections behind another. */
@Timeout(60)
class SharedPortTest {
  private final Set<InetSocketAddress> peers = ConcurrentHashMap.newKeySet();

  /** The threads of the loops that connections were opened on. */
  private final Set<Thread> loopsInUse = ConcurrentHashMap.newKeySet();

  private QuicServer server(int loops) throws IOException {
    return QuicServer.builder()
        .identity(TestPeers.IDENTITY)
        .applicationProtocols("test")
        .tls(tls -> tls.clock(TestPeers.CLOCK))
        .loops(loops)
        .tracer(
            () -> {
              loopsInUse.add(Thread.currentThread());
              return Tracer.NONE;
            })
        .handler(this::echo)
        .start();
  }

  private void echo(QuicConnection connection) throws IOException {
    peers.add(connection.remoteAddress());
    while (true) {
      QuicStream stream = connection.acceptStream();
      Thread.startVirtualThread(
          () -> {
            try (InputStream in = stream.inputStream();
                OutputStream out = stream.outputStream()) {
              in.transferTo(out);
            } catch (IOException e) {
              // The client sees what is missing.
            }
          });
    }
  }

  private static QuicClientBuilder client(InetSocketAddress to) {
    return QuicClient.builder()
        .remote(to)
        .serverName("localhost")
        .applicationProtocols("test")
        .certificateVerifier(PinnedVerifier.of(TestPeers.IDENTITY.certificateChain().getFirst()))
        .tls(tls -> tls.clock(TestPeers.CLOCK));
  }

  private static void exchange(QuicConnection connection, int number) throws IOException {
    QuicStream stream = connection.openBidirectional();
    byte[] sent = new byte[5000];
    Arrays.fill(sent, (byte) number);
    try (OutputStream out = stream.outputStream()) {
      out.write(sent);
    }
    assertArrayEquals(sent, stream.inputStream().readAllBytes());
  }

  @Test
  void clientsAreSpreadOverTheLoops() throws Exception {
    try (QuicServer server = server(3)) {
      for (int i = 0; i < 24; i++) { // on one loop alone: once in 10^11 runs
        try (QuicClient client = client(server.localAddress()).build()) {
          exchange(client.connect(), i);
        }
      }
      assertTrue(loopsInUse.size() > 1, loopsInUse.toString());
      assertTrue(server.ioDescription().endsWith("; 3 loops"), server.ioDescription());
    }
  }

  @Test
  void manyConnectionsOfAClientShareOneSocketWhenAsked() throws Exception {
    try (QuicServer server = server(1);
        QuicClient client = client(server.localAddress()).sharedSocket().build()) {
      List<QuicConnection> connections = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        connections.add(client.connect());
      }
      for (int i = 0; i < 20; i++) {
        exchange(connections.get(i), i);
      }
      assertEquals(1, peers.size(), peers.toString());
      connections.getFirst().close(0, "");
      exchange(connections.getLast(), 1);
      exchange(client.connect(), 2);
    }
  }

  /**
   * A NAT that changes a client's port again and again: the system takes what comes from a new port
   * to any of the loops, and the connection stays where it is.
   */
  @Test
  void connectionsStayOnTheirLoopWhenTheirAddressesChange() throws Exception {
    List<EventLoop> loops = EventLoop.start("shared", 2, true, IoMode.preferred());
    List<QuicSocket> sockets =
        SharedPort.open(
            loops,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            EndpointConfig.of(new SplittableRandom(5)));
    CompletableFuture<Void> confirmed = new CompletableFuture<>();
    List<LoopConnection> accepted = new CopyOnWriteArrayList<>();
    for (QuicSocket socket : sockets) {
      socket.listen(
          TestPeers.server(new SplittableRandom(6)),
          c -> {
            accepted.add(c);
            return on -> {
              QuicTransport transport = on.transport();
              for (QuicEvent e = transport.nextEvent(); e != null; e = transport.nextEvent()) {
                if (e instanceof QuicEvent.HandshakeConfirmed) {
                  confirmed.complete(null);
                }
              }
            };
          });
    }
    try (Nat nat = new Nat(sockets.getFirst().localAddress());
        QuicClient client = client(nat.address()).build()) {
      QuicConnection connection = client.connect();
      confirmed.join(); // before, nobody may move (RFC 9000 §9)
      long handedOver = 0;
      for (int moves = 0; handedOver == 0 && moves < 64; moves++) {
        nat.rebind();
        long before = connection.stats().packetsReceived();
        connection.openUnidirectional().outputStream().write(1);
        while (connection.stats().packetsReceived() == before) {
          Thread.onSpinWait(); // until the server answers
        }
        handedOver = sockets.stream().mapToLong(QuicSocket::straysTaken).sum();
      }
      assertTrue(handedOver > 0);
      assertEquals(1, accepted.size());
    } finally {
      loops.forEach(EventLoop::close);
    }
  }

  /** Passes datagrams on, to the server from a port that changes when asked. */
  private static final class Nat implements AutoCloseable {
    private final InetSocketAddress server;
    private final DatagramSocket inside;
    private volatile DatagramSocket outside;
    private volatile InetSocketAddress client;

    Nat(InetSocketAddress server) throws SocketException {
      this.server = server;
      this.inside = new DatagramSocket(0, InetAddress.getLoopbackAddress());
      rebind();
      Thread.ofVirtual()
          .start(
              () ->
                  pass(
                      inside,
                      packet -> {
                        client = (InetSocketAddress) packet.getSocketAddress();
                        packet.setSocketAddress(this.server);
                        outside.send(packet);
                      }));
    }

    InetSocketAddress address() {
      return (InetSocketAddress) inside.getLocalSocketAddress();
    }

    void rebind() throws SocketException {
      DatagramSocket before = outside;
      DatagramSocket next = new DatagramSocket(0, InetAddress.getLoopbackAddress());
      outside = next;
      Thread.ofVirtual()
          .start(
              () ->
                  pass(
                      next,
                      packet -> {
                        packet.setSocketAddress(client);
                        inside.send(packet);
                      }));
      if (before != null) {
        before.close();
      }
    }

    private interface Forwarding {
      void forward(DatagramPacket packet) throws IOException;
    }

    private static void pass(DatagramSocket from, Forwarding to) {
      byte[] buffer = new byte[65_536];
      while (!from.isClosed()) {
        try {
          DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
          from.receive(packet);
          to.forward(packet);
        } catch (IOException e) {
          // This socket is closed, or the other one is: then the datagram is lost.
        }
      }
    }

    @Override
    public void close() {
      inside.close();
      outside.close();
    }
  }
}
