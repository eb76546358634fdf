package dev.sluice.http3.client;

import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.ending.Retry;
import dev.sluice.http3.session.SessionEndedException;
import dev.sluice.http3.session.SessionOptions;
import dev.sluice.http3.session.WebTransport;
import dev.sluice.http3.webtransport.SessionEnding;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A WebTransport session that somebody asked for, on its way to a connection. On the loop.
 *
 * <p>A connection that is full sends it on to another. A request for it that certainly was not
 * processed is made again on a new one, once, like any other request.
 */
final class SessionAttempt {
  private final Origin origin;
  private final String path;
  private final SessionOptions options;
  private final CompletableFuture<WebTransport> result;
  private final Consumer<SessionAttempt> again;
  private boolean triedAgain;

  /**
   * @param path with the query
   * @param again puts it on another connection
   */
  SessionAttempt(
      Origin origin,
      String path,
      SessionOptions options,
      CompletableFuture<WebTransport> result,
      Consumer<SessionAttempt> again) {
    this.origin = origin;
    this.path = path;
    this.options = options;
    this.result = result;
    this.again = again;
  }

  Origin origin() {
    return origin;
  }

  String path() {
    return path;
  }

  SessionOptions options() {
    return options;
  }

  /** A connection that may take it. */
  void on(ClientConnection connection) {
    if (result.isDone()) {
      return; // nobody waits for it any more
    }
    CompletableFuture<WebTransport> asked = connection.connect(this);
    asked.whenComplete(
        (session, failure) -> {
          if (failure == null) {
            if (!result.complete(session)) {
              session.close();
            }
          } else if (!result.isDone() && mayTryAgain(failure, connection)) {
            connection.outgrow();
            again.accept(this);
          } else {
            result.completeExceptionally(failure);
          }
        });
    result.whenComplete((session, failure) -> asked.cancel(false));
  }

  private boolean mayTryAgain(Throwable failure, ClientConnection connection) {
    if (!(failure instanceof SessionEndedException ended)
        || !(ended.ending() instanceof SessionEnding.NotEstablished(RequestEnding how))
        || how.retry() != Retry.ANY_METHOD
        || !ConnectionPool.isWorthAnotherTry(how)) {
      return false;
    }
    if (connection.isFull()) {
      return true; // ends: with each connection there is one less that looks for room
    }
    boolean first = !triedAgain;
    triedAgain = true;
    return first;
  }

  /** No connection came about. */
  void fail(IOException why) {
    result.completeExceptionally(why);
  }
}
