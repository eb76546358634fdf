package dev.sluice.http3.webtransport;

import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import java.util.ArrayList;
import java.util.List;

/**
 * Server: requests for sessions that came before the client's settings, and wait for them (§3.1).
 * QUIC's limit on streams bounds how many there are.
 */
final class HeldRequests {
  private final List<RequestStream> waiting = new ArrayList<>();

  void add(RequestStream request) {
    waiting.add(request);
  }

  boolean has(long id) {
    return waiting.stream().anyMatch(request -> request.id() == id);
  }

  /** All of them, in order; none waits any more. */
  List<RequestStream> take() {
    List<RequestStream> all = List.copyOf(waiting);
    waiting.clear();
    return all;
  }

  /** A FIN is for after the answer, like what came before it (§3.2). */
  void onEnded(RequestStream request, RequestEnding how) {
    if (!how.isComplete()) {
      giveUp(request);
    }
  }

  /** STOP_SENDING: nobody wants the answer, unless it goes with WT_CLOSE_SESSION (§6). */
  void onStopped(RequestStream request, long code) {
    if (code != Http3Error.WT_SESSION_GONE.code()) {
      giveUp(request);
    }
  }

  private void giveUp(RequestStream request) {
    if (waiting.remove(request)) {
      request.cancel(Http3Error.H3_REQUEST_CANCELLED);
    }
  }
}
