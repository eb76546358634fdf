package dev.sluice.http3.server;

import dev.sluice.http3.connection.Http3Config;
import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.quic.connection.ServerConfig;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.io.ConnectionListener;
import dev.sluice.quic.io.EventLoop;
import dev.sluice.quic.io.IoMode;
import dev.sluice.quic.io.LoopConnection;
import dev.sluice.quic.io.QuicSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * A running HTTP/3 server: one thread for the network, and a virtual thread for each request.
 * {@link #builder()} makes one.
 */
public final class Http3Server implements AutoCloseable {

  /** Between the two GOAWAYs when there is no measured round trip yet. */
  private static final Duration USUAL_ROUND_TRIP = Duration.ofMillis(100);

  private final Http3Config config;
  private final Http3Handler handler;
  private final EarlyRequests early;
  private final ServerSessions sessions;
  private final SecureRandom random;
  private final EventLoop loop;
  private final List<QuicSocket> sockets = new ArrayList<>();

  // Loop only.
  private final Set<ServerConnection> connections = new HashSet<>();
  private final List<CountDownLatch> waitingForQuiet = new ArrayList<>();
  private long accepted;
  private boolean stopping;

  Http3Server(
      Http3Config config,
      Http3Handler handler,
      EarlyRequests early,
      ServerSessions sessions,
      SecureRandom random,
      boolean daemon) {
    this.config = config;
    this.handler = handler;
    this.early = early;
    this.sessions = sessions;
    this.random = random;
    this.loop = EventLoop.start("sluice-http3-server", daemon, IoMode.preferred());
  }

  /** A builder without identity and handler, which have no defaults. */
  public static Http3ServerBuilder builder() {
    return new Http3ServerBuilder();
  }

  void open(List<InetSocketAddress> addresses, ServerConfig quic, EndpointConfig endpoint)
      throws IOException {
    try {
      for (InetSocketAddress address : addresses) {
        sockets.add(QuicSocket.open(loop, address, endpoint));
      }
    } catch (IOException | RuntimeException e) {
      loop.close();
      throw e;
    }
    for (QuicSocket socket : sockets) {
      socket.listen(quic, this::accept);
    }
  }

  private ConnectionListener accept(LoopConnection on) {
    Http3Connection http = new Http3Connection(on.transport(), config, random);
    ServerConnection connection =
        new ServerConnection(
            http,
            loop,
            on::wake,
            Long.toString(++accepted),
            handler,
            early,
            sessions,
            this::onEnded);
    connections.add(connection);
    if (stopping) {
      connection.stopAccepting();
    }
    return event -> connection.onEvents();
  }

  private void onEnded(ServerConnection connection) {
    connections.remove(connection);
    checkQuiet();
  }

  private void checkQuiet() {
    if (stopping && connections.isEmpty()) {
      waitingForQuiet.forEach(CountDownLatch::countDown);
      waitingForQuiet.clear();
    }
  }

  /** The addresses that it listens on, in the order of the builder, with their real ports. */
  public List<InetSocketAddress> localAddresses() {
    return sockets.stream().map(QuicSocket::localAddress).toList();
  }

  /** The first of {@link #localAddresses()}. */
  public InetSocketAddress localAddress() {
    return sockets.getFirst().localAddress();
  }

  /**
   * Stops in an orderly way (RFC 9114 §5.2), on all connections at once: takes no new connections,
   * asks clients to send no more requests, a round trip later rejects those that come all the same,
   * lets the ones under way finish, and closes with H3_NO_ERROR. WebTransport sessions are asked to
   * wind down on both sides, and count as requests. Blocks until this is done.
   *
   * @param grace how long requests under way may take; then they are cut off
   * @return whether everything was finished within the grace
   */
  public boolean stop(Duration grace) throws InterruptedException {
    CountDownLatch quiet = new CountDownLatch(1);
    onLoop(() -> beginStop(quiet));
    boolean finished =
        quiet.await(TimeUnit.NANOSECONDS.convert(grace), TimeUnit.NANOSECONDS)
            || loop.awaitEnd(1); // closed before
    close();
    awaitTermination();
    return finished;
  }

  private void beginStop(CountDownLatch quiet) {
    waitingForQuiet.add(quiet);
    if (!stopping) {
      stopping = true;
      sockets.forEach(QuicSocket::stopListening);
      Duration wait = USUAL_ROUND_TRIP;
      for (ServerConnection connection : List.copyOf(connections)) {
        connection.announceStop();
        wait = connection.roundTrip().compareTo(wait) > 0 ? connection.roundTrip() : wait;
      }
      loop.schedule(
          () -> List.copyOf(connections).forEach(ServerConnection::stopAccepting), wait.toNanos());
    }
    checkQuiet();
  }

  /**
   * Asks the clients of all WebTransport sessions to wind them down, by a capsule in each, and goes
   * on serving: requests, new sessions, and those that are asked. Before {@link #stop} it spares
   * clients what GOAWAY does to some of them: Chromium up to 156 and perhaps later opens no
   * bidirectional stream after it, and its network process dies when a page tries.
   */
  public void drainSessions() {
    onLoop(() -> List.copyOf(connections).forEach(ServerConnection::drainSessions));
  }

  /** Waits until it was stopped or closed, and its sockets are. */
  public void awaitTermination() throws InterruptedException {
    while (!loop.awaitEnd(Long.MAX_VALUE)) {
      // It was not that long.
    }
  }

  /** Closes every connection with H3_NO_ERROR at once, cutting off what is under way. */
  @Override
  public void close() {
    onLoop(
        () -> {
          stopping = true;
          List.copyOf(connections).forEach(ServerConnection::close);
          loop.close();
        });
  }

  /** For what makes no difference once the loop has ended. */
  private void onLoop(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      // Closed before.
    }
  }
}
