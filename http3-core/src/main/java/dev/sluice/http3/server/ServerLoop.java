package dev.sluice.http3.server;

import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.quic.connection.ServerConfig;
import dev.sluice.quic.io.ConnectionListener;
import dev.sluice.quic.io.EventLoop;
import dev.sluice.quic.io.LoopConnection;
import dev.sluice.quic.io.LoopResources;
import dev.sluice.quic.io.QuicSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;

/**
 * One of a server's threads for the network, with its sockets and connections. Any thread may call
 * the methods; what they do is done on the loop.
 */
final class ServerLoop {

  /** Between the two GOAWAYs when there is no measured round trip yet. */
  private static final Duration USUAL_ROUND_TRIP = Duration.ofMillis(100);

  private final EventLoop loop;
  private final ServerServices services;
  private final LoopResources resources;
  private final ResponseDate date;
  private final List<QuicSocket> sockets = new ArrayList<>();

  // Loop only.
  private final Set<ServerConnection> connections = new HashSet<>();
  private final List<CountDownLatch> waitingForQuiet = new ArrayList<>();
  private boolean stopping;

  ServerLoop(EventLoop loop, ServerServices services) {
    this.loop = loop;
    this.services = services;
    this.resources = LoopResources.of(loop, services.contentRetention());
    this.date = new ResponseDate(services.clock());
  }

  /** A socket of this loop; before {@link #listen}. */
  void add(QuicSocket socket) {
    sockets.add(socket);
  }

  void listen(ServerConfig quic) {
    sockets.forEach(socket -> socket.listen(quic, this::accept));
  }

  private ConnectionListener accept(LoopConnection on) {
    Http3Connection http =
        new Http3Connection(on.transport(), services.config(), services.random());
    http.dateResponses(date);
    ServerConnection connection =
        new ServerConnection(
            http,
            resources,
            on::wake,
            Long.toString(services.accepted().incrementAndGet()),
            services,
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

  /**
   * Takes no more connections and winds down those that live.
   *
   * @param quiet counted down when the last one is gone, at once where the loop has ended
   */
  void stop(CountDownLatch quiet) {
    try {
      loop.execute(() -> beginStop(quiet));
    } catch (RejectedExecutionException e) {
      quiet.countDown();
    }
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

  /** Asks the clients of sessions to wind them down. */
  void drainSessions() {
    onLoop(() -> List.copyOf(connections).forEach(ServerConnection::drainSessions));
  }

  void renewConnectionIds() {
    onLoop(() -> sockets.forEach(QuicSocket::renewConnectionIds));
  }

  /** Closes every connection at once, then the sockets, then the thread. */
  void close() {
    onLoop(
        () -> {
          stopping = true;
          List.copyOf(connections).forEach(ServerConnection::close);
          loop.close();
        });
  }

  /** Waits until the thread has ended, for some milliseconds at the most. */
  boolean awaitEnd(long millis) throws InterruptedException {
    return loop.awaitEnd(millis);
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
