package dev.sluice.http3.session;

import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.Http3Event;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.webtransport.DatagramLimits;
import dev.sluice.http3.webtransport.SessionEnding;
import dev.sluice.http3.webtransport.SessionStream;
import dev.sluice.http3.webtransport.VersionSelection;
import dev.sluice.http3.webtransport.WebTransportConfig;
import dev.sluice.http3.webtransport.WebTransportEvent;
import dev.sluice.http3.webtransport.WebTransportSession;
import dev.sluice.http3.webtransport.WebTransportSessions;
import dev.sluice.http3.webtransport.WebTransportVersion;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.io.LoopResources;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Runs the sessions of one connection on its loop, for the client and the server of this library.
 * On the loop thread, where it says no other.
 */
public final class WebTransportDriver {
  /** Several losses in a row do not delay the word on how a session was closed by so much. */
  private static final long GONE_WAIT = Duration.ofSeconds(10).toNanos();

  /**
   * How many handlers may run where fewer sessions may be: those of sessions that have ended, or
   * were taken back, are seldom in a hurry, and the next is not to wait for a few of them.
   */
  static final int HANDLERS = 100;

  private final WebTransportSessions sessions;
  private final DatagramLimits datagramLimits;
  private final LoopResources loop;
  private final Runnable moved;
  private final Consumer<ServerSession> onRequested;
  private final Queue<Wanted> wanted = new ArrayDeque<>();
  private final HandlerTurns<Turn> turns;
  private volatile Thread loopThread;
  private boolean stopping;

  /** Of the last event that had to do with sessions. */
  private long now;

  private record Wanted(
      String authority,
      String path,
      List<String> protocols,
      boolean protocolRequired,
      Fields fields,
      CompletableFuture<WebTransport> established) {}

  /**
   * @param handler begins one, on a thread of its own
   */
  private record Turn(WebTransportSession session, Runnable handler) {}

  /**
   * @param http has processed nothing yet
   * @param loop where everything happens
   * @param moved called after each task there: lets the transport send what that led to
   * @param onRequested server: takes the requests for sessions
   */
  public WebTransportDriver(
      Http3Connection http,
      WebTransportConfig config,
      LoopResources loop,
      Runnable moved,
      Consumer<ServerSession> onRequested) {
    this.sessions = new WebTransportSessions(http, config);
    this.datagramLimits = config.datagrams();
    this.turns = new HandlerTurns<>(Math.max(config.maxSessions(), HANDLERS));
    this.loop = loop;
    this.moved = moved;
    this.onRequested = onRequested;
  }

  /** What each session may keep of datagrams. */
  DatagramLimits datagramLimits() {
    return datagramLimits;
  }

  /** Server: has a handler begin, as soon as no more run than may. */
  void serve(WebTransportSession session, Runnable handler) {
    turns.add(new Turn(session, handler));
    beginHandlers();
  }

  private void beginHandlers() {
    turns.removeIf(turn -> turn.session().ending() != null);
    for (Turn next = turns.next(); next != null; next = turns.next()) {
      next.handler().run();
    }
  }

  /** Any thread: a handler has returned. */
  void onReturned() {
    if (turns.onReturned()) {
      onLoop(this::beginHandlers);
    }
  }

  /** What the connections of its loop have in common. */
  LoopResources loop() {
    return loop;
  }

  /**
   * Any thread: has a task run on the loop, later, and the transport send what it led to.
   *
   * @return false when the loop has ended
   */
  boolean onLoop(Runnable task) {
    return loop.execute(
        () -> {
          task.run();
          moved.run();
        });
  }

  /** Any thread: whether it is the loop's. */
  boolean isLoop(Thread thread) {
    return thread == loopThread;
  }

  /**
   * Acts on an event of the connection.
   *
   * @return whether nobody else needs to look at it
   */
  public boolean onEvent(Http3Event event) {
    if (loopThread == null) {
      loopThread = Thread.currentThread();
    }
    if (!isOrdinary(event)) {
      now = System.nanoTime();
    }
    boolean taken = sessions.onEvent(event, now);
    dispatch();
    if (event instanceof Http3Event.RequestsAvailable) {
      openWanted();
    } else if (event instanceof Http3Event.Goaway) {
      failWanted(notSent(null));
    } else if (event instanceof Http3Event.ConnectionEnded(var ending)) {
      failWanted(notSent(ending));
      turns.onConnectionEnded();
      beginHandlers();
    } else if (event instanceof Http3Event.Stopped(var request, var code)) {
      onStopped(request);
    }
    return taken;
  }

  /** A peer that says no more than that a session is gone has it end all the same (§6). */
  private void onStopped(RequestStream request) {
    if (request.attachment() instanceof WebTransportSession session && session.isGone()) {
      loop.timer()
          .schedule(
              () -> {
                session.expire();
                moved.run();
              },
              GONE_WAIT);
    }
  }

  /**
   * Whether it is of a request that is no session's: most are, and for those nobody needs a time.
   */
  private static boolean isOrdinary(Http3Event event) {
    RequestStream request =
        switch (event) {
          case Http3Event.Request(var stream, var head) -> head.protocol() == null ? stream : null;
          case Http3Event.Response(var stream, var head) -> stream;
          case Http3Event.Readable(var stream) -> stream;
          case Http3Event.Writable(var stream) -> stream;
          case Http3Event.RequestEnded(var stream, var ending) -> stream;
          case Http3Event.Closed(var stream) -> stream;
          default -> null;
        };
    return request != null && !(request.attachment() instanceof WebTransportSession);
  }

  /** Tells what came of what was called. */
  public void dispatch() {
    for (WebTransportEvent event = sessions.nextEvent();
        event != null;
        event = sessions.nextEvent()) {
      onEvent(event);
    }
  }

  private void onEvent(WebTransportEvent event) {
    switch (event) {
      case WebTransportEvent.Settled settled -> openWanted();
      case WebTransportEvent.Requested(var session) -> {
        SessionHandle handle = new SessionHandle(this, session);
        if (stopping) {
          handle.onDraining(); // its request was on its way
        }
        onRequested.accept(new ServerSession(this, handle));
      }
      case WebTransportEvent.Established(var session) -> {}
      case WebTransportEvent.Opened(var stream) -> handle(stream.session()).onOpened(stream);
      case WebTransportEvent.Readable(var stream) -> handle(stream).inlet().fill();
      case WebTransportEvent.Writable(var stream) -> handle(stream).outlet().drain();
      case WebTransportEvent.SendEnded(var stream) -> handle(stream).outlet().onEnded();
      case WebTransportEvent.StreamsAvailable(var session, boolean bidirectional) ->
          handle(session).openWanted(bidirectional);
      case WebTransportEvent.DatagramsReceived(var session) -> handle(session).onDatagrams();
      case WebTransportEvent.Draining(var session) -> handle(session).onDraining();
      case WebTransportEvent.Ended(var session, var ending) -> {
        handle(session).onEnded(ending);
        openWanted();
      }
    }
    if (event instanceof WebTransportEvent.Established(var session)) {
      handle(session).onEstablished();
    }
  }

  private static SessionHandle handle(WebTransportSession session) {
    return (SessionHandle) session.attachment();
  }

  private static WebTransportStream handle(SessionStream stream) {
    return (WebTransportStream) stream.attachment();
  }

  /** Server: it is being stopped, which its sessions' users hear of like their peers. */
  public void onStopping() {
    stopping = true;
    sessions.sessions().forEach(session -> handle(session).onDraining());
  }

  /** Asks the peer to wind down every session that is open. */
  public void drainSessions() {
    sessions.sessions().forEach(WebTransportSession::drain);
  }

  /** Closes every session with code 0, those too that are not established yet. */
  public void closeSessions() {
    sessions.sessions().forEach(session -> session.close(0, ""));
    failWanted(new IOException("no session: the client was closed"));
  }

  /**
   * Client: whether another session can be had here, as far as is known; also where the server
   * offers none at all, which {@link #connect} then says.
   */
  public boolean hasCredit() {
    return switch (sessions.selection()) {
      case VersionSelection.Selected selected -> sessions.sessionCredit() > wanted.size();
      case null, default -> true;
    };
  }

  /** Client: whether a session waits for the server's settings, or to be allowed a stream. */
  public boolean hasWanted() {
    return !wanted.isEmpty();
  }

  /** Whether there is a session that has not ended. */
  public boolean hasSessions() {
    return !sessions.sessions().isEmpty();
  }

  /** Client: what the server's newest version needs and it has not said; null for nothing. */
  public String requirementNotMet() {
    // There is a code for that since draft-15.
    return sessions.selection() instanceof VersionSelection.Unmet(var version, String missing)
            && version == WebTransportVersion.DRAFT_16
        ? missing
        : null;
  }

  /**
   * Client: asks for a session, as soon as the server's settings are there and it allows another
   * stream.
   *
   * @return completes when it is established, and when cancelled takes the request back; fails with
   *     a {@link SessionEndedException} when the server has refused it or it came to another end, a
   *     request that was not sent among them, or another IOException when the server offers no
   *     WebTransport
   */
  public CompletableFuture<WebTransport> connect(
      String authority,
      String path,
      List<String> protocols,
      boolean protocolRequired,
      Fields fields) {
    CompletableFuture<WebTransport> established = new CompletableFuture<>();
    wanted.add(new Wanted(authority, path, protocols, protocolRequired, fields, established));
    openWanted();
    return established;
  }

  private void openWanted() {
    if (sessions.selection() == null) {
      return;
    }
    switch (sessions.selection()) {
      case VersionSelection.Selected selected -> {}
      case VersionSelection.NotOffered no ->
          failWanted(new IOException("no session: the server offers no WebTransport"));
      case VersionSelection.Unmet(var version, String missing) ->
          failWanted(
              new IOException("no session: the server offers " + version + " without " + missing));
    }
    while (!wanted.isEmpty()) {
      if (sessions.sessionCredit() == 0) {
        failWanted(notSent(null));
        return;
      }
      Wanted next = wanted.peek();
      if (next.established.isDone()) {
        wanted.remove(); // nobody waits for it any more
        continue;
      }
      WebTransportSession session;
      try {
        session =
            sessions.connect(
                next.authority, next.path, next.protocols, next.protocolRequired, next.fields);
      } catch (RuntimeException e) {
        wanted.remove().established.completeExceptionally(e);
        continue;
      }
      if (session == null) {
        return; // RequestsAvailable follows
      }
      wanted.remove();
      SessionHandle handle = new SessionHandle(this, session);
      next.established.whenComplete((face, failure) -> giveUpIfCancelled(next, session));
      handle
          .established()
          .whenComplete(
              (face, failure) -> {
                if (failure == null) {
                  next.established.complete(face);
                } else {
                  next.established.completeExceptionally(failure);
                }
              });
    }
  }

  /** Any thread: whoever asked for a session has stopped waiting for it. */
  private void giveUpIfCancelled(Wanted request, WebTransportSession session) {
    if (request.established.isCancelled()) {
      onLoop(() -> session.close(0, ""));
    }
  }

  /** No request was made, so that it can be on another connection. */
  private static IOException notSent(ConnectionEnding cause) {
    return new SessionEndedException(
        new SessionEnding.NotEstablished(new RequestEnding.NotSent(cause)));
  }

  private void failWanted(IOException failure) {
    for (Wanted next = wanted.poll(); next != null; next = wanted.poll()) {
      next.established.completeExceptionally(failure);
    }
  }
}
