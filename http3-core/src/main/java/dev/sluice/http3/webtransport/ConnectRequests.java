package dev.sluice.http3.webtransport;

import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.Http3Settings;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.message.ResponseHead;
import java.util.List;

/**
 * The CONNECT requests for the sessions of a connection (§3.1, §3.2, §5.2): what the settings of
 * both sides allow, when a client may make one, and what a server says to one without asking the
 * application.
 */
final class ConnectRequests {
  /** Tied to a request that there is no session for. */
  private enum Answer {
    NO
  }

  private final WebTransportSessions sessions;
  private final Http3Connection http;
  private final WebTransportConfig config;
  private final HeldRequests held = new HeldRequests();
  private VersionSelection selection;

  ConnectRequests(WebTransportSessions sessions) {
    this.sessions = sessions;
    http = sessions.http();
    config = sessions.config();
  }

  // Settings

  /** The peer's have arrived: what they come to, and what waited for them. */
  void onSettings(Http3Settings peer) {
    boolean broken =
        peer.value(WebTransportVersion.DRAFT_02.setting(), 0) > 1
            || http.isClient() && peer.value(WebTransportVersion.DRAFT_16.setting(), 0) > 1;
    if (broken) {
      http.close(Http3Error.H3_SETTINGS_ERROR, "SETTINGS: WebTransport is on or off");
      return;
    }
    selection =
        VersionSelection.select(
            config.versions(),
            peer,
            http.isClient(),
            config.datagramsRequired(),
            http.transport().maxDatagramLength() > 0,
            http.transport().supportsResetAt());
    sessions.emit(new WebTransportEvent.Settled(selection));
    held.take().forEach(request -> answer(request, request.request()));
  }

  /** What they came to; null before. */
  VersionSelection selection() {
    return selection;
  }

  /** The draft that is spoken; null while there is none. */
  WebTransportVersion version() {
    return selection instanceof VersionSelection.Selected(WebTransportVersion version)
        ? version
        : null;
  }

  /** How many sessions share the connection at most, as far as this side is concerned (§5.1). */
  private int maxSessions(WebTransportVersion version) {
    boolean alone =
        version.hasFlowControl() && !SessionFlow.isEnabled(version, config, http.peerSettings());
    return alone ? 1 : config.maxSessions();
  }

  // Client

  /** How many more sessions the server takes now. */
  long credit() {
    WebTransportVersion version = version();
    if (version == null || !http.canOpenRequests()) {
      return 0;
    }
    long limit = Math.min(version.maxSessions(http.peerSettings()), maxSessions(version));
    return Math.max(0, limit - sessions.count());
  }

  /**
   * Asks for a session; {@link WebTransportSessions#connect} has the parameters.
   *
   * @return null when there is no credit for a request stream now
   */
  WebTransportSession connect(
      String authority,
      String path,
      List<String> protocols,
      boolean protocolRequired,
      Fields fields) {
    if (credit() == 0) {
      throw new IllegalStateException("the connection takes no more sessions");
    }
    RequestHead head = SessionHeads.request(version(), authority, path, protocols, fields);
    RequestStream request = http.openRequest(head, false);
    if (request == null) {
      return null;
    }
    WebTransportSession session =
        new WebTransportSession(sessions, request, version(), protocolRequired);
    sessions.begin(session, request);
    return session;
  }

  // Server

  /**
   * A request has arrived.
   *
   * @return whether nobody else needs to look at it
   */
  boolean onRequest(RequestStream request, RequestHead head) {
    if (!SessionHeads.isSession(head)) {
      sessions.incoming().refuse(request.id()); // streams that came before it took it for a session
      return sessions.datagrams().refuses(request);
    }
    if (selection == null) {
      held.add(request);
    } else {
      answer(request, head);
    }
    return true;
  }

  /** What can be said about a request without the application (§3.1, §3.2, §5.2). */
  private void answer(RequestStream request, RequestHead head) {
    WebTransportVersion version = version();
    String origin = head.fields().first("origin");
    if (version == null || SessionHeads.whyNotCapsules(head) != null) {
      // Settings without what the version needs make every session malformed (§3.1).
      drop(request, Http3Error.H3_MESSAGE_ERROR);
    } else if (!"https".equals(head.scheme())) {
      refuse(request, 400);
    } else if (origin != null && !config.originPolicy().allows(origin, head)) {
      refuse(request, 403);
    } else if (sessions.count() >= maxSessions(version)) {
      drop(request, Http3Error.H3_REQUEST_REJECTED);
    } else {
      WebTransportSession session = new WebTransportSession(sessions, request, version, false);
      sessions.emit(new WebTransportEvent.Requested(session));
      sessions.begin(session, request);
    }
  }

  private void drop(RequestStream request, Http3Error error) {
    request.cancel(error);
    refuseStreams(request);
  }

  private void refuse(RequestStream request, int status) {
    request.sendResponse(new ResponseHead(status, Fields.EMPTY), true);
    request.stopReading(Http3Error.H3_NO_ERROR);
    refuseStreams(request);
  }

  private void refuseStreams(RequestStream request) {
    request.attach(Answer.NO);
    sessions.datagrams().forget(request.id());
    sessions.incoming().refuse(request.id());
  }

  // What becomes of those that are held

  /** Whether a request waits for the settings, perhaps longer than its stream is there. */
  boolean holds(long id) {
    return held.has(id);
  }

  void onEnded(RequestStream request, RequestEnding how) {
    held.onEnded(request, how);
  }

  void onStopped(RequestStream request, long code) {
    held.onStopped(request, code);
  }

  void onConnectionEnded() {
    held.take();
  }
}
