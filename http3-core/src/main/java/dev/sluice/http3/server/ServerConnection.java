package dev.sluice.http3.server;

import dev.sluice.http3.ConnectionInfo;
import dev.sluice.http3.RequestEndedException;
import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.Http3Event;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.message.ResponseHead;
import dev.sluice.http3.session.HandlerTurns;
import dev.sluice.http3.session.WebTransportDriver;
import dev.sluice.quic.connection.QuicEvent;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.io.LoopResources;
import dev.sluice.quic.stream.ReturnedChunks;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/** One client's connection and the exchanges on it. On the loop thread, where it says no other. */
final class ServerConnection {

  private static final Logger LOG = System.getLogger("dev.sluice.http3.server");

  private final Http3Connection http;
  private final LoopResources loop;
  private final Thread loopThread = Thread.currentThread();
  private final Runnable wake;
  private final String label;
  private final ServerServices services;
  private final Consumer<ServerConnection> onEnded;
  private final EarlyGate early;
  private final WebTransportDriver webTransport;

  /** A handler begins when what arrived together with its request's head is known. */
  private final HandlerTurns<Beginning> turns;

  private boolean dispatching;

  /** Of the request that is being dispatched. */
  private EarlyRequests.Treatment treatment;

  private boolean stopping;

  /** The last snapshot; exchanges read it from their threads. */
  private volatile ConnectionInfo info;

  /** Whether that is of this turn: one snapshot does for all requests that arrived together. */
  private boolean infoIsNew;

  /**
   * @param afterHandshake whether it waits for that first
   */
  private record Beginning(ServerExchange exchange, boolean afterHandshake) {}

  /**
   * On the loop's thread.
   *
   * @param wake lets the transport send
   * @param label names this connection among those of its server
   * @param onEnded told once, when nothing is left of it
   */
  ServerConnection(
      Http3Connection http,
      LoopResources loop,
      Runnable wake,
      String label,
      ServerServices services,
      Consumer<ServerConnection> onEnded) {
    this.http = http;
    this.loop = loop;
    this.wake = wake;
    this.label = label;
    this.services = services;
    this.early = new EarlyGate(services.early());
    this.turns = new HandlerTurns<>(services.maxConcurrentRequests());
    ServerSessions sessions = services.sessions();
    this.webTransport =
        sessions.isEmpty()
            ? null
            : new WebTransportDriver(
                http, sessions.config(), loop, this::moved, s -> sessions.serve(s, http, label));
    this.onEnded = onEnded;
  }

  /** The transport has events. */
  void onEvents() {
    infoIsNew = false;
    http.process();
    dispatch();
  }

  /**
   * Any thread: does this on the loop, at once when that is where it is called, and lets the
   * transport send what that led to.
   *
   * @return false when the loop has ended, and every exchange with it
   */
  boolean onLoop(Runnable task) {
    if (!isOnLoop()) {
      return later(task);
    }
    task.run();
    if (!dispatching) { // else whoever dispatches sees to the rest
      moved();
    }
    return true;
  }

  /** Any thread: the same in a later task, wherever it is called. */
  private boolean later(Runnable task) {
    return loop.execute(
        () -> {
          task.run();
          moved();
        });
  }

  /** Any thread: whether the caller is on the loop's. */
  boolean isOnLoop() {
    return Thread.currentThread() == loopThread;
  }

  /** Arrays for the writers of responses. */
  ReturnedChunks writerChunks() {
    return loop.writerChunks();
  }

  private void moved() {
    dispatch();
    wake.run();
  }

  /** Asks for the end of its WebTransport sessions, and of nothing else. */
  void drainSessions() {
    if (webTransport != null) {
      webTransport.drainSessions();
      moved();
    }
  }

  /** First step of the graceful stop: asks the client to send no more (RFC 9114 §5.2). */
  void announceStop() {
    stopping = true;
    if (webTransport != null) {
      webTransport.onStopping();
    }
    http.announceGoaway();
    moved();
  }

  /** Second step: what has arrived is answered, what arrives from now on is rejected. */
  void stopAccepting() {
    stopping = true;
    http.goaway();
    moved();
  }

  /** One round trip to the client: between the two steps. */
  Duration roundTrip() {
    return Duration.ofNanos(http.transport().stats().smoothedRtt());
  }

  /** Closes it, whatever is under way. */
  void close() {
    http.close(Http3Error.H3_NO_ERROR, "");
    moved();
  }

  private void dispatch() {
    if (dispatching) {
      return;
    }
    dispatching = true;
    try {
      do {
        handleEvents();
      } while (beginHandlers()); // what they did may have led to events
    } finally {
      dispatching = false;
    }
  }

  private void handleEvents() {
    for (Http3Event event = nextEvent(); event != null; event = nextEvent()) {
      try {
        if (!refusesEarly(event) && (webTransport == null || !webTransport.onEvent(event))) {
          onEvent(event);
        }
      } catch (RuntimeException | Error e) { // of what a program was asked, an origin policy say
        LOG.log(Level.ERROR, "connection " + label + " is closed for what has failed on it", e);
        http.close(Http3Error.H3_INTERNAL_ERROR, ""); // its end is to come for all that is on it
      }
    }
  }

  /** Whether there were any. */
  private boolean beginHandlers() {
    boolean any = false;
    for (Beginning next = turns.next(); next != null; next = turns.next()) {
      begin(next);
      any = true;
    }
    return any;
  }

  private void begin(Beginning beginning) {
    ServerExchange exchange = beginning.exchange();
    exchange.onBegin();
    boolean waits = beginning.afterHandshake() && !early.isHandshakeComplete();
    switch (waits ? HandlerThreads.Place.VIRTUAL : placeOf(exchange.request())) {
      case LOOP -> serve(exchange, false);
      case VIRTUAL ->
          Thread.ofVirtual()
              .name("http3-" + label + "-" + exchange.id())
              .start(() -> serve(exchange, waits));
    }
  }

  /** What a program throws here must not end the loop that serves all others. */
  private HandlerThreads.Place placeOf(RequestHead request) {
    try {
      return Objects.requireNonNull(services.threads().placeOf(request), "a place");
    } catch (RuntimeException | Error e) {
      LOG.log(Level.WARNING, "no place for " + request.path(), e);
      return HandlerThreads.Place.VIRTUAL;
    }
  }

  /** What a session's user did may have led to events of sessions alone. */
  private Http3Event nextEvent() {
    if (webTransport != null) {
      webTransport.dispatch();
    }
    return http.nextEvent();
  }

  /** What comes too early is answered before anybody hears of it (RFC 8470 §5.2). */
  private boolean refusesEarly(Http3Event event) {
    if (!(event instanceof Http3Event.Request(var stream, var head))) {
      return false;
    }
    treatment = early.treatment(stream, head);
    // A session cannot begin in 0-RTT (draft-ietf-webtrans-http3-16 §3.2).
    boolean refused =
        treatment == EarlyRequests.Treatment.REFUSE
            || head.protocol() != null && early.isEarly(stream);
    if (!refused) {
      return false;
    }
    stream.sendResponse(new ResponseHead(425, Fields.of("content-length", "0")), true);
    stream.stopReading(Http3Error.H3_NO_ERROR);
    return true;
  }

  private void onEvent(Http3Event event) {
    switch (event) {
      case Http3Event.Request(var stream, var head) -> begin(stream, head);
      case Http3Event.Readable(var stream) -> with(stream, ServerExchange::onReadable);
      case Http3Event.Trailers(var stream, var fields) -> with(stream, e -> e.onTrailers(fields));
      case Http3Event.RequestEnded(var stream, var ending) -> with(stream, e -> e.onEnded(ending));
      case Http3Event.Writable(var stream) -> with(stream, ServerExchange::onWritable);
      case Http3Event.Stopped(var stream, var code) -> with(stream, e -> e.onStopped(code));
      case Http3Event.Closed(var stream) ->
          turns.removeIf(beginning -> beginning.exchange() == stream.attachment());
      case Http3Event.Drained drained -> {
        if (stopping) {
          http.close(Http3Error.H3_NO_ERROR, "");
        }
      }
      case Http3Event.ConnectionEnded(var ending) -> onConnectionEnded(ending);
      case Http3Event.Transport(QuicEvent.HandshakeComplete complete) ->
          early.onHandshakeComplete();
      case Http3Event.Transport(QuicEvent.PathChanged moved) -> onMoved();
      case Http3Event.Transport transport -> {}
      case Http3Event.Claimed claimed -> {} // of extensions
      case Http3Event.SettingsReceived settings -> {}
      case Http3Event.Goaway goaway -> {} // about pushes, and there are none
      case Http3Event.RequestsAvailable available -> {} // clients only
      case Http3Event.Informational informational -> {}
      case Http3Event.Response response -> {}
    }
  }

  /** A stream has no exchange when its head was refused: then nobody needs to know. */
  private static void with(RequestStream stream, Consumer<ServerExchange> action) {
    if (stream.attachment() instanceof ServerExchange exchange) {
      action.accept(exchange);
    }
  }

  private void begin(RequestStream stream, RequestHead head) {
    if (head.protocol() != null) {
      // An extended CONNECT for a protocol that nobody here speaks (RFC 9220 §3).
      stream.sendResponse(new ResponseHead(501, Fields.of("content-length", "0")), true);
      stream.stopReading(Http3Error.H3_NO_ERROR);
      return;
    }
    if (!infoIsNew) {
      info = ConnectionInfo.of(http.transport(), label);
      infoIsNew = true;
    }
    ServerExchange exchange = new ServerExchange(this, stream, head);
    stream.attach(exchange);
    turns.add(new Beginning(exchange, treatment == EarlyRequests.Treatment.WAIT));
  }

  /** The client has another address now, also for the requests that are under way. */
  private void onMoved() {
    if (info != null) {
      info = ConnectionInfo.of(http.transport(), label);
    }
  }

  private void serve(ServerExchange exchange, boolean afterHandshake) {
    try {
      if (afterHandshake) {
        early.awaitHandshake();
      }
      services.handler().handle(exchange);
      exchange.finish();
    } catch (RequestEndedException e) {
      LOG.log(Level.DEBUG, "the client gave up {0}: {1}", exchange.path(), e.getMessage());
      exchange.fail(e);
    } catch (Throwable e) {
      LOG.log(Level.WARNING, "the handler has failed on " + exchange.path(), e);
      exchange.fail(e);
    } finally {
      if (turns.onReturned()) {
        later(() -> {}); // and then the next one begins
      }
    }
  }

  private void onConnectionEnded(ConnectionEnding ending) {
    early.onConnectionEnded(ending);
    RequestEnding lost = new RequestEnding.ConnectionLost(ending, true);
    for (RequestStream stream : http.requests()) {
      with(stream, exchange -> exchange.onConnectionEnded(lost, loop.retention()));
    }
    turns.onConnectionEnded();
    onEnded.accept(this);
  }

  /** Any thread: how far the handshake is. */
  EarlyGate early() {
    return early;
  }

  /** Any thread: the client's address at present. */
  InetSocketAddress remoteAddress() {
    return info.remoteAddress();
  }

  /** Any thread: this side's address. */
  InetSocketAddress localAddress() {
    return info.localAddress();
  }

  /** Any thread: what is known of the connection, as of the last request or move. */
  ConnectionInfo info() {
    return info;
  }
}
