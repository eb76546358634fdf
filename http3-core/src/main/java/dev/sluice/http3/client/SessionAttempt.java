package dev.sluice.http3.client;

import dev.sluice.http3.session.SessionOptions;
import dev.sluice.http3.session.WebTransport;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** A WebTransport session that somebody asked for, on its way to a connection. */
record SessionAttempt(
    Origin origin, String path, SessionOptions options, CompletableFuture<WebTransport> result) {

  /** A connection that may take it. */
  void on(ClientConnection connection) {
    connection
        .connect(this)
        .whenComplete(
            (session, failure) -> {
              if (failure != null) {
                result.completeExceptionally(failure);
              } else if (!result.complete(session)) {
                session.close(); // nobody waits for it any more
              }
            });
  }

  /** No connection came about. */
  void fail(IOException why) {
    result.completeExceptionally(why);
  }
}
