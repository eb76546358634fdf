package dev.sluice.http3.session;

import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.Http3Event;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.webtransport.SessionStream;
import dev.sluice.http3.webtransport.VersionSelection;
import dev.sluice.http3.webtransport.WebTransportConfig;
import dev.sluice.http3.webtransport.WebTransportEvent;
import dev.sluice.http3.webtransport.WebTransportSession;
import dev.sluice.http3.webtransport.WebTransportSessions;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Runs the sessions of one connection on its loop, for the client and the server of this library.
 * On the loop thread, where it says no other.
 */
public final class WebTransportDriver {
  private final WebTransportSessions sessions;
  private final Predicate<Runnable> onLoop;
  private final Consumer<ServerSession> onRequested;
  private final Queue<Wanted> wanted = new ArrayDeque<>();
  private volatile Thread loop;

  private record Wanted(
      String authority,
      String path,
      List<String> protocols,
      boolean protocolRequired,
      Fields fields,
      CompletableFuture<WebTransport> established) {}

  /**
   * @param http has processed nothing yet
   * @param onLoop any thread: does a task on the loop and lets the transport send what it led to;
   *     false when the loop has ended
   * @param onRequested server: takes the requests for sessions
   */
  public WebTransportDriver(
      Http3Connection http,
      WebTransportConfig config,
      Predicate<Runnable> onLoop,
      Consumer<ServerSession> onRequested) {
    this.sessions = new WebTransportSessions(http, config);
    this.onLoop = onLoop;
    this.onRequested = onRequested;
  }

  boolean onLoop(Runnable task) {
    return onLoop.test(task);
  }

  /** Any thread: whether it is the loop's. */
  boolean isLoop(Thread thread) {
    return thread == loop;
  }

  /**
   * Acts on an event of the connection.
   *
   * @return whether nobody else needs to look at it
   */
  public boolean onEvent(Http3Event event) {
    if (loop == null) {
      loop = Thread.currentThread();
    }
    boolean taken = sessions.onEvent(event, System.nanoTime());
    dispatch();
    if (event instanceof Http3Event.RequestsAvailable) {
      openWanted();
    } else if (event instanceof Http3Event.Goaway) {
      failWanted("the server is going away");
    } else if (event instanceof Http3Event.ConnectionEnded(var ending)) {
      failWanted(ending.describe());
    }
    return taken;
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
      case WebTransportEvent.Requested(var session) ->
          onRequested.accept(new ServerSession(this, new SessionHandle(this, session)));
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
    sessions.sessions().forEach(session -> handle(session).onDraining());
  }

  /** Asks the peer to wind down every session that is open. */
  public void drainSessions() {
    sessions.sessions().forEach(WebTransportSession::drain);
  }

  /** Client: whether another session can be had here, as far as is known. */
  public boolean hasCredit() {
    return sessions.selection() == null || sessions.sessionCredit() > wanted.size();
  }

  /**
   * Client: asks for a session, as soon as the server's settings are there and it allows another
   * stream.
   *
   * @return completes when it is established; fails with a {@link SessionEndedException} when the
   *     server has refused it or it came to another end, or another IOException
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
      case VersionSelection.NotOffered no -> failWanted("the server offers no WebTransport");
      case VersionSelection.Unmet(var version, String missing) ->
          failWanted("the server offers " + version + " without " + missing);
    }
    while (!wanted.isEmpty()) {
      if (sessions.sessionCredit() == 0) {
        failWanted("the connection takes no more sessions");
        return;
      }
      Wanted next = wanted.peek();
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

  private void failWanted(String reason) {
    for (Wanted next = wanted.poll(); next != null; next = wanted.poll()) {
      next.established.completeExceptionally(new IOException("no session: " + reason));
    }
  }
}
