package dev.sluice.http3.webtransport;

import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.ResponseHead;
import java.util.List;

/** A session from its CONNECT request to the answer (§3.2, §3.3). */
final class SessionEstablishment {
  private final WebTransportSession session;
  private final RequestStream request;
  private final List<String> offered;
  private final boolean protocolRequired;

  private ResponseHead response;
  private String protocol;

  SessionEstablishment(
      WebTransportSession session, RequestStream request, boolean protocolRequired) {
    this.session = session;
    this.request = request;
    this.protocolRequired = protocolRequired;
    offered = ApplicationProtocols.offered(request.request().fields());
  }

  /** The application protocols that the client has offered, most wanted first. */
  List<String> offered() {
    return offered;
  }

  // Server

  /** Accepts the session; see {@link WebTransportSession#accept}. */
  void accept(String chosen, Fields fields) {
    requireUnanswered();
    if (chosen != null && !offered.contains(chosen)) {
      throw new IllegalArgumentException("the client has not offered " + chosen);
    }
    ResponseHead head = SessionHeads.accepting(session.version(), chosen, fields);
    request.sendResponse(head, false);
    establish(head, chosen);
    session.termination().onAccepted();
  }

  /** Turns the session down; see {@link WebTransportSession#reject}. */
  void reject(int status, Fields fields) {
    requireUnanswered();
    if (status < 300 || status > 599) {
      throw new IllegalArgumentException("status " + status + " turns nothing down");
    }
    ResponseHead head = new ResponseHead(status, fields);
    request.sendResponse(head, true);
    request.stopReading(Http3Error.H3_NO_ERROR);
    session.end(new SessionEnding.Refused(head));
  }

  private void requireUnanswered() {
    if (session.state() != SessionState.REQUESTED) {
      throw new IllegalStateException("the request for the session was answered");
    }
  }

  // Client

  /** The server has answered. */
  void onResponse(ResponseHead head) {
    if (session.state() != SessionState.CONNECTING) {
      return;
    }
    switch (ResponseVerdict.of(head, session.version(), offered, protocolRequired)) {
      case ResponseVerdict.Established(String chosen) -> {
        session.emit(new WebTransportEvent.Established(session));
        establish(head, chosen);
        session.termination().onResponse();
      }
      case ResponseVerdict.Refused() -> {
        request.cancel(Http3Error.H3_REQUEST_CANCELLED);
        session.end(new SessionEnding.Refused(head));
      }
      case ResponseVerdict.Broken(Http3Error error, String reason) -> session.fail(error, reason);
    }
  }

  // What it came to

  private void establish(ResponseHead head, String chosen) {
    response = head;
    protocol = chosen;
    session.onEstablished();
  }

  /** The response that established it; null before, and where there was none. */
  ResponseHead response() {
    return response;
  }

  /** The application protocol that was agreed on (§3.3); null when none. */
  String protocol() {
    return protocol;
  }
}
