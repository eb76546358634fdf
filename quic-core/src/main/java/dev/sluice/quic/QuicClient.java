package dev.sluice.quic;

import dev.sluice.quic.connection.ClientConfig;
import dev.sluice.quic.connection.EarlyDataState;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.io.EventLoop;
import dev.sluice.quic.io.QuicSocket;
import dev.sluice.tls.SessionTicket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Opens QUIC connections to one server. {@link #builder()} makes one; any thread may use it.
 *
 * <p>Every connection has a UDP socket of its own, so that the system can say when nobody listens
 * at the other end; unless the builder says that they share one.
 */
public final class QuicClient implements AutoCloseable {

  /** How long {@link #close} waits for the loop's thread to send what tells the servers. */
  private static final long CLOSE_MILLIS = 5_000;

  private final QuicClientBuilder settings;
  private final EventLoop loop;
  private final boolean ownLoop;
  private final SecureRandom random;
  private final Set<QuicSocket> sockets = ConcurrentHashMap.newKeySet();

  /** Good for one connection, lest others could see that two are from the same client. */
  private final AtomicReference<SessionTicket> session;

  /** The same (RFC 9000 §8.1.3). */
  private final AtomicReference<byte[]> token;

  private final ReentrantLock opening = new ReentrantLock();
  private volatile boolean closed;

  QuicClient(QuicClientBuilder settings, SecureRandom random) {
    this.settings = settings;
    this.random = random;
    this.session = new AtomicReference<>(settings.session);
    this.token = new AtomicReference<>(settings.token);
    this.ownLoop = settings.loop == null;
    this.loop =
        ownLoop ? EventLoop.start("sluice-quic-client", true, settings.io()) : settings.loop;
  }

  /** A builder without a server and application protocols, which have no defaults. */
  public static QuicClientBuilder builder() {
    return new QuicClientBuilder();
  }

  /**
   * Opens a connection and waits until its handshake is complete. Where the server's name has
   * several addresses, they are tried one after another.
   *
   * @throws ConnectionEndedException the handshake failed; its cause is the CertificateException if
   *     the server's certificate was refused
   * @throws IOException the name has no address, or the client is closed
   */
  public QuicConnection connect() throws IOException {
    return Blocking.await(connectAsync());
  }

  /** As {@link #connect()}; cancelling the future closes the connection. */
  public CompletableFuture<QuicConnection> connectAsync() {
    return connect(false);
  }

  /**
   * As {@link #connect()}, but gives the connection at once when the session allows 0-RTT: what is
   * written to its streams from here on leaves with the first datagrams, and is as secret as
   * anything else, but can be recorded and sent to the server again by anybody (RFC 9001 §9.2). So
   * only what may be done twice belongs there, until {@link QuicConnection#handshake()} is
   * complete.
   *
   * <p>Only the protocol of the session is offered then. Where the server's name has several
   * addresses, the connection is one to the first of them, reachable or not.
   */
  public QuicConnection connectEarly() throws IOException {
    return Blocking.await(connectEarlyAsync());
  }

  /** As {@link #connectEarly()}; cancelling the future closes the connection. */
  public CompletableFuture<QuicConnection> connectEarlyAsync() {
    return connect(true);
  }

  private CompletableFuture<QuicConnection> connect(boolean early) {
    CompletableFuture<QuicConnection> result = new CompletableFuture<>();
    if (settings.address != null) {
      new Attempts(result, new ArrayDeque<>(List.of(settings.address)), early).next(null);
    } else {
      Thread.ofVirtual().name("sluice-resolve").start(() -> resolve(result, early));
    }
    return result;
  }

  private void resolve(CompletableFuture<QuicConnection> result, boolean early) {
    Deque<InetSocketAddress> addresses = new ArrayDeque<>();
    try {
      Arrays.stream(InetAddress.getAllByName(settings.host))
          .map(address -> new InetSocketAddress(address, settings.port))
          .forEach(addresses::add);
    } catch (IOException | RuntimeException | Error e) { // of a resolver of the program's, too
      result.completeExceptionally(e);
      return;
    }
    new Attempts(result, addresses, early).next(null);
  }

  /** Closes all connections with NO_ERROR and, if the event loop is its own, ends the loop. */
  @Override
  public void close() {
    closed = true;
    sockets.forEach(QuicSocket::close);
    if (ownLoop) {
      loop.close();
      if (!loop.inLoop()) {
        awaitLoop();
      }
    }
  }

  private void awaitLoop() {
    try {
      loop.awaitEnd(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it ends all the same
    }
  }

  /** One connect, over the addresses that are left. */
  private final class Attempts {
    private final CompletableFuture<QuicConnection> result;
    private final Deque<InetSocketAddress> addresses;
    private final boolean early;

    Attempts(
        CompletableFuture<QuicConnection> result,
        Deque<InetSocketAddress> addresses,
        boolean early) {
      this.result = result;
      this.addresses = addresses;
      this.early = early;
    }

    /** Tries the next address, or fails with what the last one failed with. */
    void next(Throwable failure) {
      InetSocketAddress address = addresses.poll();
      if (address == null) {
        result.completeExceptionally(failure);
        return;
      }
      try {
        dial(address);
      } catch (IOException | RuntimeException | Error e) {
        next(e);
      }
    }

    private void dial(InetSocketAddress address) throws IOException {
      if (closed) {
        throw new IOException("the client is closed");
      }
      QuicSocket socket = socketTo(address);
      try {
        dial(address, socket);
      } catch (RuntimeException | Error e) {
        release(socket);
        throw e;
      }
    }

    private void dial(InetSocketAddress address, QuicSocket socket) {
      AtomicReference<CertificateException> refusal = new AtomicReference<>();
      ClientConfig config =
          settings
              .config(random, refusal, session.getAndSet(null), early)
              .withToken(token.getAndSet(null));
      socket
          .connect(
              address,
              config,
              connection -> {
                ConnectionDriver driver =
                    new ConnectionDriver(
                        connection, settings.keepsakes(), config.transport().datagrams());
                driver.ready().whenComplete((made, e) -> onReady(made, e, refusal.get()));
                driver.ended().thenRun(() -> release(socket));
                result.whenComplete((made, e) -> abandonIfCancelled(driver));
                if (connection.transport().earlyData() == EarlyDataState.OFFERED) {
                  driver.startEarly();
                }
                return driver;
              })
          .exceptionally(
              e -> {
                release(socket);
                next(e);
                return null;
              });
    }

    private void onReady(QuicConnection made, Throwable e, CertificateException refusal) {
      if (made != null) {
        if (!result.complete(made)) {
          made.close();
        }
        return;
      }
      if (refusal != null) {
        e.initCause(refusal);
      }
      if (isAddressToBlame(e) && !result.isDone()) {
        next(e);
      } else {
        result.completeExceptionally(e);
      }
    }

    private void abandonIfCancelled(ConnectionDriver driver) {
      if (result.isCancelled()) {
        driver.onLoop(() -> driver.close(0, ""));
      }
    }
  }

  /** Another address may do better; another try at the same server's certificate would not. */
  private static boolean isAddressToBlame(Throwable e) {
    return e instanceof ConnectionEndedException ended
        && (ended.ending() instanceof ConnectionEnding.Unreachable
            || ended.ending() instanceof ConnectionEnding.HandshakeTimeout);
  }

  private QuicSocket socketTo(InetSocketAddress address) throws IOException {
    opening.lock();
    try {
      sockets.removeIf(QuicSocket::isClosing); // such as have failed
      if (settings.sharedSocket && !sockets.isEmpty()) {
        return sockets.iterator().next();
      }
      EndpointConfig endpoint = settings.endpoint.apply(EndpointConfig.of(random));
      InetSocketAddress any = settings.bind != null ? settings.bind : new InetSocketAddress(0);
      QuicSocket socket =
          settings.sharedSocket
              ? QuicSocket.open(loop, any, endpoint)
              : QuicSocket.openConnected(loop, settings.bind, address, endpoint);
      sockets.add(socket);
      if (closed) {
        socket.close(); // close() may have missed it
      }
      return socket;
    } finally {
      opening.unlock();
    }
  }

  private void release(QuicSocket socket) {
    if (!settings.sharedSocket) {
      sockets.remove(socket);
      socket.closeWhenQuiet();
    }
  }
}
