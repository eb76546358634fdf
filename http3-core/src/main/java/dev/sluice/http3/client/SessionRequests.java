package dev.sluice.http3.client;

import dev.sluice.http3.session.SessionOptions;
import dev.sluice.http3.session.WebTransport;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/** What a client's users ask for of WebTransport sessions, on its way to the loop. Any thread. */
final class SessionRequests {
  private final CallServices services;

  SessionRequests(CallServices services) {
    this.services = services;
  }

  /** Asks for one; see {@link Http3Client#connectAsync}. */
  CompletableFuture<WebTransport> send(URI uri, SessionOptions options) {
    if (!"https".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null) {
      throw new IllegalArgumentException("an https URI with a host: " + uri);
    }
    RequestChecks.requirePort(uri);
    CompletableFuture<WebTransport> result = new CompletableFuture<>();
    String target = HeaderFields.target(uri);
    submit(new SessionAttempt(Origin.of(uri), target, options, result, this::submit));
    return result;
  }

  private void submit(SessionAttempt attempt) {
    try {
      services.loop().execute(() -> services.pool().submit(attempt));
    } catch (RejectedExecutionException e) {
      attempt.fail(new IOException("the client was shut down"));
    }
  }
}
