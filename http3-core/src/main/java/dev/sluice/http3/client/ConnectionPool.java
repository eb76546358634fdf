package dev.sluice.http3.client;

import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The connections of a client: one for each origin, made when the first request asks for it. Those
 * that come meanwhile share the handshake. A connection that is draining or dead is replaced by the
 * next request. Everything on the loop thread.
 */
final class ConnectionPool {

  /** How long requests that were answered may go on sending after the client was shut down. */
  private static final Duration LINGER = Duration.ofSeconds(3);

  /** Names to addresses; may block, so it is called on a thread of its own. */
  interface Resolver {
    List<InetAddress> resolve(Origin origin) throws IOException;
  }

  /** Begins a connection to an address of an origin; gives what gives it up. */
  interface Dialer {
    Runnable dial(Origin origin, InetSocketAddress address, ClientConnection.Listener listener)
        throws IOException;
  }

  private final Executor loop;
  private final Resolver resolver;
  private final Dialer dialer;

  /** Null for none. */
  private final Duration connectTimeout;

  private final Map<Origin, Slot> slots = new HashMap<>();
  private final Set<ClientConnection> open = new HashSet<>();
  private boolean closed;
  private Runnable whenEmpty;

  ConnectionPool(Executor loop, Resolver resolver, Dialer dialer, Duration connectTimeout) {
    this.loop = loop;
    this.resolver = resolver;
    this.dialer = dialer;
    this.connectTimeout = connectTimeout;
  }

  /** Puts an attempt on the origin's connection. Its failure is told to the attempt. */
  void submit(Origin origin, Attempt attempt) {
    slots.computeIfAbsent(origin, Slot::new).submit(attempt);
  }

  /** Puts a WebTransport session on the origin's connection, or on a new one if that is full. */
  void submit(SessionAttempt attempt) {
    if (closed) {
      attempt.fail(new IOException("the client was shut down"));
      return;
    }
    slots.computeIfAbsent(attempt.origin(), Slot::new).submit(attempt);
  }

  /** The number of connections that have not ended. */
  int size() {
    return open.size();
  }

  /** Closes every connection, at once where nothing is under way, and then runs the action. */
  void close(Runnable afterwards) {
    closed = true;
    whenEmpty = afterwards;
    for (Slot slot : List.copyOf(slots.values())) {
      slot.abort();
    }
    List.copyOf(open).forEach(ClientConnection::closeSessions);
    List.copyOf(open).forEach(ClientConnection::retire);
    if (!open.isEmpty()) {
      Deadline.after(LINGER, loop, () -> List.copyOf(open).forEach(ClientConnection::close));
    }
    checkEmpty();
  }

  private void checkEmpty() {
    if (whenEmpty != null && open.isEmpty()) {
      Runnable action = whenEmpty;
      whenEmpty = null;
      action.run();
    }
  }

  /**
   * Whether a request that certainly was not processed has better prospects on a new connection.
   * Where this side decided, as over a certificate, or the time was used up, it has not.
   */
  static boolean isWorthAnotherTry(RequestEnding ending) {
    if (!(ending instanceof RequestEnding.NotSent sent) || sent.cause() == null) {
      return true;
    }
    return switch (sent.cause()) {
      case ConnectionEnding.TransportClose close -> close.by() == Side.PEER;
      case ConnectionEnding.ApplicationClose close -> close.by() == Side.PEER;
      case ConnectionEnding.IdleTimeout idle -> true;
      case ConnectionEnding.StatelessReset reset -> true;
      case ConnectionEnding.Unreachable unreachable -> true;
      case ConnectionEnding.HandshakeTimeout timeout -> false;
      case ConnectionEnding.VersionMismatch mismatch -> false;
    };
  }

  /** The place of one origin: a connection, or the making of one and those that wait for it. */
  private final class Slot implements HappyEyeballs.Outcome<ClientConnection> {
    private final Origin origin;
    private final ArrayDeque<Attempt> waiting = new ArrayDeque<>();
    private final ArrayDeque<SessionAttempt> waitingSessions = new ArrayDeque<>();
    private ClientConnection connection;

    /** One whose handshake is under way, for requests that may be early; null for none. */
    private ClientConnection early;

    private boolean connecting;
    private HappyEyeballs<ClientConnection> race;
    private Deadline deadline;

    Slot(Origin origin) {
      this.origin = origin;
    }

    void submit(Attempt attempt) {
      if (connection != null && connection.isUsable()) {
        connection.submit(attempt);
        return;
      }
      if (connecting && early != null && attempt.mayBeEarly()) {
        early.submit(attempt);
        return;
      }
      waiting.add(attempt);
      if (!connecting) {
        connect();
      }
    }

    void submit(SessionAttempt attempt) {
      if (connection != null && connection.takesSessions()) {
        attempt.on(connection);
        return;
      }
      if (connection != null) {
        ClientConnection full = connection;
        connection = null;
        full.outgrow();
      }
      waitingSessions.add(attempt);
      if (!connecting) {
        connect();
      }
    }

    private void connect() {
      connecting = true;
      connection = null;
      if (connectTimeout != null) {
        deadline = Deadline.after(connectTimeout, loop, this::onConnectTimeout);
      }
      Thread.startVirtualThread(
          () -> {
            Runnable next = resolve();
            try {
              loop.execute(next);
            } catch (RejectedExecutionException e) {
              // The client has ended meanwhile, and nobody waits.
            }
          });
    }

    /** May block; gives what the loop is to do then. */
    private Runnable resolve() {
      try {
        List<InetAddress> addresses = AddressOrder.interleave(resolver.resolve(origin));
        return () -> race(addresses);
      } catch (IOException | RuntimeException | Error e) {
        IOException failure = e instanceof IOException io ? io : new IOException(e);
        return () -> giveUp(new HappyEyeballs.Failure(null, failure));
      }
    }

    private void race(List<InetAddress> addresses) {
      if (!connecting) {
        return; // the time was over before the name was resolved
      }
      List<InetSocketAddress> targets =
          addresses.stream().map(a -> new InetSocketAddress(a, origin.port())).toList();
      race =
          new HappyEyeballs<>(
              targets,
              (address, progress) -> dialer.dial(origin, address, new Handshake(progress)),
              loop,
              this);
      race.start();
    }

    @Override
    public void onConnected(ClientConnection winner) {
      stopConnecting();
      connection = winner;
      List<Attempt> ready = List.copyOf(waiting);
      waiting.clear();
      ready.forEach(winner::submit); // it says itself when it takes none: else this had no end
      List<SessionAttempt> readySessions = List.copyOf(waitingSessions);
      waitingSessions.clear();
      readySessions.forEach(attempt -> attempt.on(winner));
    }

    @Override
    public void onFailed(HappyEyeballs.Failure failure) {
      giveUp(failure);
    }

    private void onConnectTimeout() {
      if (connecting) {
        ConnectionEnding ending = new ConnectionEnding.HandshakeTimeout(connectTimeout.toNanos());
        giveUp(new HappyEyeballs.Failure(ending, Failures.ofConnecting(ending, null)));
      }
    }

    void abort() {
      if (connecting) {
        giveUp(new HappyEyeballs.Failure(null, new IOException("the client was shut down")));
      }
    }

    private void giveUp(HappyEyeballs.Failure failure) {
      if (!connecting) {
        return;
      }
      RequestEnding ending =
          failure.ending() == null
              ? new RequestEnding.Abandoned(0) // an exception says it better
              : new RequestEnding.NotSent(failure.ending());
      if (early != null) {
        early.giveUp(ending, failure.exception());
      }
      stopConnecting();
      slots.remove(origin, this);
      for (Attempt next = waiting.poll(); next != null; next = waiting.poll()) {
        next.end(ending, failure.exception());
      }
      for (SessionAttempt next = waitingSessions.poll();
          next != null;
          next = waitingSessions.poll()) {
        next.fail(failure.exception());
      }
    }

    private void stopConnecting() {
      connecting = false;
      early = null;
      if (race != null) {
        race.abort();
        race = null;
      }
      if (deadline != null) {
        deadline.callOff();
        deadline = null;
      }
    }

    private void beginEarly(ClientConnection begun) {
      if (!connecting || early != null) {
        return;
      }
      early = begun;
      List<Attempt> soon = waiting.stream().filter(Attempt::mayBeEarly).toList();
      waiting.removeAll(soon);
      soon.forEach(begun::submit);
    }

    private void forget(ClientConnection gone) {
      early = early == gone ? null : early;
      if (connection == gone) {
        connection = null;
        if (!connecting && waiting.isEmpty() && waitingSessions.isEmpty()) {
          slots.remove(origin, this);
        }
      }
    }

    /** Listens to one connection from its first packet to its end. */
    private final class Handshake implements ClientConnection.Listener {
      private final HappyEyeballs.Progress<ClientConnection> progress;

      Handshake(HappyEyeballs.Progress<ClientConnection> progress) {
        this.progress = progress;
      }

      @Override
      public void onBegun(ClientConnection begun) {
        open.add(begun);
      }

      @Override
      public void onNotBegun(IOException failure) {
        progress.failed(new HappyEyeballs.Failure(null, failure));
      }

      @Override
      public void onEarly(ClientConnection begun) {
        beginEarly(begun);
      }

      @Override
      public void onReady(ClientConnection ready) {
        progress.connected(ready);
      }

      @Override
      public void onNoLongerUsable(ClientConnection draining) {
        forget(draining);
      }

      @Override
      public void onPassedOn(Attempt attempt) {
        ConnectionPool.this.submit(origin, attempt);
      }

      @Override
      public void onEnded(ClientConnection gone, ConnectionEnding ending) {
        forget(gone);
        open.remove(gone);
        progress.failed(
            new HappyEyeballs.Failure(ending, Failures.ofConnecting(ending, gone.refusal())));
        checkEmpty();
      }
    }
  }
}
