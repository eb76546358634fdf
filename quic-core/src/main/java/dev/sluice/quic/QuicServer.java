package dev.sluice.quic;

import dev.sluice.quic.connection.ServerConfig;
import dev.sluice.quic.datagram.DatagramConfig;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.io.ConnectionListener;
import dev.sluice.quic.io.EventLoop;
import dev.sluice.quic.io.HandOver;
import dev.sluice.quic.io.LoopConnection;
import dev.sluice.quic.io.QuicSocket;
import dev.sluice.quic.io.SharedPort;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Accepts QUIC connections. {@link #builder()} makes one; any thread may use it. Connections go to
 * the handler of the builder, or else to whoever calls {@link #accept()}; either way only once
 * their handshakes are complete.
 */
public final class QuicServer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(QuicServer.class.getName());

  /**
   * Connections that wait for accept(); more are refused. As with TCP: whoever is so far behind
   * will not catch up, and what they have sent is kept in memory meanwhile.
   */
  private static final int BACKLOG = 128;

  /** How long {@link #close} waits for the loop's thread to send what tells the clients. */
  private static final long CLOSE_MILLIS = 5_000;

  private final ConnectionHandler handler;
  private final List<EventLoop> loops;
  private final boolean ownLoops;
  private final List<InetSocketAddress> listening = new ArrayList<>();
  private final List<QuicSocket> sockets = new ArrayList<>();
  private final HandOver<QuicConnection> accepted = new HandOver<>(connection -> {});

  QuicServer(ConnectionHandler handler, List<EventLoop> loops, boolean ownLoops) {
    this.handler = handler;
    this.loops = loops;
    this.ownLoops = ownLoops;
  }

  /** A builder without identity and application protocols, which have no defaults. */
  public static QuicServerBuilder builder() {
    return new QuicServerBuilder();
  }

  /**
   * @param signer makes signatures; null where the loops do
   */
  void open(
      List<InetSocketAddress> addresses,
      ServerConfig config,
      EndpointConfig endpoint,
      Executor signer)
      throws IOException {
    try {
      for (InetSocketAddress address : addresses) {
        List<QuicSocket> opened = SharedPort.open(loops, address, endpoint);
        sockets.addAll(opened);
        SharedPort.listenAlsoAt(opened, config.transport().migration().listening());
        listening.add(opened.getFirst().localAddress());
      }
      if (signer != null) {
        sockets.forEach(socket -> socket.signOn(signer));
      }
      DatagramConfig datagrams = config.transport().datagrams();
      sockets.forEach(socket -> socket.listen(config, made -> admit(made, datagrams)));
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The addresses that it listens on, in the order of the builder, with their real ports. */
  public List<InetSocketAddress> localAddresses() {
    return List.copyOf(listening);
  }

  /** The first of {@link #localAddresses()}. */
  public InetSocketAddress localAddress() {
    return listening.getFirst();
  }

  /** For people: how datagrams are moved, and by how many loops. */
  public String ioDescription() {
    String how = sockets.getFirst().ioDescription();
    return loops.size() == 1 ? how : how + "; " + loops.size() + " loops";
  }

  /**
   * The next connection; waits for one. It may have ended meanwhile: what its client had sent can
   * still be read.
   *
   * @throws IOException the server is closed
   * @throws java.io.InterruptedIOException the thread was interrupted
   * @throws IllegalStateException the connections go to a handler
   */
  public QuicConnection accept() throws IOException {
    return Blocking.await(acceptAsync());
  }

  /** As {@link #accept()}. Completes on the loop's thread: what depends on it must not block. */
  public CompletableFuture<QuicConnection> acceptAsync() {
    if (handler != null) {
      throw new IllegalStateException("the connections go to a handler");
    }
    return accepted.take();
  }

  /**
   * Has all clients use new connection IDs in place of those that they know: after the load
   * balancer's configuration has changed ({@code QuicLbConnectionIds}).
   */
  public void renewConnectionIds() {
    sockets.forEach(QuicSocket::renewConnectionIds);
  }

  /** Takes no more connections; those that live go on. */
  public void stopAccepting() {
    sockets.forEach(QuicSocket::stopListening);
  }

  /** Closes all connections with NO_ERROR and, if the event loops are its own, ends them. */
  @Override
  public void close() {
    sockets.forEach(QuicSocket::close);
    accepted.end(() -> new IOException("the server is closed"));
    if (ownLoops) {
      loops.forEach(EventLoop::close);
      if (loops.stream().noneMatch(EventLoop::inLoop)) {
        awaitLoops();
      }
    }
  }

  private void awaitLoops() {
    try {
      for (EventLoop loop : loops) {
        loop.awaitEnd(CLOSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // they end all the same
    }
  }

  // ---- the loop's side ----

  private ConnectionListener admit(LoopConnection connection, DatagramConfig datagrams) {
    ConnectionDriver driver =
        new ConnectionDriver(connection, ConnectionDriver.Keepsakes.NONE, datagrams);
    driver.ready().thenAccept(ready -> onReady(driver, ready));
    return driver;
  }

  private void onReady(ConnectionDriver driver, QuicConnection connection) {
    if (handler != null) {
      Thread.ofVirtual()
          .name("quic-" + connection.remoteAddress())
          .start(() -> handle(driver, connection));
    } else if (accepted.size() < BACKLOG) {
      accepted.put(connection);
    } else {
      driver
          .connection()
          .closeTransport(TransportError.CONNECTION_REFUSED, "nobody accepts connections");
    }
  }

  private void handle(ConnectionDriver driver, QuicConnection connection) {
    try {
      handler.handle(connection);
    } catch (ConnectionEndedException e) {
      LOG.log(Level.DEBUG, "{0}: {1}", connection, e.getMessage());
    } catch (Throwable e) {
      LOG.log(Level.WARNING, "the handler of " + connection + " failed", e);
      driver.onLoop(() -> driver.connection().closeTransport(TransportError.INTERNAL_ERROR, ""));
    }
  }
}
