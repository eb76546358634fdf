package dev.sluice.http3.connection;

import dev.sluice.http3.ending.ConnectionErrorException;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.frame.GoawayFrame;
import dev.sluice.http3.frame.PriorityUpdateFrame;
import dev.sluice.http3.message.FieldSection;
import dev.sluice.http3.message.Priority;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.stream.FieldCompression;
import dev.sluice.http3.stream.StreamClaims;
import dev.sluice.http3.trace.Http3Trace;
import dev.sluice.qpack.FieldLine;
import dev.sluice.quic.connection.EarlyDataState;
import dev.sluice.quic.connection.QuicEvent;
import dev.sluice.quic.connection.QuicTransport;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.stream.BidiStream;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.SendStream;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * HTTP/3 over one QUIC connection, client or server (RFC 9114). Pure: it acts only when called, on
 * the thread that owns the transport. After any call here or on a {@link RequestStream} the owner
 * takes events until {@link #nextEvent()} is null, and lets the transport send.
 */
public final class Http3Connection {
  private final QuicTransport quic;
  private final Http3Config config;
  private final FieldCompression compression;
  private final LocalStreams localStreams;
  private final PeerStreams peerStreams;
  private final StreamEvents streamEvents;
  private final Http3Trace trace;
  private final FloodGuard guard = new FloodGuard();
  private final Goaways goaways;
  private final Exchanges exchanges = new Exchanges(this);
  private final ExtensionStreams extensionStreams = new ExtensionStreams(this::emit);

  private final Queue<Http3Event> events = new ArrayDeque<>();
  private final PeerSettings peerSettings;
  private boolean requestsWanted;

  /** Null when responses go out as they are. */
  private Supplier<FieldLine> date;

  /** Whether events of the transport are being handled: what all lead to is sent at the end. */
  private boolean processing;

  private boolean drained;
  private boolean failed;
  private boolean ended;

  /**
   * @param quic the transport; this connection takes all its events from now on
   * @param random for GREASE (RFC 9114 §7.2.8) only
   */
  public Http3Connection(QuicTransport quic, Http3Config config, RandomGenerator random) {
    this(quic, config, random, Http3Settings.DEFAULTS);
  }

  /**
   * @param remembered the server's settings on the connection that a client's session is from, for
   *     requests that go out as 0-RTT; the defaults where they are not known
   */
  public Http3Connection(
      QuicTransport quic, Http3Config config, RandomGenerator random, Http3Settings remembered) {
    this.quic = quic;
    this.peerSettings = new PeerSettings(quic, remembered, config.additionalSettings().keySet());
    this.config = config;
    compression =
        new FieldCompression(
            config.encoderLimits(),
            config.qpackMaxTableCapacity(),
            config.qpackBlockedStreams(),
            config.maxFieldSectionSize());
    trace = new Http3Trace(quic);
    localStreams = new LocalStreams(config, compression, random, trace);
    PeerControl control =
        new PeerControl(this::onPeerSettings, this::onPeerGoaway, exchanges::onPriorityUpdate);
    peerStreams =
        new PeerStreams(
            !quic.isClient(),
            trace,
            guard,
            compression,
            extensionStreams,
            control::onFrame,
            () -> exchanges.onEncoderStream(compression),
            (type, in) -> emit(new Http3Event.Claimed(type, in, null)));
    streamEvents = new StreamEvents(this, exchanges, localStreams, peerStreams, extensionStreams);
    goaways = new Goaways(quic.isClient());
    trace.settings(true, Http3Settings.of(config).values());
    if (quic.earlyData() == EarlyDataState.OFFERED) {
      trace.restored(remembered.values());
    }
  }

  /**
   * Lets an extension have streams of the peer from now on; {@link Http3Event.Claimed} brings them.
   * To be called before the first {@link #process()}.
   */
  public void claim(StreamClaims claims) {
    extensionStreams.claim(claims);
  }

  /**
   * Server: dates final responses that say no date of their own, as an origin server with a clock
   * has to (RFC 9110 §6.6.1).
   *
   * @param line the Date field as of now; asked for each such response
   */
  public void dateResponses(Supplier<FieldLine> line) {
    date = line;
  }

  /** Takes all events of the transport and moves everything on as far as it goes. */
  public void process() {
    if (quic.ending() == null) {
      localStreams.open(quic);
    }
    processing = true;
    for (QuicEvent event = quic.nextEvent(); event != null; event = quic.nextEvent()) {
      try {
        onTransport(event);
      } catch (ConnectionErrorException e) {
        fail(e);
      }
    }
    processing = false;
    flushCompression();
    checkDrained();
  }

  /** The next event in order, or null when there is none at present. */
  public Http3Event nextEvent() {
    if (events.isEmpty() && !ended && quic.ending() != null) {
      // Something that was called here or on an exchange has closed the connection.
      process();
    }
    return events.poll();
  }

  /** Whether {@link #nextEvent()} has more of what the transport has told at once. */
  public boolean hasEvents() {
    return !events.isEmpty();
  }

  /**
   * Client: opens a request stream and sends the head.
   *
   * @param end whether the head is the whole request
   * @return null when the peer's limit on streams is reached, or the handshake is not complete;
   *     RequestsAvailable follows. Nothing was sent then.
   * @throws IllegalStateException when {@link #canOpenRequests()} is false, or for an extended
   *     CONNECT that the server's settings do not allow (not, or not yet)
   * @throws IllegalArgumentException when the head would be malformed
   * @throws dev.sluice.http3.message.FieldSectionTooLargeException when the server does not take
   *     that much
   */
  public RequestStream openRequest(RequestHead head, boolean end) {
    if (!canOpenRequests()) {
      throw new IllegalStateException("the connection takes no new requests");
    }
    boolean extendedConnect =
        peerSettings().isConnectProtocolEnabled() || extensionStreams.impliesExtendedConnect();
    if (head.protocol() != null && !extendedConnect) {
      throw new IllegalStateException("the server has not offered extended CONNECT");
    }
    List<FieldLine> lines = OutgoingMessage.lines(head);
    FieldSection.requireAtMost(lines, maxSectionToSend());
    BidiStream stream = quic.openBidi();
    if (stream == null) {
      requestsWanted = true;
      return null;
    }
    RequestStream request = exchanges.open(stream, head);
    trace.requestStream(true, stream.id());
    drained = false;
    request.sendRequest(head, lines, end);
    return request;
  }

  /** Client: whether the connection takes new requests: no GOAWAY either way, and not ended. */
  public boolean canOpenRequests() {
    return isClient() && !isGoingAway() && ending() == null;
  }

  /**
   * First step of a graceful shutdown: GOAWAY with the largest id, so that the peer opens nothing
   * more while what is under way still arrives (RFC 9114 §5.2). {@link #goaway()} about one round
   * trip later is the second. Nothing happens once either was called.
   */
  public void announceGoaway() {
    if (!goaways.isSent()) {
      sendGoaway(goaways.largest(), false);
    }
  }

  /**
   * Sends GOAWAY: everything that has arrived so far will be answered, later requests are rejected
   * with H3_REQUEST_REJECTED, and this side opens no more. Nothing happens the second time.
   */
  public void goaway() {
    if (!goaways.isFinalSent()) {
      // A client speaks of pushes, and has allowed none.
      sendGoaway(isClient() ? 0 : exchanges.nextId(), true);
    }
  }

  private void sendGoaway(long id, boolean isFinal) {
    goaways.send(id, isFinal);
    localStreams.send(new GoawayFrame(id));
    checkDrained();
  }

  /** Whether a GOAWAY was sent or received. */
  public boolean isGoingAway() {
    return goaways.isSent() || goaways.isReceived();
  }

  /**
   * Closes the connection at once. What was written and has not been sent is lost; after {@link
   * Http3Event.Drained} nothing is.
   *
   * @param reason for people at the other end, possibly empty
   */
  public void close(Http3Error error, String reason) {
    quic.close(error.code(), reason);
  }

  /** How the connection ended; null while it lives. */
  public ConnectionEnding ending() {
    return quic.ending();
  }

  /** The exchange on a stream; null when there is none, or it is {@link Http3Event.Closed}. */
  public RequestStream request(long id) {
    return exchanges.get(id);
  }

  /** Server: the id of the first request stream that has not arrived. */
  public long nextRequestId() {
    return exchanges.nextId();
  }

  /** Exchanges that are not {@link Http3Event.Closed} yet. */
  public int activeRequests() {
    return exchanges.count();
  }

  /** A copy of the list of them, in the order in which they began. */
  public List<RequestStream> requests() {
    return exchanges.list();
  }

  /** The peer's settings; before they have arrived those that hold instead. */
  public Http3Settings peerSettings() {
    return peerSettings.current();
  }

  /** The largest field section that the peer takes, as of now. */
  long maxSectionToSend() {
    return peerSettings.maxFieldSectionSize();
  }

  /** Whether this side opened the connection. */
  public boolean isClient() {
    return quic.isClient();
  }

  /** The transport, for its statistics and its TLS session. */
  public QuicTransport transport() {
    return quic;
  }

  // What the transport tells

  private void onTransport(QuicEvent event) {
    switch (event) {
      case QuicEvent.HandshakeComplete complete -> {
        localStreams.open(quic);
        onRequestsAvailable();
        emit(new Http3Event.Transport(event));
      }
      case QuicEvent.PeerOpened(RecvStream recv, SendStream send) -> {
        if (send == null) {
          peerStreams.onOpened(recv);
        } else {
          onRequestStream(new BidiStream(send, recv));
        }
      }
      case QuicEvent.Readable readable -> streamEvents.onReadable(readable);
      case QuicEvent.Writable writable -> streamEvents.onWritable(writable);
      case QuicEvent.Stopped stopped -> streamEvents.onStopped(stopped);
      case QuicEvent.SendCompleted completed -> streamEvents.onSendCompleted(completed);
      case QuicEvent.StreamsAvailable(boolean bidirectional) -> {
        if (bidirectional) {
          onRequestsAvailable();
        } else {
          localStreams.open(quic);
        }
        toExtension(event);
      }
      case QuicEvent.HandshakeConfirmed confirmed -> emit(new Http3Event.Transport(event));
      case QuicEvent.EarlyDataDecided(boolean accepted) -> {
        peerSettings.onEarlyDataDecided(accepted);
        emit(new Http3Event.Transport(event));
      }
      case QuicEvent.NewSessionTicket ticket -> emit(new Http3Event.Transport(event));
      case QuicEvent.DatagramReceived datagram -> emit(new Http3Event.Transport(event));
      case QuicEvent.NewToken token -> emit(new Http3Event.Transport(event));
      case QuicEvent.PathChanged moved -> emit(new Http3Event.Transport(event));
      case QuicEvent.MigrationFailed failed -> emit(new Http3Event.Transport(event));
      case QuicEvent.Ended(ConnectionEnding ending) -> onEnded(ending);
    }
  }

  /** An event of the transport that is none of HTTP/3's business. */
  void toExtension(QuicEvent event) {
    if (!extensionStreams.isEmpty()) {
      emit(new Http3Event.Transport(event));
    }
  }

  private void onRequestsAvailable() {
    if (requestsWanted) {
      requestsWanted = false;
      emit(new Http3Event.RequestsAvailable());
    }
  }

  /** A bidirectional stream of the peer: a request, if we are the server (RFC 9114 §6.1). */
  private void onRequestStream(BidiStream stream) {
    if (isClient()) {
      extensionStreams.onServerOpened(stream);
      return;
    }
    exchanges.onArrived(stream.id());
    // An extension's streams may come after a GOAWAY too, so each must show what it is.
    if (goaways.rejects(stream.id()) && extensionStreams.isEmpty()) {
      long code = Http3Error.H3_REQUEST_REJECTED.code();
      stream.send().reset(code);
      stream.recv().stopSending(code);
      compression.cancel(stream.id());
      return;
    }
    RequestStream request = exchanges.accept(stream);
    trace.requestStream(false, stream.id());
    request.advance();
  }

  private void onEnded(ConnectionEnding ending) {
    ended = true;
    exchanges.onConnectionEnded(ending);
    emit(new Http3Event.ConnectionEnded(ending));
  }

  // What the peer's streams tell

  private void onPeerSettings(Http3Settings settings) {
    trace.settings(false, settings.values());
    peerSettings.onReceived(settings);
    compression.onPeerSettings(settings.qpackMaxTableCapacity(), settings.qpackBlockedStreams());
    emit(new Http3Event.SettingsReceived(settings));
  }

  private void onPeerGoaway(long id) {
    if (!goaways.receive(id)) {
      return;
    }
    emit(new Http3Event.Goaway(id));
    if (isClient()) {
      exchanges.onGoaway(id);
    }
  }

  // What the exchanges ask for

  /** Tells whoever watches the transport what happens here. */
  public Http3Trace trace() {
    return trace;
  }

  /** Whether the peer broke a rule that cost the connection. */
  boolean hasFailed() {
    return failed;
  }

  /** What this side offers. */
  public Http3Config config() {
    return config;
  }

  /** Whether an extension has claimed streams. */
  boolean hasExtension() {
    return !extensionStreams.isEmpty();
  }

  StreamClaims claims() {
    return extensionStreams;
  }

  /** Server: what looked like a request is an extension's stream. */
  void handOver(long signal, BidiStream stream) {
    exchanges.remove(stream.id());
    emit(new Http3Event.Claimed(signal, stream.recv(), stream.send()));
    checkDrained();
  }

  /** Server: whether a request came after our GOAWAY. */
  boolean rejects(long requestId) {
    return goaways.rejects(requestId);
  }

  /** The Date field for a response that has none; null for none. */
  FieldLine date() {
    return date == null ? null : date.get();
  }

  FieldCompression compression() {
    return compression;
  }

  void emit(Http3Event event) {
    events.add(event);
  }

  void flushCompression() {
    if (!processing && ending() == null) {
      compression.flush();
      try {
        localStreams.requireModest();
      } catch (ConnectionErrorException e) {
        fail(e);
      }
    }
  }

  /** A connection error (RFC 9114 §8). The transport's Ended event brings the rest. */
  void fail(ConnectionErrorException e) {
    failed = true;
    quic.close(e.error().code(), e.getMessage());
  }

  Priority takePriority(long requestId) {
    return exchanges.takePriority(requestId);
  }

  void sendPriorityUpdate(long requestId, Priority priority) {
    localStreams.send(new PriorityUpdateFrame(false, requestId, priority.toFieldValue()));
  }

  void onGivenUp() {
    guard.onGivenUp();
  }

  void onClosed(RequestStream request) {
    exchanges.remove(request.id());
    if (request.ranItsCourse()) {
      guard.onExchange();
    }
    checkDrained();
  }

  private void checkDrained() {
    if (isLeaving() && exchanges.count() == 0 && !drained && ending() == null) {
      drained = true;
      emit(new Http3Event.Drained());
    }
  }

  /**
   * Whether the connection has no use once its exchanges are over. A server's GOAWAY must have
   * arrived: a close that overtook it, or took its place, would leave a client whose request is
   * still on its way in doubt about that.
   */
  private boolean isLeaving() {
    return isClient()
        ? isGoingAway()
        : goaways.isFinalSent() && localStreams.isControlAcknowledged();
  }
}
