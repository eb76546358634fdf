package dev.sluice.quic.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.connection.ClientConfig;
import dev.sluice.quic.connection.QuicEvent;
import dev.sluice.quic.connection.QuicTransport;
import dev.sluice.quic.connection.ServerConfig;
import dev.sluice.quic.connection.TestPeers;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.ApplicationClose;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.Tracer;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections over loopback, at the level of listeners. Most of the driver is tested above it. */
@Timeout(60)
class QuicSocketTest {
  private static final InetSocketAddress LOOPBACK =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  /** For many handshakes at once on a busy machine. */
  private static final TransportConfig PATIENT =
      TransportConfig.DEFAULTS.withHandshakeTimeout(Duration.ofMinutes(1));

  private final SplittableRandom random = new SplittableRandom(7);
  private final EventLoop serverLoop = EventLoop.start("server");
  private final EventLoop clientLoop = EventLoop.start("client");

  @AfterEach
  void close() throws InterruptedException {
    clientLoop.close();
    serverLoop.close();
    assertTrue(clientLoop.awaitEnd(60_000));
    assertTrue(serverLoop.awaitEnd(60_000));
  }

  private EndpointConfig endpoint() {
    return EndpointConfig.of(random.split());
  }

  private ClientConfig client() {
    return TestPeers.client(random.split()).withTransport(PATIENT);
  }

  private ServerConfig server() {
    return TestPeers.server(random.split()).withTransport(PATIENT);
  }

  private QuicSocket listen(Acceptor acceptor) throws IOException {
    QuicSocket socket = QuicSocket.open(serverLoop, LOOPBACK, endpoint());
    socket.listen(server(), acceptor);
    return socket;
  }

  /**
   * Closes with a code when the handshake is confirmed: before, the code stays secret (§10.2.3).
   */
  private static ConnectionListener closing(long code) {
    return c -> {
      QuicTransport transport = c.transport();
      for (QuicEvent e = transport.nextEvent(); e != null; e = transport.nextEvent()) {
        if (e instanceof QuicEvent.HandshakeConfirmed) {
          transport.close(code, "done");
        }
      }
    };
  }

  private static void ignoreEvents(LoopConnection c) {
    while (c.transport().nextEvent() != null) {}
  }

  private static ConnectionEnding ending(LoopConnection connection) throws Exception {
    return connection.ended().toCompletableFuture().get();
  }

  @Test
  void manyConnectionsShareOneSocketOnEitherSide() throws Exception {
    List<CompletableFuture<ConnectionEnding>> accepted = new ArrayList<>();
    QuicSocket server =
        listen(
            c -> {
              accepted.add(c.ended().toCompletableFuture());
              return QuicSocketTest::ignoreEvents;
            });
    QuicSocket shared = QuicSocket.open(clientLoop, LOOPBACK, endpoint());
    List<CompletableFuture<LoopConnection>> made = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      int code = i;
      made.add(shared.connect(server.localAddress(), client(), c -> closing(code)));
    }
    for (int i = 0; i < made.size(); i++) {
      assertEquals(new ApplicationClose(Side.LOCAL, i, "done"), ending(made.get(i).get()));
    }
    CompletableFuture<List<CompletableFuture<ConnectionEnding>>> all = new CompletableFuture<>();
    serverLoop.execute(() -> all.complete(List.copyOf(accepted)));
    assertEquals(50, all.get().size());
    for (CompletableFuture<ConnectionEnding> one : all.get()) {
      assertEquals(Side.PEER, assertInstanceOf(ApplicationClose.class, one.get()).by());
    }
  }

  @Test
  void aRefusedPortEndsTheConnectionAtOnce() throws Exception {
    InetSocketAddress nobody;
    try (DatagramSocket reserved = new DatagramSocket(LOOPBACK)) {
      nobody = (InetSocketAddress) reserved.getLocalSocketAddress();
    }
    QuicSocket socket = QuicSocket.openConnected(clientLoop, null, nobody, endpoint());
    LoopConnection connection =
        socket.connect(nobody, client(), c -> QuicSocketTest::ignoreEvents).get();
    assertInstanceOf(ConnectionEnding.Unreachable.class, ending(connection));
  }

  @Test
  void aListenerThatFailsClosesOnlyItsOwnConnection() throws Exception {
    QuicSocket server = listen(c -> QuicSocketTest::ignoreEvents);
    QuicSocket socket = QuicSocket.open(clientLoop, LOOPBACK, endpoint());
    try (Silence silence = Silence.of(QuicSocket.class)) {
      LoopConnection bad =
          socket
              .connect(
                  server.localAddress(),
                  client(),
                  c ->
                      failing -> {
                        throw new AssertionError("on purpose");
                      })
              .get();
      assertEquals(
          TransportError.INTERNAL_ERROR.code(),
          assertInstanceOf(TransportClose.class, ending(bad)).code());
      assertEquals(1, silence.messages());
    }
    LoopConnection good = socket.connect(server.localAddress(), client(), c -> closing(3)).get();
    assertEquals(new ApplicationClose(Side.LOCAL, 3, "done"), ending(good));
  }

  @Test
  void anAcceptorThatFailsClosesOnlyThatConnection() throws Exception {
    List<LoopConnection> seen = new ArrayList<>();
    try (Silence silence = Silence.of(QuicSocket.class)) {
      QuicSocket server =
          listen(
              c -> {
                seen.add(c);
                if (seen.size() == 1) {
                  throw new IllegalStateException("on purpose");
                }
                return QuicSocketTest::ignoreEvents;
              });
      QuicSocket socket = QuicSocket.open(clientLoop, LOOPBACK, endpoint());
      LoopConnection bad = socket.connect(server.localAddress(), client(), c -> closing(1)).get();
      assertEquals(Side.PEER, assertInstanceOf(TransportClose.class, ending(bad)).by());
      LoopConnection good = socket.connect(server.localAddress(), client(), c -> closing(2)).get();
      assertEquals(new ApplicationClose(Side.LOCAL, 2, "done"), ending(good));
      assertEquals(1, silence.messages());
    }
  }

  @Test
  void aFunctionThatGivesNoListenerFailsTheConnect() throws Exception {
    QuicSocket socket = QuicSocket.open(clientLoop, LOOPBACK, endpoint());
    CompletableFuture<LoopConnection> made =
        socket.connect(
            LOOPBACK,
            client(),
            c -> {
              throw new IllegalArgumentException("on purpose");
            });
    assertInstanceOf(
        IllegalArgumentException.class,
        assertThrows(ExecutionException.class, made::get).getCause());
  }

  @Test
  void closingTheLoopTellsThePeersAndCompletesEveryFuture() throws Exception {
    CompletableFuture<LoopConnection> accepted = new CompletableFuture<>();
    QuicSocket server =
        listen(
            c -> {
              accepted.complete(c);
              return QuicSocketTest::ignoreEvents;
            });
    QuicSocket socket = QuicSocket.open(clientLoop, LOOPBACK, endpoint());
    CompletableFuture<Void> up = new CompletableFuture<>();
    LoopConnection connection =
        socket
            .connect(
                server.localAddress(),
                client(),
                c ->
                    on -> {
                      if (on.transport().nextEvent() instanceof QuicEvent.HandshakeComplete) {
                        up.complete(null);
                      }
                    })
            .get();
    up.get();
    clientLoop.close();
    assertTrue(clientLoop.awaitEnd(60_000));
    assertEquals(Side.LOCAL, assertInstanceOf(TransportClose.class, ending(connection)).by());
    assertEquals(Side.PEER, assertInstanceOf(TransportClose.class, ending(accepted.get())).by());
    assertThrows(
        ExecutionException.class,
        socket.connect(server.localAddress(), client(), c -> QuicSocketTest::ignoreEvents)::get);
  }

  @Test
  void aSocketThatClosesWhenQuietWaitsForItsConnections() throws Exception {
    QuicSocket server = listen(c -> QuicSocketTest::ignoreEvents);
    QuicSocket socket = QuicSocket.open(clientLoop, LOOPBACK, endpoint());
    LoopConnection connection =
        socket.connect(server.localAddress(), client(), c -> closing(5)).get();
    socket.closeWhenQuiet();
    assertEquals(new ApplicationClose(Side.LOCAL, 5, "done"), ending(connection));
    CompletableFuture<Void> closed = new CompletableFuture<>();
    clientLoop.execute(() -> completeWhenClosed(socket, closed));
    closed.get();
  }

  private void completeWhenClosed(QuicSocket socket, CompletableFuture<Void> closed) {
    if (socket.isClosed()) {
      closed.complete(null);
    } else {
      clientLoop.schedule(() -> completeWhenClosed(socket, closed), 1_000_000);
    }
  }

  @Test
  void namesThatNobodyHasLookedUpAreRefused() throws Exception {
    InetSocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 443);
    assertThrows(
        UnknownHostException.class,
        () -> QuicSocket.openConnected(clientLoop, null, unresolved, endpoint()));
    QuicSocket socket = QuicSocket.open(clientLoop, LOOPBACK, endpoint());
    CompletableFuture<LoopConnection> made =
        socket.connect(unresolved, client(), c -> QuicSocketTest::ignoreEvents);
    assertInstanceOf(
        UnknownHostException.class, assertThrows(ExecutionException.class, made::get).getCause());
  }

  /** It is given up; its connection goes on, and so do the loop and the others. */
  @Test
  void aTracerThatFailsCostsNothingElse() throws Exception {
    Tracer failing =
        (now, event) -> {
          throw new NoClassDefFoundError("on purpose");
        };
    QuicSocket server = QuicSocket.open(serverLoop, LOOPBACK, endpoint());
    server.listen(server().withTracer(() -> failing), c -> QuicSocketTest::ignoreEvents);
    QuicSocket socket = QuicSocket.open(clientLoop, LOOPBACK, endpoint());
    try (Silence silence = Silence.of(GuardedTracers.class)) {
      LoopConnection connection =
          socket
              .connect(server.localAddress(), client().withTracer(() -> failing), c -> closing(7))
              .get();
      assertEquals(new ApplicationClose(Side.LOCAL, 7, "done"), ending(connection));
      assertEquals(2, silence.messages(), "one for each side's");
    }
  }

  /** Nor does one that fails at the very end keep other sockets from theirs. */
  @Test
  void aTracerThatFailsKeepsNoLoopFromItsEnd() throws Exception {
    Tracer failing =
        (now, event) -> {
          if (event instanceof TraceEvent.ConnectionEnded) {
            throw new IllegalStateException("on purpose");
          }
        };
    QuicSocket server = listen(c -> QuicSocketTest::ignoreEvents);
    try (Silence silence = Silence.of(GuardedTracers.class)) {
      for (int i = 0; i < 2; i++) {
        QuicSocket.open(clientLoop, LOOPBACK, endpoint())
            .connect(
                server.localAddress(),
                client().withTracer(() -> failing),
                c -> QuicSocketTest::ignoreEvents)
            .get();
      }
      clientLoop.close();
      assertTrue(clientLoop.awaitEnd(20_000));
      assertEquals(2, silence.messages());
    }
  }

  /** Whoever goes by what failed may try again. */
  @Test
  void whatCannotBeASocketKeepsNoAddress() throws Exception {
    InetSocketAddress free;
    try (DatagramSocket reserved = new DatagramSocket(LOOPBACK)) {
      free = (InetSocketAddress) reserved.getLocalSocketAddress();
    }
    assertThrows(NullPointerException.class, () -> QuicSocket.open(clientLoop, free, null));
    CompletableFuture<Void> turn = new CompletableFuture<>();
    clientLoop.schedule(() -> turn.complete(null), 0);
    turn.get();
    assertEquals(free, QuicSocket.open(clientLoop, free, endpoint()).localAddress());
  }

  @Test
  void whatAnExecutorDoesNotTakeIsSignedByTheLoop() throws Exception {
    signsItself(
        task -> {
          throw new IllegalStateException("on purpose");
        });
  }

  /** As one that can start no thread. */
  @Test
  void alsoWhenItFailsWithAnError() throws Exception {
    signsItself(
        task -> {
          throw new OutOfMemoryError("on purpose");
        });
  }

  private void signsItself(Executor failing) throws Exception {
    QuicSocket server = QuicSocket.open(serverLoop, LOOPBACK, endpoint());
    server.signOn(failing);
    ServerConfig config = server();
    server.listen(
        config.withTls(config.tls().toBuilder().deferSignatures(true).build()),
        c -> QuicSocketTest::ignoreEvents);
    QuicSocket socket = QuicSocket.open(clientLoop, LOOPBACK, endpoint());
    LoopConnection connection =
        socket
            .connect(server.localAddress(), TestPeers.client(random.split()), c -> closing(4))
            .get();
    assertEquals(new ApplicationClose(Side.LOCAL, 4, "done"), ending(connection));
  }
}
