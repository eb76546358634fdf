package dev.sluice.quic.connection;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.datagram.DatagramFlow;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.ConnectionEnding.ApplicationClose;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.path.ConnectionIdSource;
import dev.sluice.quic.path.Path;
import dev.sluice.quic.path.Paths;
import dev.sluice.quic.recovery.AckFrequency;
import dev.sluice.quic.recovery.Recovery;
import dev.sluice.quic.recovery.RecoveryConfig;
import dev.sluice.quic.stream.BidiStream;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.quic.stream.Streams;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.tls.TlsServer;
import dev.sluice.tls.TlsSession;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A QUIC connection as a state machine (RFC 9000): datagrams and time go in, datagrams and events
 * come out. It has no thread, clock, socket or randomness of its own and is used by one thread.
 *
 * <p>This class is the table of contents; the work is done by its parts:
 *
 * <ul>
 *   <li>{@link Receiver} and {@link FrameDispatch}: from a datagram to the part that a frame is for
 *   <li>{@link Sender} and {@link PayloadWriter}: from what the parts have to say to a datagram
 *   <li>{@link Handshake}, {@link PacketSpaces}, {@link OneRttKeys}: TLS, and the keys that it
 *       yields; {@link VersionNegotiation}: for which version of QUIC
 *   <li>{@link Streams}: streams and flow control
 *   <li>{@link Datagrams}: datagrams
 *   <li>{@link Recovery}: acknowledgements, loss, congestion and pacing
 *   <li>{@link Paths}, {@link Migration}, {@link ConnectionIds}: addresses and connection IDs
 *   <li>{@link Timers}, {@link Closing}: how it ends
 * </ul>
 */
public final class Connection implements QuicTransport {

  final AckFrequency ackFrequency = new AckFrequency();
  final TransportConfig config;
  final SharedParts shared;
  final RandomGenerator random;
  final Tracer tracer;
  final PacketTrace packetTrace = new PacketTrace(this);
  final EventQueue events;
  final Counters counters = new Counters();
  final VersionNegotiation versions;
  final QuicBit quicBit;
  final ConnectionIds ids;
  final Paths paths;
  final Streams streams;
  final Datagrams datagrams;
  final Recovery recovery;
  final Migration migration;
  final NewTokens newTokens = new NewTokens();
  final PacketSpaces spaces;
  final Receiver receiver;
  final Handshake handshake;
  final FirstFlight firstFlight;
  final EarlyData early;
  final Timers timers;
  final Closing closing;
  final Sender sender;
  private final boolean client;
  private long now;

  private Connection(
      boolean client,
      TransportConfig config,
      Tracer tracer,
      VersionNegotiation versions,
      ConnectionIds ids,
      InetSocketAddress local,
      InetSocketAddress remote,
      boolean addressValidated,
      ClientConfig ofClient,
      SharedParts shared,
      RandomGenerator random,
      long now) {
    this.client = client;
    this.now = now;
    this.config = config;
    this.shared = shared;
    this.random = random;
    this.tracer = tracer;
    this.versions = versions;
    this.quicBit = new QuicBit(random);
    this.ids = ids;
    trace(
        now,
        () -> new TraceEvent.ConnectionStarted(client, local, remote, ids.originalDestination()));
    trace(now, () -> versions.chosen(List.of()));
    this.datagrams = new Datagrams(this);
    this.events = new EventQueue(this);
    this.streams = new Streams(client, config.streams(), events, shared.chunks);
    this.recovery =
        new Recovery(
            new RecoveryConfig(
                client,
                Migration.START_DATAGRAM,
                config.initialRtt().toNanos(),
                config.pacing(),
                random),
            config.congestion().create(Migration.START_DATAGRAM, random),
            new TokenRouter(this),
            tracer);
    this.migration = new Migration(this);
    this.paths = migration.begin(local, remote, addressValidated);
    this.spaces = new PacketSpaces(this, shared.chunks);
    this.early = new EarlyData(this);
    this.receiver = new Receiver(this);
    this.handshake = new Handshake(this);
    this.firstFlight = new FirstFlight(this, ofClient);
    this.timers = new Timers(this, now);
    this.closing = new Closing(this);
    this.sender = new Sender(this);
  }

  /**
   * Opens a connection to a server. Its first flight leaves with the first {@link #send}.
   *
   * @param ids where this side's connection IDs come from
   * @param local null where the socket's own address is meant
   * @param shared of the thread that drives this connection, and possibly others
   * @param random cryptographically secure outside of tests
   * @param now nanoseconds of any clock that only moves forward; the same in all calls
   */
  public static Connection client(
      ClientConfig config,
      ConnectionIdSource ids,
      InetSocketAddress local,
      InetSocketAddress remote,
      SharedParts shared,
      RandomGenerator random,
      long now) {
    QuicVersion original = config.original();
    ConnectionIds all = ConnectionIds.client(ids, FirstFlight.invented(random));
    Connection connection =
        new Connection(
            true,
            config.transport(),
            config.tracer().get(),
            new VersionNegotiation(true, config.transport().versions(), original),
            all,
            local,
            remote,
            true,
            config,
            shared,
            random,
            now);
    connection.firstFlight.begin(now);
    return connection;
  }

  /**
   * Answers a client. The datagram that its origin was read from is to be given to {@link #receive}
   * next.
   */
  public static Connection server(
      ServerConfig config,
      ServerOrigin origin,
      ConnectionIdSource ids,
      InetSocketAddress local,
      InetSocketAddress remote,
      SharedParts shared,
      RandomGenerator random,
      long now) {
    ConnectionIds all = ConnectionIds.server(ids, origin);
    Connection connection =
        new Connection(
            false,
            config.transport(),
            config.tracer().get(),
            new VersionNegotiation(false, config.transport().versions(), origin.version()),
            all,
            local,
            remote,
            origin.addressValidated(),
            null,
            shared,
            random,
            now);
    connection.spaces.installInitial(origin.version(), origin.firstDestination());
    connection.handshake.start(
        new TlsServer(config.tls(), new ParameterExchange(connection), shared.keyShares), now);
    return connection;
  }

  // ---- datagrams and time ----

  /**
   * Takes a datagram. Its bytes are decrypted where they stand, and not kept.
   *
   * @param ecn the two ECN bits of its IP header
   */
  public void receive(
      byte[] buffer,
      int offset,
      int length,
      InetSocketAddress local,
      InetSocketAddress remote,
      int ecn,
      long now) {
    this.now = now;
    if (closing.remains() != null) {
      closing.remains().receive(length);
      return;
    }
    counters.onDatagramReceived(length);
    Path path = paths.of(local, remote);
    packetTrace.onDatagramReceived(path, length, ecn, now);
    if (path == null) {
      counters.onDropped();
      return;
    }
    path.amplification().onReceived(length);
    if (closing.isReading()) {
      receiver.receive(buffer, offset, length, path, ecn, now);
    } else {
      closing.onDatagram();
    }
  }

  /**
   * As {@link #receive} of each, but faster, for datagrams that begin with short headers.
   *
   * @param from the number of the first in the batch
   * @param to the number behind the last
   */
  public void receiveShort(DatagramBatch batch, int from, int to, long now) {
    receiver.receiveShort(batch, from, to, now);
  }

  /**
   * Adds what is to be sent to the batch.
   *
   * @return true when the batch is full and there may be more: send it, clear it, call again
   */
  public boolean send(long now, DatagramBatch out) {
    this.now = now;
    if (closing.isOpen()) {
      datagrams.onTurn(now);
      return sender.send(now, out);
    }
    return closing.send(now, out);
  }

  /** Whether the TLS handshake is complete. Of accepted 0-RTT {@link #tls} tells before. */
  public boolean isHandshakeComplete() {
    return handshake.isComplete();
  }

  /**
   * The network says that nobody listens at the peer's address. Believed only while the handshake
   * is under way: later such a message, which anyone can forge, is less believable than the peer.
   */
  public void onUnreachable(String reason, long now) {
    this.now = now;
    if (!handshake.isComplete()) {
      closing.endSilently(new ConnectionEnding.Unreachable(reason), now);
    }
  }

  /**
   * The system did not send a datagram to this address: too large for this host's own interface, or
   * by word of a router. Not for what others claim by themselves (RFC 9000 §14.2.1).
   *
   * @param bytes its UDP payload
   */
  public void onDatagramTooLarge(InetSocketAddress remote, int bytes, long now) {
    this.now = now;
    migration.onDatagramTooLarge(remote, bytes, now);
  }

  /** The socket is gone, and with it every way to the peer. */
  public void onSocketFailure(String reason, long now) {
    this.now = now;
    closing.endSilently(new ConnectionEnding.Unreachable(reason), now);
  }

  /** An exception came out of one of the methods above: it can do nothing sensible any more. */
  public void giveUp(long now) {
    this.now = now;
    closing.giveUp(
        new TransportClose(Side.LOCAL, TransportError.INTERNAL_ERROR.code(), 0, ""), now);
  }

  /** Closes the connection on the transport's own account. */
  public void closeTransport(TransportError error, String reason) {
    closing.close(new TransportClose(Side.LOCAL, error.code(), 0, reason), now);
  }

  /** When {@link #onDeadline} has to be called; {@link Long#MAX_VALUE} for never. */
  public long nextDeadline() {
    return closing.isOpen() ? timers.earliest() : closing.deadline();
  }

  /** Time has passed. {@link #send} is to be called afterwards. */
  public void onDeadline(long now) {
    this.now = now;
    if (closing.isOpen()) {
      timers.onDeadline(now);
    } else {
      closing.onDeadline(now);
    }
  }

  /** Whether nothing is left to do: no deadline, nothing to send. Streams may still be read. */
  public boolean isEnded() {
    return closing.isEnded();
  }

  /**
   * What is left of a closed connection, whose application has been told everything; null before.
   * This alone is to be given datagrams and time then.
   */
  public ClosingPeriod remains() {
    return events.isPending() ? null : closing.remains();
  }

  /** The streams of an ended connection; null when all that they hold has been read. */
  public Streams unread() {
    return streams.hasUnread() ? streams : null;
  }

  /** When {@link Streams#discardUnread} is due, once the connection has ended. */
  public long unreadUntil() {
    return closing.unreadUntil();
  }

  /**
   * Has the peer address this side by new connection IDs in place of those that it knows (RFC 9000
   * §5.1.2); {@link #send} is to be called afterwards.
   */
  public void renewConnectionIds() {
    if (closing.isOpen()) {
      ids.renew(handshake.isConfirmed());
    }
  }

  // ---- the application's side ----

  @Override
  public boolean isClient() {
    return client;
  }

  /** Whether {@link #nextEvent} has one to give. */
  public boolean hasEvents() {
    return events.isPending();
  }

  @Override
  public QuicEvent nextEvent() {
    return events.poll();
  }

  @Override
  public BidiStream openBidi() {
    return closing.isOpen() ? streams.openBidi() : null;
  }

  @Override
  public SendStream openUni() {
    return closing.isOpen() ? streams.openUni() : null;
  }

  @Override
  public int maxDatagramLength() {
    return Math.max(0, datagrams.room());
  }

  @Override
  public boolean sendDatagram(byte[] source, int offset, int length) {
    return datagrams.own().send(source, offset, length);
  }

  @Override
  public DatagramFlow openDatagramFlow(int limit, Duration maxAge) {
    return datagrams.open(limit, maxAge);
  }

  @Override
  public Duration unreadRetention() {
    return config.unreadRetention();
  }

  @Override
  public boolean supportsResetAt() {
    return handshake.peer() != null && handshake.peer().resetStreamAt();
  }

  @Override
  public void close(long applicationCode, String reason) {
    closing.close(new ApplicationClose(Side.LOCAL, applicationCode, reason), now);
  }

  @Override
  public ConnectionEnding ending() {
    return closing.ending();
  }

  @Override
  public EarlyDataState earlyData() {
    return early.state();
  }

  @Override
  public TlsSession tls() {
    boolean negotiated = handshake.isComplete() || early.state() == EarlyDataState.ACCEPTED;
    return negotiated ? handshake.tls().session() : null;
  }

  @Override
  public ConnectionStats stats() {
    return counters.snapshot(this);
  }

  @Override
  public byte[] exportKeyingMaterial(String label, byte[] context, int length) {
    return handshake.exportKeyingMaterial(label, context, length);
  }

  @Override
  public boolean isTraced() {
    return packetTrace.isOn();
  }

  @Override
  public void trace(TraceEvent.ApplicationEvent event) {
    tracer.on(now, event);
  }

  @Override
  public void updateKeys() {
    spaces.oneRtt().wantUpdate();
  }

  /** What waits to be signed elsewhere. */
  public Signing signing() {
    return handshake;
  }

  /** Server only: where address tokens for the client's later connections come from. */
  public void issueTokens(AddressTokenSource source) {
    newTokens.source(source);
  }

  /**
   * Client only: moves the connection to another local address, once the handshake is confirmed and
   * the server has been seen to answer there (RFC 9000 §9). Whoever drives the connection must
   * already receive at that address, and send from it what the batch says. The outcome is an event:
   * {@link QuicEvent.PathChanged} or {@link QuicEvent.MigrationFailed}.
   *
   * @param local tells the path from others; what arrives there is handed in with the same address
   */
  public void migrate(InetSocketAddress local, long now) {
    this.now = now;
    migration.migrate(local, now);
  }

  /**
   * Whether the connection uses this local address, is about to, or may have to return to it.
   *
   * @param remote only with this peer's address; null for any
   */
  public boolean hasPath(InetSocketAddress local, InetSocketAddress remote) {
    return paths.contains(local, remote) || migration.isWaitingFor(local);
  }

  // ---- what the parts ask of the whole ----

  /** Makes the event only when somebody listens, at the time of the turn. */
  void trace(Supplier<TraceEvent> event) {
    trace(now, event);
  }

  void trace(long now, Supplier<TraceEvent> event) {
    if (tracer.isEnabled()) {
      tracer.on(now, event.get());
    }
  }
}
