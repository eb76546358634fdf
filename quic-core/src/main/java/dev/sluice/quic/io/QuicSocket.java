package dev.sluice.quic.io;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.ClientConfig;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.connection.ServerConfig;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.endpoint.Endpoint;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.endpoint.Siblings;
import dev.sluice.quic.endpoint.TimerWheel;
import dev.sluice.quic.io.udp.Binding;
import dev.sluice.quic.io.udp.UdpSocket;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/** One UDP socket with the connections that share it, driven by an event loop. */
public final class QuicSocket implements AutoCloseable {
  private static final Logger LOG = System.getLogger(QuicSocket.class.getName());

  /** How long a socket that is being closed waits for the system to take its last datagrams. */
  private static final long LINGER_NANOS = 500_000_000;

  private final EventLoop loop;
  private final SocketSet socket;
  private final Endpoint endpoint;
  private final Departure departure;
  private final Adaptation adaptation;
  private final Map<Connection, LoopConnection> handles = new HashMap<>();
  private final TimerWheel.Entry<QuicSocket> timer = new TimerWheel.Entry<>(this);
  private final StrayQueue strays = new StrayQueue();
  private final Arrival arrival;
  private final Signatures signatures;
  private Acceptor acceptor;
  private boolean wanting;

  private boolean closeWhenQuiet;
  private volatile boolean closing;
  private long closeBy = Long.MAX_VALUE;
  private boolean closed;

  private QuicSocket(EventLoop loop, SocketSet socket, EndpointConfig config) {
    this.loop = loop;
    this.socket = socket;
    this.endpoint = new Endpoint(config, loop.sharedParts());
    this.adaptation = new Adaptation(socket.forbidsFragments());
    this.signatures =
        new Signatures(
            loop,
            connection -> {
              endpoint.touch(connection);
              loop.want(this);
            });
    this.departure = new Departure(loop, endpoint, socket);
    this.arrival = new Arrival(loop, endpoint, socket, strays, this::answer);
  }

  /**
   * Opens a socket for any number of peers.
   *
   * @param bind the local address; port 0 for any
   * @throws IOException the address cannot be bound to, or the loop has ended
   */
  public static QuicSocket open(EventLoop loop, InetSocketAddress bind, EndpointConfig config)
      throws IOException {
    Objects.requireNonNull(config, "config"); // before there is a socket
    return register(loop, loop.poller().open(Binding.alone(bind, null)), null, config);
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
    Objects.requireNonNull(config, "config");
    InetSocketAddress peer = Binding.reachable(remote);
    return register(loop, loop.poller().open(Binding.alone(bind, peer)), peer, config);
  }

  /**
   * @param remote the only peer that the socket talks to, or null
   */
  static QuicSocket register(
      EventLoop loop, UdpSocket first, InetSocketAddress remote, EndpointConfig config)
      throws IOException {
    SocketSet socket = new SocketSet(loop.poller(), first, remote);
    try {
      QuicSocket made = new QuicSocket(loop, socket, config);
      loop.execute(
          () -> {
            socket.onReady(() -> loop.want(made));
            socket.onTooLarge(made::onTooLarge);
          });
      loop.add(made);
      return made;
    } catch (RejectedExecutionException e) {
      socket.close();
      throw new IOException("the event loop has ended", e);
    }
  }

  /** The address that the socket is bound to. Any thread. */
  public InetSocketAddress localAddress() {
    return socket.localAddress();
  }

  /** Receives at a further address, which must not have port 0. Any thread. */
  void listenAlsoAt(InetSocketAddress address, Binding.Sharing sharing) throws IOException {
    socket.add(new Binding(address, null, sharing), true);
    onLoop(
        () -> {
          socket.listen();
          loop.want(this);
        });
  }

  /** For people: how datagrams are moved, and which of the system's features help. Any thread. */
  public String ioDescription() {
    return socket.description();
  }

  /** Whether it opens no more connections: it is being closed, or has failed. Any thread. */
  public boolean isClosing() {
    return closing;
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
          makeRoom(config.transport());
          endpoint.listen(closing ? null : adaptation.of(config));
          endpoint.announce(localAddress(), loop.now());
        });
  }

  /**
   * Where signatures are made whose configuration defers them ({@code
   * TlsServerConfig.deferSignatures}); default: on the loop's thread. Any thread.
   *
   * @param executor runs each as a task; what it rejects is signed by the loop
   */
  public void signOn(Executor executor) {
    loop.execute(() -> signatures.on(executor));
  }

  /** Has all peers use new connection IDs in place of those that they know. Any thread. */
  public void renewConnectionIds() {
    onLoop(endpoint::renewConnectionIds);
  }

  /** Accepts no more connections; those that live go on. Any thread. */
  public void stopListening() {
    onLoop(() -> endpoint.listen(null));
  }

  /**
   * Opens a connection. Any thread; the listener is asked for on the loop's thread, before the
   * first event.
   *
   * @return completes as soon as the connection object exists, long before its handshake is
   *     complete; exceptionally when the socket or the loop is closed
   */
  public CompletableFuture<LoopConnection> connect(
      InetSocketAddress remote,
      ClientConfig config,
      Function<LoopConnection, ConnectionListener> listener) {
    CompletableFuture<LoopConnection> made = new CompletableFuture<>();
    try {
      loop.execute(() -> connect(remote, config, listener, made));
    } catch (RejectedExecutionException e) {
      made.completeExceptionally(new IOException("the event loop has ended", e));
    }
    return made;
  }

  private void makeRoom(TransportConfig config) {
    loop.makeRoom(Math.max(config.maxDatagramSize(), config.maxReceivedDatagramSize()));
  }

  private void connect(
      InetSocketAddress remote,
      ClientConfig config,
      Function<LoopConnection, ConnectionListener> listener,
      CompletableFuture<LoopConnection> made) {
    if (closing) {
      made.completeExceptionally(new IOException("the socket is closed"));
      return;
    }
    LoopConnection handle = null;
    makeRoom(config.transport());
    loop.want(this);
    try {
      InetSocketAddress peer = Binding.reachable(remote);
      handle =
          new LoopConnection(
              this, endpoint.connect(localOrNull(), peer, adaptation.of(config), loop.now()));
      handles.put(handle.connection(), handle);
      handle.listener(listener.apply(handle));
      made.complete(handle);
    } catch (Throwable e) {
      if (handle != null) {
        handle.closeTransport(TransportError.INTERNAL_ERROR, "");
      }
      made.completeExceptionally(e);
    }
  }

  /**
   * Closes all connections with NO_ERROR, and the socket as soon as the system has taken what tells
   * their peers so. Any thread.
   */
  @Override
  public void close() {
    onLoop(this::beginClose);
  }

  /**
   * Accepts no more connections, and closes the socket once the last one is gone and has answered
   * for its closing period what its peer still sent (RFC 9000 §10.2). Any thread.
   */
  public void closeWhenQuiet() {
    onLoop(
        () -> {
          closeWhenQuiet = true;
          endpoint.listen(null);
          loop.want(this);
        });
  }

  /** For what makes no difference once the loop has ended. */
  private void onLoop(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      // Closed along with the loop.
    }
  }

  // ---- the loop's side ----

  void beginClose() {
    if (closing) {
      return;
    }
    closing = true;
    closeBy = loop.now() + LINGER_NANOS;
    loop.want(this);
    endpoint.listen(null);
    for (Connection connection : endpoint.connections()) {
      connection.closeTransport(TransportError.NO_ERROR, "the socket is closed");
      endpoint.touch(connection);
    }
  }

  /** Notes that it wants a turn; true when it had not wanted one before. */
  boolean want() {
    boolean first = !wanting && !closed;
    wanting = true;
    return first;
  }

  /** Its place among those who wait for a time. */
  TimerWheel.Entry<QuicSocket> timer() {
    return timer;
  }

  /** The first half of a turn: in, and events. */
  void takeIn(long now) {
    try {
      arrival.receive(now);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the socket at " + localAddress() + " fails", e);
      fail("the socket failed: " + e.getMessage());
      return;
    } catch (RuntimeException | Error e) {
      onFault(e, now); // what comes turn by turn keeps no connection from its deadlines
    }
    try {
      if (!arrival.isBehind(now)) {
        endpoint.onDeadline(now);
      }
      deliver();
    } catch (RuntimeException | Error e) {
      onFault(e, now);
    }
  }

  /** In the middle of the first half: what one handshake led to does not wait for the next. */
  private void answer() {
    deliver();
    departure.send(loop.now());
  }

  /**
   * The second half: what has happened to connections since, and out.
   *
   * @return whether there is more to do at once
   */
  boolean giveOut(long now) {
    wanting = false;
    if (closed) {
      return false;
    }
    boolean more = false;
    try {
      deliver();
      more = departure.send(now) | endpoint.isTouched();
      more |= arrival.onRefusal(now);
      retireSockets();
    } catch (RuntimeException | Error e) {
      onFault(e, now);
      more = true;
    }
    boolean quiet = closeWhenQuiet && endpoint.isQuiet();
    boolean done = (closing || quiet) && !more && !departure.isBlocked();
    if (done || now >= closeBy) {
      shut();
    }
    return !closed && (more || socket.isReadable() || !strays.isEmpty());
  }

  private void onFault(Throwable fault, long now) {
    boolean inConnection = endpoint.giveUpFaulty(now);
    LOG.log(
        Level.ERROR,
        inConnection
            ? "a connection failed and is given up; the others go on"
            : "a datagram or a deadline could not be attended to; the connections go on",
        fault);
  }

  /** The socket is gone, and with it the connections, whose peers are not told. */
  void fail(String reason) {
    letGo(); // before anybody hears of it, who may want another at once
    for (Connection connection : List.copyOf(endpoint.connections())) {
      connection.onSocketFailure(reason, loop.now());
      endpoint.touch(connection);
    }
    deliver();
    shut();
  }

  private void shut() {
    letGo();
    for (LoopConnection handle : List.copyOf(handles.values())) {
      handle.connection().onSocketFailure("the socket is closed", loop.now());
      deliver(handle);
    }
    endpoint.end(loop.now());
  }

  private void letGo() {
    if (!closed) {
      closing = true;
      closed = true;
      departure.abandon();
      socket.close();
    }
  }

  boolean isClosed() {
    return closed;
  }

  /** What cannot be sent for lack of room waits for the poller; others wait for it a while. */
  long nextDeadline() {
    return Math.min(Math.min(closeBy, departure.deadline()), endpoint.nextDeadline());
  }

  void wake(LoopConnection connection) {
    endpoint.touch(connection.connection());
    loop.want(this);
  }

  /** Says who takes datagrams for other loops. */
  void onStray(Siblings.Strays taker) {
    endpoint.onStray(taker);
  }

  /** A datagram that came to another loop. Any thread. */
  void stray(SharedPort.Stray stray) {
    if (strays.add(stray)) {
      onLoop(() -> loop.want(this));
    }
  }

  /** How many datagrams other loops have handed over. Any thread. */
  long straysTaken() {
    return strays.taken();
  }

  /**
   * Moves a connection to another local address (RFC 9000 §9.2). The outcome is an event.
   *
   * @return the address that tells the new path from others
   */
  InetSocketAddress migrate(LoopConnection connection, InetSocketAddress bind) throws IOException {
    if (closed) {
      throw new IOException("the socket is closed");
    }
    Connection moving = connection.connection();
    InetSocketAddress local =
        socket.addFor(bind, moving.stats().remote(), at -> moving.hasPath(at, null));
    moving.migrate(local, loop.now());
    wake(connection);
    return local;
  }

  private void onTooLarge(DatagramBatch batch, int index) {
    if (departure.onTooLarge(batch, index)) {
      loop.want(this);
    }
  }

  private void retireSockets() {
    if (socket.isSeveral()) {
      socket.retire(endpoint::hasPath);
    }
  }

  private void deliver() {
    for (Connection c = endpoint.accept(); c != null; c = endpoint.accept()) {
      accept(new LoopConnection(this, c));
    }
    for (Connection c = endpoint.nextTouched(); c != null; c = endpoint.nextTouched()) {
      signatures.attendTo(c);
      LoopConnection handle = handles.get(c);
      if (handle != null) { // else it has ended and said so; what remains is between the endpoints
        deliver(handle);
      }
    }
  }

  private void accept(LoopConnection handle) {
    handles.put(handle.connection(), handle);
    try {
      handle.listener(acceptor.accept(handle));
    } catch (Throwable e) {
      onListenerFailed(handle, e);
    }
  }

  private void deliver(LoopConnection handle) {
    try {
      handle.deliver();
    } catch (Throwable e) {
      onListenerFailed(handle, e);
    }
    if (handle.connection().ending() != null) {
      handles.remove(handle.connection());
    }
  }

  private static void onListenerFailed(LoopConnection handle, Throwable e) {
    LOG.log(Level.ERROR, "a connection's listener failed; the connection is closed", e);
    handle.listener(failed -> {});
    handle.closeTransport(TransportError.INTERNAL_ERROR, "");
    handle.deliver();
  }

  private InetSocketAddress localOrNull() {
    InetSocketAddress local = socket.localAddress();
    return local.getAddress().isAnyLocalAddress() ? null : local;
  }
}
