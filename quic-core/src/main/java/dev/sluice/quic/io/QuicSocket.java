package dev.sluice.quic.io;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.ClientConfig;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.connection.ServerConfig;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.endpoint.Endpoint;
import dev.sluice.quic.endpoint.EndpointConfig;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** One UDP socket with the connections that share it, driven by an event loop. */
public final class QuicSocket implements AutoCloseable {
  private static final Logger LOG = System.getLogger(QuicSocket.class.getName());

  /** Datagrams taken in before they are answered, and sent in one go. */
  private static final int BATCH = 64;

  /** Larger than any datagram that peers are told they may send. */
  private static final int SLOT = 2048;

  private final EventLoop loop;
  private final UdpSocket socket;
  private final Endpoint endpoint;
  private final DatagramBatch in = new DatagramBatch(BATCH, SLOT);
  private final DatagramBatch out = new DatagramBatch(BATCH, SLOT);
  private final Map<Connection, LoopConnection> handles = new HashMap<>();
  private Acceptor acceptor;
  private int unsent;
  private boolean closed;

  private QuicSocket(EventLoop loop, UdpSocket socket, EndpointConfig config) {
    this.loop = loop;
    this.socket = socket;
    this.endpoint = new Endpoint(config);
  }

  /**
   * Opens a socket for any number of peers.
   *
   * @param bind the local address; port 0 for any
   */
  public static QuicSocket open(EventLoop loop, InetSocketAddress bind, EndpointConfig config)
      throws IOException {
    return register(loop, loop.poller().open(bind, null), config);
  }

  /**
   * Opens a socket for one server. The system then tells when nobody listens there, and the
   * connection ends with {@code Unreachable} at once instead of after a timeout.
   *
   * @param bind the local address, or null for any
   */
  public static QuicSocket openConnected(
      EventLoop loop, InetSocketAddress bind, InetSocketAddress remote, EndpointConfig config)
      throws IOException {
    return register(loop, loop.poller().open(bind, remote), config);
  }

  private static QuicSocket register(EventLoop loop, UdpSocket socket, EndpointConfig config) {
    QuicSocket made = new QuicSocket(loop, socket, config);
    loop.add(made);
    return made;
  }

  /** The address that the socket is bound to. Any thread. */
  public InetSocketAddress localAddress() {
    return socket.localAddress();
  }

  /** The loop that drives it. Any thread. */
  public EventLoop loop() {
    return loop;
  }

  /** Accepts connections from now on. Any thread. */
  public void listen(ServerConfig config, Acceptor accept) {
    loop.execute(
        () -> {
          acceptor = accept;
          endpoint.listen(config);
        });
  }

  /** Accepts no more connections; those that live go on. Any thread. */
  public void stopListening() {
    loop.execute(() -> endpoint.listen(null));
  }

  /**
   * Opens a connection. Any thread; the listener is asked for on the loop's thread, before the
   * first event.
   *
   * @return completes as soon as the connection object exists, long before its handshake is
   *     complete
   */
  public CompletableFuture<LoopConnection> connect(
      InetSocketAddress remote,
      ClientConfig config,
      Function<LoopConnection, ConnectionListener> listener) {
    CompletableFuture<LoopConnection> made = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            Connection connection = endpoint.connect(localOrNull(), remote, config, loop.now());
            LoopConnection handle = new LoopConnection(this, connection);
            handles.put(connection, handle);
            handle.listener(listener.apply(handle));
            made.complete(handle);
          } catch (RuntimeException e) {
            made.completeExceptionally(e);
          }
        });
    return made;
  }

  /** Closes the socket at the end of the loop's turn, after what waits to be sent. Any thread. */
  @Override
  public void close() {
    loop.execute(
        () -> {
          if (!closed) {
            closed = true;
            for (Connection connection : List.copyOf(endpoint.connections())) {
              connection.closeTransport(TransportError.NO_ERROR, "the socket is closed");
              endpoint.touch(connection);
            }
          }
        });
  }

  // ---- the loop's side ----

  /**
   * One turn: in, events, out.
   *
   * @return whether there may be more to do at once
   */
  boolean turn(long now) {
    boolean more = false;
    try {
      in.clear();
      more = socket.receive(in);
      endpoint.receive(in, now);
      endpoint.onDeadline(now);
      deliver();
      flush(now);
    } catch (UdpSocket.UnreachableException refused) {
      endpoint.receive(in, now);
      for (Connection connection : List.copyOf(endpoint.connections())) {
        connection.onUnreachable(refused.getMessage(), now);
        endpoint.touch(connection);
      }
      deliver();
      dropUnsent();
    } catch (IOException e) {
      LOG.log(Level.WARNING, () -> "the socket at " + localAddress() + " failed", e);
    }
    if (closed) {
      socket.close();
    }
    return more;
  }

  boolean isClosed() {
    return closed;
  }

  long nextDeadline() {
    return endpoint.nextDeadline();
  }

  void wake(LoopConnection connection) {
    endpoint.touch(connection.connection());
  }

  private void deliver() {
    for (Connection c = endpoint.accept(); c != null; c = endpoint.accept()) {
      LoopConnection handle = new LoopConnection(this, c);
      handles.put(c, handle);
      handle.listener(acceptor.accept(handle));
    }
    for (Connection c = endpoint.nextTouched(); c != null; c = endpoint.nextTouched()) {
      deliver(handles.get(c));
    }
  }

  private void deliver(LoopConnection handle) {
    try {
      handle.deliver();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a connection's listener failed; the connection is closed", e);
      handle.connection().closeTransport(TransportError.INTERNAL_ERROR, "");
    }
    if (handle.connection().ending() != null) {
      handles.remove(handle.connection(), handle);
    }
  }

  private void flush(long now) throws IOException {
    if (!sendOut()) {
      return;
    }
    boolean more;
    do {
      more = endpoint.send(now, out);
      if (!sendOut()) {
        return;
      }
    } while (more);
  }

  /** Sends the batch; false when the system's buffer is full and the rest has to wait. */
  private boolean sendOut() throws IOException {
    if (out.count() == 0) {
      return true;
    }
    boolean waited = unsent > 0;
    unsent = socket.send(out, unsent);
    if (unsent < out.count()) {
      socket.awaitWritable(true);
      return false;
    }
    if (waited) {
      socket.awaitWritable(false);
    }
    unsent = 0;
    out.clear();
    return true;
  }

  private void dropUnsent() {
    out.clear();
    unsent = 0;
  }

  private InetSocketAddress localOrNull() {
    InetSocketAddress local = socket.localAddress();
    return local.getAddress().isAnyLocalAddress() ? null : local;
  }
}
