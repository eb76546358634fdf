package dev.sluice.http3.server;

import dev.sluice.http3.RequestEndedException;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.server.EarlyRequests.Treatment;
import dev.sluice.quic.ending.ConnectionEnding;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Stands between a connection's requests and its handlers while the handshake is not complete (RFC
 * 8470).
 */
final class EarlyGate {
  private static final Logger LOG = System.getLogger("dev.sluice.http3.server");

  private final EarlyRequests policy;
  private final CompletableFuture<Void> handshake = new CompletableFuture<>();

  /**
   * @param policy null when the server has none: then the handler decides
   */
  EarlyGate(EarlyRequests policy) {
    this.policy = policy;
  }

  /** Whether a gateway says that the request was early; one field or more, whatever it says. */
  static boolean isMarked(RequestHead request) {
    return request.fields().contains("early-data");
  }

  /** Loop: whether a request that has just arrived may be a replay. */
  boolean isEarly(RequestStream stream) {
    return stream.isEarly() && !isHandshakeComplete();
  }

  /** Loop: what is to be done with a request that has just arrived. */
  Treatment treatment(RequestStream stream, RequestHead request) {
    boolean marked = isMarked(request);
    if (policy == null || !marked && !isEarly(stream)) {
      return Treatment.HANDLE;
    }
    Treatment treatment = judged(request);
    return marked && treatment == Treatment.WAIT ? Treatment.REFUSE : treatment;
  }

  /** What a program throws here must not cost the connection, with all others on it. */
  private Treatment judged(RequestHead request) {
    try {
      return Objects.requireNonNull(policy.treatment(request), "a treatment");
    } catch (RuntimeException | Error e) {
      LOG.log(Level.WARNING, "no treatment for early " + request.path(), e);
      return Treatment.REFUSE;
    }
  }

  /** Any thread. */
  boolean isHandshakeComplete() {
    return handshake.isDone() && !handshake.isCompletedExceptionally();
  }

  /** Any thread but the loop: waits for it. */
  void awaitHandshake() throws IOException {
    try {
      handshake.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } catch (ExecutionException e) {
      RequestEndedException ended = (RequestEndedException) e.getCause();
      throw new RequestEndedException(ended.ending());
    }
  }

  /** Loop. */
  void onHandshakeComplete() {
    handshake.complete(null);
  }

  /** Loop: it will never be complete. */
  void onConnectionEnded(ConnectionEnding ending) {
    handshake.completeExceptionally(
        new RequestEndedException(new RequestEnding.ConnectionLost(ending, true)));
  }
}
