package dev.sluice.quic;

import dev.sluice.quic.connection.ConnectionStats;
import dev.sluice.quic.connection.EarlyDataState;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.tls.TlsSession;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A QUIC connection whose handshake is complete, or which carries 0-RTT before it is. {@link
 * QuicClient} and {@link QuicServer} give them. Any thread may use it.
 *
 * <p>Blocking methods are meant for virtual threads; each that waits for the peer has an
 * asynchronous twin. On the thread of an event loop what would have to wait throws an
 * IllegalStateException instead, and takes nothing. Futures may complete on that thread: what
 * depends on them must not block, or be run elsewhere (the {@code …Async} methods of
 * CompletableFuture).
 *
 * <p>After the connection has ended, streams that the peer had opened can still be accepted, and
 * everything that had arrived can still be read.
 */
public final class QuicConnection implements AutoCloseable {
  private final ConnectionDriver driver;
  private final boolean client;
  private volatile InetSocketAddress local;
  private volatile InetSocketAddress remote;
  private volatile TlsSession tls;
  private volatile boolean resetAt;

  QuicConnection(ConnectionDriver driver, boolean client, InetSocketAddress local) {
    this.driver = driver;
    this.client = client;
    this.local = local;
  }

  /** The loop's: before anybody else has this object, and once more after 0-RTT. */
  void onHandshake(TlsSession session, InetSocketAddress peer, boolean peerKnowsResetAt) {
    remote = peer;
    tls = session;
    resetAt = peerKnowsResetAt;
  }

  /** The loop's: the connection has moved. */
  void onMoved(InetSocketAddress from, InetSocketAddress to) {
    local = from == null ? local : from;
    remote = to;
  }

  // ---- streams ----

  /**
   * Opens a stream in both directions; waits until the peer's limit allows it. The peer learns of
   * it with the first byte.
   *
   * @throws ConnectionEndedException the connection has ended
   * @throws java.io.InterruptedIOException the thread was interrupted
   */
  public QuicStream openBidirectional() throws IOException {
    return Blocking.await(openBidirectionalAsync());
  }

  /** As {@link #openBidirectional()}; a future that is cancelled in time opens no stream. */
  public CompletableFuture<QuicStream> openBidirectionalAsync() {
    return driver.open(true);
  }

  /** Opens a stream on which only this side sends; as {@link #openBidirectional()}. */
  public QuicStream openUnidirectional() throws IOException {
    return Blocking.await(openUnidirectionalAsync());
  }

  /** As {@link #openUnidirectional()}. */
  public CompletableFuture<QuicStream> openUnidirectionalAsync() {
    return driver.open(false);
  }

  /**
   * The next stream that the peer opened, of either kind; waits for one. What the peer sends on
   * streams that nobody accepts stays within its flow-control limits.
   *
   * @throws ConnectionEndedException the connection has ended, and there are no more
   * @throws java.io.InterruptedIOException the thread was interrupted
   */
  public QuicStream acceptStream() throws IOException {
    return Blocking.await(driver.accept());
  }

  /** As {@link #acceptStream()}. */
  public CompletableFuture<QuicStream> acceptStreamAsync() {
    return driver.accept();
  }

  /**
   * Whether the peer understands RESET_STREAM_AT, so that {@link QuicStream#resetAt} does what it
   * says. A client that sends 0-RTT goes by what is remembered until the handshake is complete.
   */
  public boolean supportsResetAt() {
    return resetAt;
  }

  // ---- datagrams (RFC 9221) ----

  /**
   * Sends a datagram: unreliable, unordered, but congestion controlled. The array may be used again
   * when this returns.
   *
   * @return false when the peer does not take datagrams, or none of this length, or the connection
   *     has ended
   */
  public boolean sendDatagram(byte[] data) {
    return Blocking.awaitSoon(driver.sendDatagram(data));
  }

  /** As {@link #sendDatagram}; the array must not change before the result is there. */
  public CompletableFuture<Boolean> sendDatagramAsync(byte[] data) {
    return driver.sendDatagram(data);
  }

  /**
   * The longest datagram that can be sent at present, in bytes; 0 when the peer takes none. It
   * follows the path. Waits for the loop's next turn.
   */
  public int maxDatagramLength() {
    return Blocking.awaitSoon(driver.maxDatagramLength());
  }

  /**
   * Waits for the next datagram; those that came before the connection ended can still be had after
   * it. Needs a transport configuration with datagrams. Of those that nobody takes the newest are
   * kept.
   *
   * @throws ConnectionEndedException the connection has ended, and there are no more
   * @throws java.io.InterruptedIOException the thread was interrupted
   */
  public byte[] receiveDatagram() throws IOException {
    return Blocking.await(driver.receiveDatagram());
  }

  /** As {@link #receiveDatagram()}. */
  public CompletableFuture<byte[]> receiveDatagramAsync() {
    return driver.receiveDatagram();
  }

  // ---- paths (RFC 9000 §9) ----

  /**
   * Client only: moves the connection to another address of this host, for example another network,
   * and waits until it has. The present path stays in use until the server has answered on the new
   * one. {@link #stats()} tells of all paths.
   *
   * @param local the address to send from; port 0 for any
   * @throws IOException the address cannot be bound to, the server does not answer from there, does
   *     not want its clients to move, or has no connection ID to spare
   */
  public void migrate(InetSocketAddress local) throws IOException {
    Blocking.await(migrateAsync(local));
  }

  /** As {@link #migrate}. */
  public CompletableFuture<Void> migrateAsync(InetSocketAddress local) {
    return driver.migrate(Objects.requireNonNull(local, "local"));
  }

  // ---- the end ----

  /** Closes the connection with application code 0; see {@link #close(long, String)}. */
  @Override
  public void close() {
    close(0, "");
  }

  /**
   * Closes the connection at once, without waiting. What was written and not yet sent is dropped:
   * whoever wants it to arrive waits for {@link QuicStream#sendEnded()}, or better for an answer.
   * Only the first end of a connection counts.
   *
   * @param applicationCode 0 to 2^62-1, for the peer's application
   * @param reason human-readable; cut to what fits a datagram
   */
  public void close(long applicationCode, String reason) {
    QuicStream.requireCode(applicationCode);
    Objects.requireNonNull(reason, "reason");
    driver.onLoop(() -> driver.close(applicationCode, reason));
  }

  /**
   * Protects what is sent with new keys as soon as that is permitted (RFC 9001 §6); the peer
   * follows. Happens by itself long before keys are worn out: this is for tests, and for those who
   * want to limit what a stolen key is good for.
   */
  public void updateKeys() {
    driver.onLoop(driver::updateKeys);
  }

  /** How it ended; null while it lives. */
  public ConnectionEnding ending() {
    return driver.ending();
  }

  /** Completes when the connection ends, on the loop's thread. */
  public CompletionStage<ConnectionEnding> ended() {
    return driver.ended().minimalCompletionStage();
  }

  // ---- what is known of it ----

  /** Whether this side opened the connection. */
  public boolean isClient() {
    return client;
  }

  /**
   * What TLS negotiated, the application protocol and the peer's certificates among it. Null at a
   * client that sends 0-RTT and has not heard of the server yet.
   */
  public TlsSession tls() {
    return tls;
  }

  /**
   * Completes when the handshake is, which it is already unless the connection came early; fails
   * with a {@link ConnectionEndedException} when the connection ends before. From then on the peer
   * is known to be there, and what came early on this connection is known to be no replay by
   * somebody else. Completes on the loop's thread.
   */
  public CompletionStage<TlsSession> handshake() {
    return driver.handshake().minimalCompletionStage();
  }

  /**
   * Waits for {@link #handshake()}.
   *
   * @throws ConnectionEndedException the connection ended before
   * @throws java.io.InterruptedIOException the thread was interrupted
   */
  public TlsSession awaitHandshake() throws IOException {
    // A copy, which an interrupt may cancel.
    return Blocking.await(driver.handshake().copy());
  }

  /**
   * What became of 0-RTT. After a rejection streams keep their ids and what was written to them,
   * and send it again once the handshake is complete. Who does not want that resets them.
   */
  public EarlyDataState earlyData() {
    return driver.earlyData();
  }

  /** This side's address at present: that of the socket which the connection uses. */
  public InetSocketAddress localAddress() {
    return local;
  }

  /**
   * The peer's address at present; null before the handshake. It changes when either side moves.
   */
  public InetSocketAddress remoteAddress() {
    return remote;
  }

  /** Times and counters as they are now, or were at the end. Waits for the loop's next turn. */
  public ConnectionStats stats() {
    return Blocking.awaitSoon(driver.stats());
  }

  /** As {@link #stats()}. */
  public CompletableFuture<ConnectionStats> statsAsync() {
    return driver.stats();
  }

  /**
   * TLS keying material exporter (RFC 8446 §7.5): secrets that both sides can derive and nobody
   * else.
   *
   * @param length bytes wanted
   * @throws IllegalStateException the connection has ended
   */
  public byte[] exportKeyingMaterial(String label, byte[] context, int length) {
    return Blocking.awaitSoon(driver.export(label, context, length));
  }

  @Override
  public String toString() {
    return "QuicConnection " + local + (client ? " to " : " from ") + remote;
  }
}
