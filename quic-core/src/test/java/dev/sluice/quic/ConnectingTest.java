package dev.sluice.quic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.connection.TestPeers;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.io.EventLoop;
import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.CertificateVerifier;
import dev.sluice.tls.SessionTicket;
import dev.sluice.tls.cert.PinnedVerifier;
import dev.sluice.tls.psk.RotatingTicketProtector;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who connects to whom, and what is said when it does not work; over real sockets. */
@Timeout(120)
class ConnectingTest {
  private final List<AutoCloseable> open = new ArrayList<>();

  private <T extends AutoCloseable> T use(T resource) {
    open.add(resource);
    return resource;
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable resource : open.reversed()) {
      resource.close();
    }
  }

  private static void echoOnce(QuicConnection connection) throws IOException {
    QuicStream stream = connection.openBidirectional();
    long sum = Loopback.send(stream, 3_000, 1);
    assertEquals(new Loopback.Received(3_000, sum), Loopback.receive(stream.inputStream()));
  }

  private static ConnectionEnding failure(QuicClient client) {
    return assertThrows(ConnectionEndedException.class, client::connect).ending();
  }

  @Test
  void hundredsOfConnectionsOnOneServerSocket() throws Exception {
    QuicServer server = use(Loopback.server().handler(Loopback::echo).start());
    EventLoop shared = use(EventLoop.start("clients"));
    QuicClient client = use(Loopback.client(server).eventLoop(shared).build());
    List<CompletableFuture<QuicConnection>> connects = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      connects.add(client.connectAsync());
    }
    for (CompletableFuture<QuicConnection> connect : connects) {
      echoOnce(connect.get());
    }
  }

  /** Counts how often it is asked, and says that its answers last. */
  private static final class Counting implements CertificateVerifier {
    private final AtomicInteger asked = new AtomicInteger();

    @Override
    public void verify(List<X509Certificate> chain, Context context) {
      asked.incrementAndGet();
    }

    @Override
    public CertificateVerifier lasting() {
      return this;
    }
  }

  @Test
  void aClientJudgesTheSameServerOnce() throws Exception {
    QuicServer server = use(Loopback.server().handler(Loopback::echo).start());
    Counting verifier = new Counting();
    QuicClientBuilder builder = Loopback.client(server).certificateVerifier(verifier);
    for (int clients = 1; clients <= 2; clients++) {
      QuicClient client = use(builder.build());
      for (int i = 0; i < 3; i++) {
        client.connect().close();
      }
      assertEquals(clients, verifier.asked.get());
    }
  }

  @Test
  void aRefusedPortIsUnreachableAtOnce() throws Exception {
    QuicServer gone = Loopback.server().start();
    gone.close();
    QuicClient client =
        use(
            Loopback.client(gone)
                .transport(Loopback.TRANSPORT.withHandshakeTimeout(Duration.ofMinutes(10)))
                .build());
    assertInstanceOf(ConnectionEnding.Unreachable.class, failure(client));
  }

  @Test
  void aSilentPortTimesOut() throws Exception {
    try (DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      QuicClient client =
          use(
              QuicClient.builder()
                  .remote((InetSocketAddress) silent.getLocalSocketAddress())
                  .applicationProtocols("test")
                  .insecure()
                  .transport(Loopback.TRANSPORT.withHandshakeTimeout(Duration.ofMillis(100)))
                  .build());
      assertInstanceOf(ConnectionEnding.HandshakeTimeout.class, failure(client));
    }
  }

  @Test
  void aFullServerRefuses() throws Exception {
    QuicServer server = use(Loopback.server().maxConnections(1).start());
    QuicClient client = use(Loopback.client(server).build());
    QuicConnection first = client.connect();
    TransportClose ending = assertInstanceOf(TransportClose.class, failure(client));
    assertEquals(TransportError.CONNECTION_REFUSED.code(), ending.code());
    assertEquals(Side.PEER, ending.by());
    assertTrue(first.stats().datagramsReceived() > 0);
  }

  /** One of the server's loops has ended, whatever for; the others hear of it all the same. */
  @Test
  void aServerStopsAcceptingWhereverItStillListens() throws Exception {
    EventLoop ended = use(EventLoop.start("ended"));
    EventLoop lives = use(EventLoop.start("lives"));
    QuicServer server = use(new QuicServer(null, List.of(ended, lives), false));
    server.open(
        List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
        TestPeers.server(new SplittableRandom(1)),
        EndpointConfig.of(new SplittableRandom(2)),
        null);
    ended.close();
    assertTrue(ended.awaitEnd(60_000));
    server.stopAccepting();
    TransportClose ending =
        assertInstanceOf(TransportClose.class, failure(use(Loopback.client(server).build())));
    assertEquals(TransportError.CONNECTION_REFUSED.code(), ending.code());
  }

  @Test
  void aServerThatNobodyAcceptsFromRefusesInTheEnd() throws Exception {
    QuicServer server = use(Loopback.server().start());
    QuicClient client = use(Loopback.client(server).build());
    List<QuicConnection> connections = new ArrayList<>();
    for (int i = 0; i < 129; i++) {
      connections.add(client.connect());
    }
    TransportClose ending =
        assertInstanceOf(
            TransportClose.class, connections.getLast().ended().toCompletableFuture().join());
    assertEquals(TransportError.CONNECTION_REFUSED.code(), ending.code());
    for (int i = 0; i < 128; i++) {
      assertNotNull(server.accept());
    }
  }

  @Test
  void withRetryAndThenWithTheTokenOfTheFirstConnection() throws Exception {
    CompletableFuture<byte[]> token = new CompletableFuture<>();
    QuicServer server = use(Loopback.server().retry(true).handler(Loopback::echo).start());
    QuicClient client = use(Loopback.client(server).onToken(token::complete).build());
    echoOnce(client.connect());
    QuicClient second = use(Loopback.client(server).token(token.get()).build());
    echoOnce(second.connect());
  }

  @Test
  void withATicketOfTheFirstConnection() throws Exception {
    CompletableFuture<SessionTicket> ticket = new CompletableFuture<>();
    QuicServer server =
        use(
            Loopback.server()
                .tls(
                    tls ->
                        tls.clock(dev.sluice.quic.connection.TestPeers.CLOCK)
                            .ticketProtector(
                                new RotatingTicketProtector(
                                    Duration.ofDays(1),
                                    new SecureRandom(),
                                    dev.sluice.quic.connection.TestPeers.CLOCK.instant())))
                .handler(Loopback::echo)
                .start());
    QuicClient client = use(Loopback.client(server).onTicket(ticket::complete).build());
    echoOnce(client.connect());
    SessionTicket kept = ticket.get();
    QuicClient second =
        use(
            Loopback.client(server)
                .tls(tls -> tls.clock(dev.sluice.quic.connection.TestPeers.CLOCK).ticket(kept))
                .build());
    QuicConnection resumed = second.connect();
    assertTrue(resumed.tls().resumed());
    echoOnce(resumed);
  }

  @Test
  void aRefusedCertificateIsTheCause() throws Exception {
    QuicServer server = use(Loopback.server().start());
    QuicClient client =
        use(
            Loopback.client(server)
                .certificateVerifier(new PinnedVerifier(List.of(new byte[32])))
                .build());
    ConnectionEndedException e = assertThrows(ConnectionEndedException.class, client::connect);
    assertInstanceOf(CertificateException.class, e.getCause());
    assertEquals(Side.LOCAL, assertInstanceOf(TransportClose.class, e.ending()).by());
  }

  @Test
  void noProtocolInCommon() throws Exception {
    QuicServer server = use(Loopback.server().start());
    QuicClient client = use(Loopback.client(server).applicationProtocols("something else").build());
    TransportClose ending = assertInstanceOf(TransportClose.class, failure(client));
    assertEquals(
        TransportError.CRYPTO_ERROR + AlertDescription.NO_APPLICATION_PROTOCOL.code(),
        ending.code());
  }

  @Test
  void aNameWithoutAddress() {
    QuicClient client =
        use(
            QuicClient.builder()
                .remote("nowhere.invalid", 1)
                .applicationProtocols("test")
                .insecure()
                .build());
    assertThrows(UnknownHostException.class, client::connect);
  }

  /** Not later, on a thread where nobody hears of it. */
  @Test
  void whatIsNoPortIsRefusedAtOnce() {
    for (int port : new int[] {-1, 65_536}) {
      assertThrows(
          IllegalArgumentException.class, () -> QuicClient.builder().remote("localhost", port));
    }
  }

  @Test
  void cancellingAConnectClosesIt() throws Exception {
    EventLoop serverLoop = use(EventLoop.start("stopped"));
    CountDownLatch go = Loopback.hold(serverLoop);
    QuicServer server = use(Loopback.server().eventLoop(serverLoop).start());
    EventLoop clientLoop = use(EventLoop.start("cancelling"));
    QuicClient client = use(Loopback.client(server).eventLoop(clientLoop).build());
    assertTrue(client.connectAsync().cancel(false));
    // Once the loop has heard of it: else the answer may come first, and there is a connection.
    CompletableFuture.runAsync(() -> {}, clientLoop).get();
    go.countDown();
    // The next one is the first to be accepted: the cancelled handshake was not completed.
    QuicConnection connection = client.connect();
    assertEquals(connection.localAddress(), server.accept().remoteAddress());
  }

  @Test
  void afterCloseNothingConnects() throws Exception {
    QuicServer server = use(Loopback.server().start());
    QuicClient client = Loopback.client(server).build();
    client.close();
    assertThrows(IOException.class, client::connect);
    client.close();
  }

  /** As whoever copies it from where a server says that it listens. */
  @Test
  void theWildcardIsThisMachine() throws Exception {
    try (QuicServer server = Loopback.server().handler(Loopback::echo).start()) {
      int port = server.localAddress().getPort();
      QuicClientBuilder settings =
          Loopback.client(server).remote(new InetSocketAddress("0.0.0.0", port));
      for (QuicClient client : List.of(settings.build(), settings.sharedSocket().build())) {
        assertEquals(server.localAddress(), use(client).connect().stats().remote());
      }
    }
  }

  @Test
  void overIpv6() throws Exception {
    InetAddress loopback = ipv6Loopback();
    QuicServer server =
        use(
            Loopback.server()
                .address(new InetSocketAddress(loopback, 0))
                .handler(Loopback::echo)
                .start());
    echoOnce(use(Loopback.client(server).build()).connect());
  }

  @Test
  void theWildcardServesBothFamilies() throws Exception {
    InetAddress ipv6 = ipv6Loopback();
    QuicServer server =
        use(Loopback.server().address(new InetSocketAddress(0)).handler(Loopback::echo).start());
    int port = server.localAddress().getPort();
    for (InetAddress address : List.of(InetAddress.getByName("127.0.0.1"), ipv6)) {
      QuicClient client =
          use(Loopback.client(server).remote(new InetSocketAddress(address, port)).build());
      echoOnce(client.connect());
    }
  }

  @Test
  void severalAddresses() throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    QuicServer server =
        use(Loopback.server().address(any).address(any).handler(Loopback::echo).start());
    assertEquals(2, server.localAddresses().size());
    for (InetSocketAddress address : server.localAddresses()) {
      echoOnce(use(Loopback.client(server).remote(address).build()).connect());
    }
  }

  private static InetAddress ipv6Loopback() throws SocketException {
    InetAddress found =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(address -> address instanceof Inet6Address && address.isLoopbackAddress())
            .findFirst()
            .orElse(null);
    Assumptions.assumeTrue(found != null, "this machine has no IPv6");
    return found;
  }
}
