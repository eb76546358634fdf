package dev.sluice.quic;

import dev.sluice.quic.connection.ConnectionStats;
import dev.sluice.quic.connection.EarlyDataState;
import dev.sluice.quic.connection.QuicEvent;
import dev.sluice.quic.connection.QuicTransport;
import dev.sluice.quic.datagram.DatagramConfig;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.io.ConnectionListener;
import dev.sluice.quic.io.ContentRetention;
import dev.sluice.quic.io.DatagramShelf;
import dev.sluice.quic.io.EventLoop;
import dev.sluice.quic.io.HandOver;
import dev.sluice.quic.io.InboundPipe;
import dev.sluice.quic.io.LoopConnection;
import dev.sluice.quic.io.Moves;
import dev.sluice.quic.io.UnreadContent;
import dev.sluice.quic.io.Waiters;
import dev.sluice.quic.stream.BidiStream;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.tls.SessionTicket;
import dev.sluice.tls.TlsSession;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * The loop's side of a {@link QuicConnection}: takes the transport's events to the streams' pipes
 * and to those who wait. On the loop's thread, where it says no other.
 */
final class ConnectionDriver implements ConnectionListener {
  private static final Logger LOG = System.getLogger(ConnectionDriver.class.getName());

  /** What a program that has no use for tickets and tokens does with them. */
  record Keepsakes(Consumer<SessionTicket> tickets, Consumer<byte[]> tokens) {
    static final Keepsakes NONE = new Keepsakes(ticket -> {}, token -> {});

    void keep(SessionTicket ticket) {
      keep(tickets, ticket);
    }

    void keep(byte[] token) {
      keep(tokens, token);
    }

    /** A program that fails to keep something loses that, and nothing that the peer delivered. */
    private static <T> void keep(Consumer<T> keeper, T given) {
      try {
        keeper.accept(given);
      } catch (RuntimeException | Error e) {
        LOG.log(Level.ERROR, "a ticket or token was not kept", e);
      }
    }
  }

  /** The code for streams that were opened for somebody who has stopped waiting. */
  private static final long NOBODY = 0;

  private final LoopConnection connection;
  private final QuicTransport transport;
  private final Keepsakes keepsakes;

  private final QuicConnection handle;
  private final Long2ObjectHashMap<QuicStream> streams = new Long2ObjectHashMap<>();
  private final Waiters<QuicStream> openingBidi = new Waiters<>();
  private final Waiters<QuicStream> openingUni = new Waiters<>();
  private final Moves moves = new Moves();
  private final HandOver<QuicStream> accepted = new HandOver<>(this::startReading);
  private final DatagramShelf unreadDatagrams;
  private final HandOver<byte[]> datagrams;
  private final CompletableFuture<QuicConnection> ready = new CompletableFuture<>();
  private final CompletableFuture<TlsSession> handshake = new CompletableFuture<>();
  private final CompletableFuture<ConnectionEnding> ended = new CompletableFuture<>();
  private final UnreadContent unread;
  private volatile EarlyDataState earlyData = EarlyDataState.NONE;

  /** Known before anybody is told of it. */
  private volatile ConnectionEnding ending;

  /** The last snapshot, for after the end. */
  private volatile ConnectionStats lastStats;

  /**
   * The driver of a new connection.
   *
   * @param bounds how many datagrams may wait for the application
   */
  ConnectionDriver(LoopConnection connection, Keepsakes keepsakes, DatagramConfig bounds) {
    this.connection = connection;
    this.transport = connection.transport();
    this.keepsakes = keepsakes;
    this.unreadDatagrams = new DatagramShelf(bounds.queue());
    this.datagrams = new HandOver<>(unreadDatagrams, taken -> {});
    this.unread =
        new UnreadContent(
            new ContentRetention(connection.loop()::schedule, transport.unreadRetention()));
    this.handle = new QuicConnection(this, transport.isClient(), connection.localAddress());
    connection.ended().thenAccept(this::onEnded);
  }

  /** What has arrived waits for its reader, after the end of the connection not for ever. */
  void keepUnread(InboundPipe pipe, long streamId) {
    Duration limit = transport.unreadRetention();
    unread.add(pipe, () -> new UnreadDroppedException(streamId, limit));
  }

  // ---- for any thread ----

  EventLoop loop() {
    return connection.loop();
  }

  /**
   * Completes when the connection can be used, which is when its handshake is complete or, with
   * 0-RTT, before; exceptionally when the connection ends first.
   */
  CompletableFuture<QuicConnection> ready() {
    return ready;
  }

  /** Completes when the handshake does, or exceptionally when the connection ends before. */
  CompletableFuture<TlsSession> handshake() {
    return handshake;
  }

  /** As far as is known. */
  EarlyDataState earlyData() {
    return earlyData;
  }

  CompletableFuture<ConnectionEnding> ended() {
    return ended;
  }

  /** How it ended; null while it lives. */
  ConnectionEnding ending() {
    return ending;
  }

  /**
   * Does something on the loop, and lets the connection send what came of it. After the loop's end
   * nothing happens: then the connection has ended too, and everybody knows.
   *
   * @return whether it will be done
   */
  boolean onLoop(Runnable task) {
    try {
      loop()
          .execute(
              () -> {
                task.run();
                connection.wake();
              });
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** A stream of this side, as soon as the peer's limit allows. */
  CompletableFuture<QuicStream> open(boolean bidirectional) {
    CompletableFuture<QuicStream> opened = new CompletableFuture<>();
    boolean asked =
        onLoop(
            () -> {
              opening(bidirectional).add(opened);
              openWaiting(bidirectional);
            });
    return asked ? opened : CompletableFuture.failedFuture(failure());
  }

  /** The next stream of the peer's. */
  CompletableFuture<QuicStream> accept() {
    return accepted.take();
  }

  /** The next datagram. */
  CompletableFuture<byte[]> receiveDatagram() {
    return datagrams.take();
  }

  /** Hands a datagram to the connection; false when it does not take it. */
  CompletableFuture<Boolean> sendDatagram(byte[] data) {
    Objects.requireNonNull(data, "data");
    CompletableFuture<Boolean> sent = new CompletableFuture<>();
    boolean asked =
        onLoop(
            () -> {
              if (!sent.isDone()) {
                sent.complete(transport.sendDatagram(data, 0, data.length));
              }
            });
    return asked ? sent : CompletableFuture.completedFuture(false);
  }

  /** The longest datagram that the connection would take now. */
  CompletableFuture<Integer> maxDatagramLength() {
    CompletableFuture<Integer> length = new CompletableFuture<>();
    boolean asked = onLoop(() -> length.complete(transport.maxDatagramLength()));
    return asked ? length : CompletableFuture.completedFuture(0);
  }

  private void startReading(QuicStream stream) {
    if (loop().inLoop()) {
      stream.start();
    } else {
      onLoop(stream::start);
    }
  }

  CompletableFuture<ConnectionStats> stats() {
    CompletableFuture<ConnectionStats> stats = new CompletableFuture<>();
    if (ended.isDone() || !onLoop(() -> stats.complete(measure()))) {
      stats.complete(lastStats);
    }
    return stats;
  }

  /** Loop: what the transport says, with the datagrams that were dropped behind it. */
  private ConnectionStats measure() {
    return transport.stats().plusDroppedUnread(unreadDatagrams.dropped());
  }

  CompletableFuture<byte[]> export(String label, byte[] context, int length) {
    CompletableFuture<byte[]> material = new CompletableFuture<>();
    boolean asked =
        onLoop(
            () -> {
              try {
                material.complete(transport.exportKeyingMaterial(label, context, length));
              } catch (RuntimeException e) {
                material.completeExceptionally(e);
              }
            });
    return asked
        ? material
        : CompletableFuture.failedFuture(new IllegalStateException("the connection has ended"));
  }

  /** Moves to another local address. */
  CompletableFuture<Void> migrate(InetSocketAddress bind) {
    CompletableFuture<Void> moved = new CompletableFuture<>();
    boolean asked =
        onLoop(
            () -> {
              if (transport.ending() != null) {
                moved.completeExceptionally(failure());
              } else {
                moves.begin(connection, bind, moved);
              }
            });
    return asked ? moved : CompletableFuture.failedFuture(failure());
  }

  // ---- the loop ----

  LoopConnection connection() {
    return connection;
  }

  void close(long code, String reason) {
    transport.close(code, reason);
  }

  void updateKeys() {
    transport.updateKeys();
  }

  @Override
  public void onEvents(LoopConnection same) {
    for (QuicEvent e = transport.nextEvent(); e != null; e = transport.nextEvent()) {
      onEvent(e);
    }
  }

  private void onEvent(QuicEvent event) {
    switch (event) {
      case QuicEvent.Readable(RecvStream recv) -> {
        QuicStream stream = streams.get(recv.id());
        if (stream != null) {
          stream.inlet().fill();
        }
      }
      case QuicEvent.Writable(SendStream send) -> {
        QuicStream stream = streams.get(send.id());
        if (stream != null) {
          stream.outlet().drain();
        }
      }
      case QuicEvent.PeerOpened(RecvStream recv, SendStream send) ->
          accepted.put(register(recv, send));
      case QuicEvent.Stopped(SendStream send, long code) -> onSendEnding(send);
      case QuicEvent.SendCompleted(SendStream send) -> onSendEnding(send);
      case QuicEvent.StreamsAvailable(boolean bidirectional) -> openWaiting(bidirectional);
      case QuicEvent.DatagramReceived(byte[] data) -> datagrams.put(data);
      case QuicEvent.HandshakeComplete(TlsSession tls) -> {
        handle.onHandshake(tls, transport.stats().remote(), transport.supportsResetAt());
        ready.complete(handle);
        handshake.complete(tls);
      }
      case QuicEvent.HandshakeConfirmed() -> {}
      case QuicEvent.EarlyDataDecided(boolean accepted) -> {
        earlyData = transport.earlyData();
        if (accepted && !transport.isClient()) {
          startEarly();
        }
      }
      case QuicEvent.NewSessionTicket(SessionTicket ticket) -> keepsakes.keep(ticket);
      case QuicEvent.NewToken(byte[] token) -> keepsakes.keep(token);
      case QuicEvent.PathChanged changed -> {
        handle.onMoved(changed.local(), changed.remote());
        moves.onEvent(changed);
      }
      case QuicEvent.MigrationFailed failed -> moves.onEvent(failed);
      case QuicEvent.Ended(ConnectionEnding ending) -> {
        // onEnded follows, whether this object gets that far or fails.
      }
    }
  }

  /**
   * Gives the connection to those who wait for it, before its handshake is complete: at a client
   * that sends 0-RTT, at a server that has taken some.
   */
  void startEarly() {
    earlyData = transport.earlyData();
    handle.onHandshake(transport.tls(), transport.stats().remote(), transport.supportsResetAt());
    ready.complete(handle);
  }

  private void onSendEnding(SendStream send) {
    QuicStream stream = streams.get(send.id());
    if (stream != null) {
      stream.outlet().onEnding();
    }
  }

  private QuicStream register(RecvStream recv, SendStream send) {
    QuicStream stream =
        new QuicStream(
            this,
            recv == null ? null : new Inlet(this, recv),
            send == null ? null : new Outlet(this, send),
            send == null ? recv.id() : send.id());
    streams.put(stream.id(), stream);
    return stream;
  }

  /** One part of a stream is done; with its last part the stream is forgotten. */
  void onPartOver(long id) {
    QuicStream stream = streams.get(id);
    if (stream != null && stream.isOver()) {
      streams.remove(id);
    }
  }

  private Waiters<QuicStream> opening(boolean bidirectional) {
    return bidirectional ? openingBidi : openingUni;
  }

  private void openWaiting(boolean bidirectional) {
    Waiters<QuicStream> opening = opening(bidirectional);
    for (CompletableFuture<QuicStream> next = opening.first();
        next != null;
        next = opening.first()) {
      if (transport.ending() != null) {
        next.completeExceptionally(failure());
        continue;
      }
      QuicStream stream = bidirectional ? openBidi() : openUni();
      if (stream == null) {
        return; // StreamsAvailable follows
      }
      if (!next.complete(stream)) {
        stream.abandon(NOBODY);
      }
    }
  }

  private QuicStream openBidi() {
    BidiStream opened = transport.openBidi();
    if (opened == null) {
      return null;
    }
    QuicStream stream = register(opened.recv(), opened.send());
    stream.start();
    return stream;
  }

  private QuicStream openUni() {
    SendStream opened = transport.openUni();
    return opened == null ? null : register(null, opened);
  }

  private void onEnded(ConnectionEnding how) {
    lastStats = measure();
    ending = how;
    List<QuicStream> left = List.copyOf(streams.values());
    streams.clear();
    left.forEach(stream -> stream.onConnectionEnd(how));
    moves.end(() -> new ConnectionEndedException(how));
    unread.onEnd();
    accepted.end(() -> new ConnectionEndedException(how));
    datagrams.end(() -> new ConnectionEndedException(how));
    openWaiting(true);
    openWaiting(false);
    fail(ready, how);
    fail(handshake, how);
    ended.complete(how);
  }

  /** Most have been completed long before, and a stack trace is not for nothing. */
  private static void fail(CompletableFuture<?> waiting, ConnectionEnding ending) {
    if (!waiting.isDone()) {
      waiting.completeExceptionally(new ConnectionEndedException(ending));
    }
  }

  private ConnectionEndedException failure() {
    ConnectionEnding known = ending;
    return new ConnectionEndedException(known != null ? known : transport.ending());
  }
}
