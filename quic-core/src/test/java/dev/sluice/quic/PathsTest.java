package dev.sluice.quic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Relay;
import dev.sluice.quic.connection.ConnectionStats;
import dev.sluice.quic.connection.MigrationConfig;
import dev.sluice.quic.connection.PathStats;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.io.EventLoop;
import dev.sluice.quic.io.IoMode;
import dev.sluice.quic.io.linux.LinuxIo;
import dev.sluice.quic.recovery.EcnValidation;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Addresses, datagram sizes and marks over real sockets. */
class PathsTest {
  private static final int SIZE = 3_000_000;

  /** A server that echoes and a client, each on a loop of one kind. */
  private record Peers(
      EventLoop serverLoop,
      EventLoop clientLoop,
      QuicServer server,
      QuicClient client,
      AtomicReference<QuicConnection> accepted)
      implements AutoCloseable {

    static Peers of(IoMode mode, TransportConfig forServer, TransportConfig forClient)
        throws IOException {
      AtomicReference<QuicConnection> accepted = new AtomicReference<>();
      EventLoop serverLoop = EventLoop.start("server", true, mode);
      EventLoop clientLoop = EventLoop.start("client", true, mode);
      QuicServer server =
          Loopback.server()
              .transport(forServer)
              .eventLoop(serverLoop)
              .handler(
                  connection -> {
                    accepted.set(connection);
                    Loopback.echo(connection);
                  })
              .address(new InetSocketAddress("127.0.0.1", 0))
              .start();
      QuicClient client =
          Loopback.client(server).transport(forClient).eventLoop(clientLoop).build();
      return new Peers(serverLoop, clientLoop, server, client, accepted);
    }

    @Override
    public void close() {
      client.close();
      server.close();
      clientLoop.close();
      serverLoop.close();
    }
  }

  /** The portable sockets, and Linux' own where the JVM was started for them. */
  static List<IoMode> modes() {
    return LinuxIo.obstacle() == null
        ? List.of(IoMode.PORTABLE, IoMode.LINUX)
        : List.of(IoMode.PORTABLE);
  }

  private static void echo(QuicConnection connection) throws Exception {
    QuicStream stream = connection.openBidirectional();
    CompletableFuture<Long> sum =
        CompletableFuture.supplyAsync(() -> Loopback.send(stream, SIZE, 7));
    Loopback.Received received = Loopback.receive(stream.inputStream());
    assertEquals(SIZE, received.size());
    assertEquals(sum.get(), received.sum());
  }

  /** Stats that satisfy something that takes some round trips to come about. */
  private static ConnectionStats await(QuicConnection connection, Predicate<PathStats> wanted)
      throws Exception {
    ConnectionStats stats = connection.stats();
    for (int i = 0; i < 100_000 && !wanted.test(stats.activePath()); i++) {
      QuicStream stream = connection.openBidirectional();
      stream.outputStream().close();
      assertEquals(-1, stream.inputStream().read()); // a round trip
      stats = connection.stats();
    }
    assertTrue(wanted.test(stats.activePath()), stats::toString);
    return stats;
  }

  @ParameterizedTest
  @MethodSource("modes")
  void aConnectionMovesToAnotherSocketAndLosesNothing(IoMode mode) throws Exception {
    try (Peers peers = Peers.of(mode, Loopback.TRANSPORT, Loopback.TRANSPORT);
        QuicConnection connection = peers.client.connect()) {
      QuicStream stream = connection.openBidirectional();
      CompletableFuture<Long> sum =
          CompletableFuture.supplyAsync(() -> Loopback.send(stream, SIZE, 7));
      InetSocketAddress before = connection.stats().local();
      connection.migrate(new InetSocketAddress("127.0.0.1", 0));
      InetSocketAddress after = connection.stats().local();
      assertNotEquals(before, after);
      connection.migrate(new InetSocketAddress("127.0.0.1", 0));
      assertNotEquals(after, connection.stats().local());
      assertEquals(connection.stats().local(), connection.localAddress());
      Loopback.Received received = Loopback.receive(stream.inputStream());
      assertEquals(SIZE, received.size());
      assertEquals(sum.get(), received.sum());
      echo(connection);
      assertEquals(connection.localAddress(), peers.accepted.get().remoteAddress());
    }
  }

  @ParameterizedTest
  @MethodSource("modes")
  void aServerMayWantItsClientsToStay(IoMode mode) throws Exception {
    TransportConfig stay =
        Loopback.TRANSPORT.withMigration(MigrationConfig.DEFAULTS.withDisableActive(true));
    try (Peers peers = Peers.of(mode, stay, Loopback.TRANSPORT);
        QuicConnection connection = peers.client.connect()) {
      IOException refused =
          assertThrows(
              IOException.class, () -> connection.migrate(new InetSocketAddress("127.0.0.1", 0)));
      assertTrue(refused.getMessage().contains("disabled"), refused.getMessage());
      echo(connection);
    }
  }

  @ParameterizedTest
  @MethodSource("modes")
  void aClientFollowsToThePreferredAddress(IoMode mode) throws Exception {
    InetSocketAddress better = new InetSocketAddress("127.0.0.1", freePort());
    TransportConfig preferring =
        Loopback.TRANSPORT.withMigration(MigrationConfig.DEFAULTS.withPreferred(better));
    try (Peers peers = Peers.of(mode, preferring, Loopback.TRANSPORT);
        QuicConnection connection = peers.client.connect()) {
      echo(connection);
      await(connection, path -> path.remote().equals(better));
      assertEquals(better, connection.remoteAddress());
      echo(connection);
    }
  }

  @ParameterizedTest
  @MethodSource("modes")
  void aServerMayBeReachedElsewhereThanItListens(IoMode mode) throws Exception {
    InetSocketAddress arrivals = new InetSocketAddress("127.0.0.1", freePort());
    try (Relay translation = Relay.start(arrivals, new Link(), new Link(), 1)) {
      InetSocketAddress better = translation.address();
      TransportConfig preferring =
          Loopback.TRANSPORT.withMigration(
              MigrationConfig.DEFAULTS.withPreferred(better).withArrivals(arrivals));
      try (Peers peers = Peers.of(mode, preferring, Loopback.TRANSPORT);
          QuicConnection connection = peers.client.connect()) {
        echo(connection);
        await(connection, path -> path.remote().equals(better));
        echo(connection);
        assertEquals(better, connection.remoteAddress());
        assertEquals(arrivals, peers.accepted.get().localAddress());
      }
    }
  }

  private static int freePort() throws IOException {
    try (DatagramSocket probe = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  @ParameterizedTest
  @MethodSource("modes")
  void datagramsGrowByDefaultAndAsFarAsOneLets(IoMode mode) throws Exception {
    try (Peers peers = Peers.of(mode, Loopback.TRANSPORT, Loopback.TRANSPORT);
        QuicConnection connection = peers.client.connect()) {
      echo(connection);
      await(connection, path -> path.maxDatagramSize() == 1452);
    }
    TransportConfig large =
        Loopback.TRANSPORT.withMaxDatagramSize(60_000).withMaxReceivedDatagramSize(65_527);
    try (Peers peers = Peers.of(mode, large, large);
        QuicConnection connection = peers.client.connect()) {
      echo(connection);
      await(connection, path -> path.maxDatagramSize() == 60_000);
      echo(connection);
    }
    TransportConfig tooLarge = large.withMaxDatagramSize(65_527);
    try (Peers peers = Peers.of(mode, tooLarge, tooLarge);
        QuicConnection connection = peers.client.connect()) {
      echo(connection);
      // 65535 bytes of IPv4, less its header and UDP's: what is more the system refuses.
      await(connection, path -> path.maxDatagramSize() > 65_507 - 20);
      echo(connection);
    }
  }

  @ParameterizedTest
  @MethodSource("modes")
  void marksAreUsedWhereThePeerCanTellThem(IoMode mode) throws Exception {
    try (Peers peers = Peers.of(mode, Loopback.TRANSPORT, Loopback.TRANSPORT);
        QuicConnection connection = peers.client.connect()) {
      echo(connection);
      // The JDK does not tell what a datagram was marked with, so that a portable peer cannot
      // count.
      EcnValidation.State expected =
          mode == IoMode.PORTABLE ? EcnValidation.State.FAILED : EcnValidation.State.CAPABLE;
      await(connection, path -> path.ecn() == expected);
    }
  }

  /** A shared socket stays, and those that its connections have left do not. */
  @ParameterizedTest
  @MethodSource("modes")
  void aConnectionOfASharedSocketMovesAsOftenAsOneLikes(IoMode mode) throws Exception {
    try (Peers peers = Peers.of(mode, Loopback.TRANSPORT, Loopback.TRANSPORT);
        QuicClient client =
            Loopback.client(peers.server).eventLoop(peers.clientLoop).sharedSocket().build();
        QuicConnection connection = client.connect()) {
      for (int i = 0; i < 20; i++) {
        connection.migrate(new InetSocketAddress("127.0.0.1", 0));
        echo(connection);
      }
    }
  }

  /** To whatever address the system takes. */
  @ParameterizedTest
  @MethodSource("modes")
  void itMovesToNoAddressInParticularToo(IoMode mode) throws Exception {
    try (Peers peers = Peers.of(mode, Loopback.TRANSPORT, Loopback.TRANSPORT);
        QuicClient client =
            Loopback.client(peers.server).eventLoop(peers.clientLoop).sharedSocket().build();
        QuicConnection connection = client.connect()) {
      for (int i = 0; i < 3; i++) {
        connection.migrate(new InetSocketAddress(0));
        echo(connection);
      }
    }
  }

  /** As when a host with many connections changes its network. */
  @ParameterizedTest
  @MethodSource("modes")
  void allConnectionsOfASharedSocketMoveTogether(IoMode mode) throws Exception {
    try (Peers peers = Peers.of(mode, Loopback.TRANSPORT, Loopback.TRANSPORT);
        QuicClient client =
            Loopback.client(peers.server).eventLoop(peers.clientLoop).sharedSocket().build()) {
      List<QuicConnection> connections = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        connections.add(client.connect());
      }
      InetSocketAddress loopback = new InetSocketAddress("127.0.0.1", 0);
      for (InetSocketAddress to : List.of(loopback, loopback, new InetSocketAddress(0))) {
        List<InetSocketAddress> before =
            connections.stream().map(QuicConnection::localAddress).toList();
        List<CompletableFuture<Void>> moves =
            connections.stream().map(each -> each.migrateAsync(to)).toList();
        for (int i = 0; i < moves.size(); i++) {
          moves.get(i).get();
          assertNotEquals(before.get(i), connections.get(i).localAddress());
        }
      }
      echo(connections.getLast());
    }
  }
}
