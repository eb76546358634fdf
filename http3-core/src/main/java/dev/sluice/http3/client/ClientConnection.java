package dev.sluice.http3.client;

import dev.sluice.http3.ConnectionInfo;
import dev.sluice.http3.ContentDroppedException;
import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.Http3Event;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.session.SessionOptions;
import dev.sluice.http3.session.WebTransport;
import dev.sluice.http3.session.WebTransportDriver;
import dev.sluice.http3.webtransport.WebTransportConfig;
import dev.sluice.quic.connection.QuicEvent;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.io.LoopResources;
import dev.sluice.quic.io.Moves;
import dev.sluice.quic.io.UnreadContent;
import dev.sluice.tls.SessionTicket;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** One HTTP/3 connection and the attempts on it. Everything on the loop thread. */
final class ClientConnection implements WaitingRequests.Owner {

  /** Whoever keeps the connection. */
  interface Listener {
    /** It exists, and its handshake begins. */
    void onBegun(ClientConnection connection);

    /** It will never exist. */
    void onNotBegun(IOException failure);

    /** The handshake has begun, and requests that may be replayed can be sent already. */
    void onEarly(ClientConnection connection);

    /** The handshake is complete: requests can be sent. */
    void onReady(ClientConnection connection);

    /** It takes no new requests from now on. May come more than once. */
    void onNoLongerUsable(ClientConnection connection);

    /** A request that has waited on it, and was never sent, is for another. */
    void onPassedOn(Attempt attempt);

    /** It has ended. Once. */
    void onEnded(ClientConnection connection, ConnectionEnding ending);
  }

  /** What outlives the connection, or explains its end. */
  interface Memory {
    /** For the next connection to the same server. */
    void remember(SessionTicket ticket);

    /** For the next connection to the same server: an address token. */
    void remember(byte[] token);

    /** Why this side refused the server's certificate; null when it did not. */
    CertificateException refusal();
  }

  private final Http3Connection http;
  private final Runnable wake;
  private final String label;

  private final WaitingRequests waiting;
  private final ReceivedTickets tickets;

  /** Attempts whose responses are being received. */
  private final Set<Attempt> receiving = new HashSet<>();

  /** What waits for the end of {@link #dispatch}. */
  private final ArrayDeque<Runnable> afterEvents = new ArrayDeque<>();

  /** A snapshot of this turn; null before anybody has asked for it. */
  private ConnectionInfo info;

  private final UnreadContent unread;
  private final LoopResources loop;
  private final Listener listener;
  private final Memory memory;
  private final Moves moves = new Moves();

  /** Null when the client wants none. */
  private final WebTransportDriver webTransport;

  private boolean handshakeComplete;

  /** The server has answered some request, or said with GOAWAY that it will. */
  private boolean taking;

  private boolean retired;
  private boolean forSessions;
  private boolean confirmed;
  private boolean dispatching;

  /**
   * @param wake lets the transport send
   * @param label names this connection among those of its client
   * @param memory keeps what the server gives for the next connection to it
   * @param sessions what the client offers of WebTransport; null for nothing
   * @param loop where everything happens
   */
  ClientConnection(
      Http3Connection http,
      Runnable wake,
      String label,
      Listener listener,
      Memory memory,
      WebTransportConfig sessions,
      LoopResources loop) {
    this.http = http;
    this.wake = wake;
    this.label = label;
    this.waiting = new WaitingRequests(http, this);
    this.tickets = new ReceivedTickets(memory::remember);
    this.listener = listener;
    this.memory = memory;
    this.loop = loop;
    this.unread = new UnreadContent(loop.retention());
    this.webTransport =
        sessions == null
            ? null
            : new WebTransportDriver(http, sessions, loop, this::moved, request -> {});
  }

  /** Those who wait for this connection to move to another address of this host. */
  Moves moves() {
    return moves;
  }

  /** Whether it may take another WebTransport session, or says why no connection would. */
  boolean takesSessions() {
    return isUsable() && webTransport.hasCredit();
  }

  /** Whether other sessions are what leaves no room for one that it did not take. */
  boolean isFull() {
    return http.ending() == null && !http.isGoingAway() && webTransport.hasSessions();
  }

  /** Asks for a WebTransport session. */
  CompletableFuture<WebTransport> connect(SessionAttempt attempt) {
    forSessions = true;
    SessionOptions options = attempt.options();
    CompletableFuture<WebTransport> session =
        webTransport.connect(
            attempt.origin().authority(),
            attempt.path(),
            options.protocols(),
            options.protocolRequired(),
            options.fields());
    moved();
    return session;
  }

  /** Why this side refused the server's certificate; null when it did not. */
  CertificateException refusal() {
    return memory.refusal();
  }

  /** Whether a new request may be sent on it. */
  @Override
  public boolean isUsable() {
    return !retired && http.canOpenRequests();
  }

  /** Whether the server has been heard: before that only early requests can be on their way. */
  @Override
  public boolean isHandshakeComplete() {
    return handshakeComplete;
  }

  /** Sends what may go out before the handshake is complete. */
  void startEarly() {
    if (isUsable() && !handshakeComplete) {
      http.process();
      listener.onEarly(this);
      moved();
    }
  }

  /** How it ended; null while it lives. */
  ConnectionEnding ending() {
    return http.ending();
  }

  /** The transport has events. */
  void onEvents() {
    info = null;
    http.process();
    dispatch();
  }

  /** Something was written or read outside of {@link #onEvents}. */
  void moved() {
    dispatch();
    wake.run();
  }

  /** Sends a request as soon as the server allows another stream. */
  void submit(Attempt attempt) {
    waiting.add(attempt);
    waiting.open();
    moved();
  }

  @Override
  public void onOpened(Attempt attempt, RequestStream stream) {
    receiving.add(attempt);
    attempt.onOpened(this, stream);
  }

  /**
   * Those that wait have not been tried, so that it is no second try when the next connection gets
   * them. That comes to an end, since each of these connections has taken some request.
   */
  @Override
  public void onUnusable(RequestEnding.NotSent ending) {
    if (taking && ConnectionPool.isWorthAnotherTry(ending)) {
      waiting.passOn(listener::onPassedOn);
    } else {
      waiting.fail(ending);
    }
  }

  /** No more requests: those under way finish, then it is closed. */
  void retire() {
    if (!retired) {
      retired = true;
      http.goaway();
      waiting.fail(new RequestEnding.NotSent(null));
      moved();
    }
  }

  /** Another connection was faster: what was sent early on this one is better off there. */
  void abandon() {
    giveUp(new RequestEnding.NotSent(null), Failures.ofRequest(new RequestEnding.NotSent(null)));
    close();
  }

  /** Nothing will come of what was sent, or waits to be. */
  void giveUp(RequestEnding ending, IOException failure) {
    waiting.fail(ending, failure);
    List.copyOf(receiving).forEach(attempt -> attempt.end(ending, failure));
    receiving.clear();
  }

  /**
   * Another takes its place: nothing more is put on it, and it is closed when nothing is left. No
   * GOAWAY, which would ask the server's side of its sessions to wind down.
   */
  void outgrow() {
    if (!retired) {
      retired = true;
      onUnusable(new RequestEnding.NotSent(null));
      moved();
    }
  }

  /** Closes its WebTransport sessions. */
  void closeSessions() {
    if (webTransport != null) {
      webTransport.closeSessions();
      moved();
    }
  }

  private void closeIfDone() {
    boolean nothingLeft =
        http.activeRequests() == 0
            && waiting.isEmpty()
            && (webTransport == null || !webTransport.hasWanted());
    if (retired && nothingLeft && http.ending() == null) {
      close();
    }
  }

  /** Closes it now. */
  void close() {
    retired = true;
    http.close(Http3Error.H3_NO_ERROR, "");
    moved();
  }

  private void dispatch() {
    if (dispatching) {
      return; // an event's receiver did something that led to events: the loop below sees them
    }
    dispatching = true;
    try {
      Http3Event event = nextEvent();
      while (event != null) {
        if (webTransport == null || !webTransport.onEvent(event)) {
          onEvent(event);
        }
        event = nextEvent();
      }
    } finally {
      dispatching = false;
      for (Runnable task = afterEvents.poll(); task != null; task = afterEvents.poll()) {
        task.run();
      }
    }
    closeIfDone();
  }

  /** While events are handled: does this when all have been. It must not throw. */
  void afterEvents(Runnable task) {
    afterEvents.add(task);
  }

  /** What a session's user did may have led to events of sessions alone. */
  private Http3Event nextEvent() {
    if (webTransport != null) {
      webTransport.dispatch();
    }
    return http.nextEvent();
  }

  private void onEvent(Http3Event event) {
    switch (event) {
      case Http3Event.Informational(var stream, var head) -> attempt(stream).onInformational(head);
      case Http3Event.Response(var stream, var head) -> {
        taking = true;
        attempt(stream).onResponse(head);
      }
      case Http3Event.Readable(var stream) -> attempt(stream).onReadable();
      case Http3Event.Trailers(var stream, var fields) -> attempt(stream).onTrailers(fields);
      case Http3Event.RequestEnded(var stream, var ending) -> {
        receiving.remove(attempt(stream));
        attempt(stream).onEnded(ending);
        keepUnread(attempt(stream));
      }
      case Http3Event.Writable(var stream) -> attempt(stream).onWritable();
      case Http3Event.Stopped(var stream, var code) -> attempt(stream).onStopped();
      case Http3Event.Closed closed -> {}
      case Http3Event.Request request -> {} // servers only
      case Http3Event.Claimed claimed -> {} // of extensions
      case Http3Event.SettingsReceived(var settings) -> {
        tickets.onSettings(settings);
        waiting.open();
        closeIfUseless();
      }
      case Http3Event.RequestsAvailable available -> waiting.open();
      case Http3Event.Goaway(var id) -> onGoaway(id);
      case Http3Event.Drained drained -> close();
      case Http3Event.Transport(var transport) -> onTransport(transport);
      case Http3Event.ConnectionEnded(var ending) -> onConnectionEnded(ending);
    }
  }

  private static Attempt attempt(RequestStream stream) {
    return (Attempt) stream.attachment();
  }

  /**
   * A server without what sessions need is told so, when they were all that it was for (§3.1). Not
   * before the handshake is confirmed, which hides the code (RFC 9000 §10.2.3).
   */
  private void closeIfUseless() {
    String missing = webTransport == null ? null : webTransport.requirementNotMet();
    boolean unused = waiting.isEmpty() && http.activeRequests() == 0;
    if (missing != null && confirmed && forSessions && unused && http.ending() == null) {
      http.close(Http3Error.WT_REQUIREMENTS_NOT_MET, "WebTransport without " + missing);
    }
  }

  /** It may overtake the responses to those that it leaves. */
  private void onGoaway(long id) {
    taking |= receiving.stream().anyMatch(attempt -> attempt.isCoveredBy(id));
    listener.onNoLongerUsable(this);
    onUnusable(new RequestEnding.NotSent(null));
  }

  private void onTransport(QuicEvent event) {
    switch (event) {
      case QuicEvent.HandshakeComplete complete -> {
        handshakeComplete = true;
        listener.onReady(this);
        waiting.open();
      }
      case QuicEvent.HandshakeConfirmed done -> {
        confirmed = true;
        closeIfUseless();
      }
      case QuicEvent.NewSessionTicket(var ticket) -> tickets.onTicket(ticket);
      case QuicEvent.PathChanged changed -> moves.onEvent(changed);
      case QuicEvent.MigrationFailed failed -> moves.onEvent(failed);
      case QuicEvent.NewToken(var token) -> memory.remember(token);
      default -> {}
    }
  }

  private void onConnectionEnded(ConnectionEnding ending) {
    moves.end(() -> new IOException("the connection ended: " + ending.describe()));
    listener.onNoLongerUsable(this);
    onUnusable(new RequestEnding.NotSent(ending));
    for (Attempt attempt : List.copyOf(receiving)) {
      attempt.onConnectionEnded();
      keepUnread(attempt);
    }
    receiving.clear();
    unread.onEnd();
    listener.onEnded(this, ending);
  }

  /** What nobody has read yet is the reader's to keep, and after the end not for ever. */
  private void keepUnread(Attempt attempt) {
    Duration limit = loop.retention().limit();
    unread.add(attempt.response(), () -> new ContentDroppedException(limit));
  }

  /** What is known of the connection; one snapshot does for all that arrived together. */
  ConnectionInfo info() {
    if (info == null) {
      info = ConnectionInfo.of(http.transport(), label);
    }
    return info;
  }
}
