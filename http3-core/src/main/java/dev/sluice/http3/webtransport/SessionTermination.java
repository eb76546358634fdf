package dev.sluice.http3.webtransport;

import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;

/**
 * How a session comes to its end (§6): closed here, by a capsule of the peer's, or with its CONNECT
 * stream. What came on that stream counts first, and before the server's answer nothing does (§3.2)
 * but that one side takes the request back.
 */
final class SessionTermination {
  private static final long NOT_STOPPED = -1;

  private final WebTransportSession session;
  private final RequestStream request;
  private final ConnectStream connect;
  private final SessionCapsules capsules;
  private final SessionDatagrams datagrams;
  private long stopCode = NOT_STOPPED;
  private boolean closedByPeer;

  SessionTermination(
      WebTransportSession session,
      RequestStream request,
      ConnectStream connect,
      SessionCapsules capsules,
      SessionDatagrams datagrams) {
    this.session = session;
    this.request = request;
    this.connect = connect;
    this.capsules = capsules;
    this.datagrams = datagrams;
  }

  // This side ends it

  /** Closes the session, which has not ended; see {@link WebTransportSession#close}. */
  void close(CloseCapsule close) {
    if (session.isOpen()) {
      connect.discard();
      datagrams.finish(
          () -> {
            connect.send(close.encode());
            connect.finish();
          });
    } else {
      request.cancel(Http3Error.H3_REQUEST_CANCELLED);
    }
    session.end(new SessionEnding.Closed(SessionEnding.Side.LOCAL, close.code(), close.reason()));
  }

  /** The peer broke a rule of the session: its CONNECT stream is reset. */
  void fail(Http3Error error, String reason) {
    if (session.state() != SessionState.ENDED) {
      request.cancel(error);
      session.end(new SessionEnding.Failed(error, reason));
    }
  }

  // The peer ends it

  /** WT_CLOSE_SESSION. */
  void onClose(CloseCapsule close) {
    closedByPeer = true;
    connect.finish();
    session.end(new SessionEnding.Closed(SessionEnding.Side.PEER, close.code(), close.reason()));
    onReadable();
  }

  /** There is something on the CONNECT stream; nothing may come behind WT_CLOSE_SESSION. */
  void onReadable() {
    if (session.isOpen()) {
      capsules.read();
    } else if (session.state() == SessionState.ENDED && connect.discard() && closedByPeer) {
      request.cancel(Http3Error.H3_MESSAGE_ERROR);
    }
  }

  /** Nothing more will come on the CONNECT stream. */
  void onRequestEnded(RequestEnding how) {
    if (session.state() == SessionState.ENDED) {
      return;
    }
    if (session.state() == SessionState.CONNECTING) {
      session.end(new SessionEnding.NotEstablished(how));
      return;
    }
    switch (how) {
      case RequestEnding.Complete complete -> onFinished();
      case RequestEnding.ConnectionLost(var cause, var afterHead) ->
          onConnectionEnded(new SessionEnding.ConnectionEnded(cause));
      case RequestEnding.ResetByPeer(long code, var afterHead) -> onAborted(code);
      case RequestEnding.StreamError(Http3Error error, String reason, var afterHead) ->
          fail(error, reason);
      case RequestEnding.Abandoned(long code) -> onAborted(code);
      case RequestEnding.NotSent _, RequestEnding.NotCoveredByGoaway _, RequestEnding.Rejected _ ->
          session.end(new SessionEnding.NotEstablished(how));
    }
  }

  /** A FIN closes as a capsule with code 0 does; before the answer neither counts. */
  private void onFinished() {
    if (session.state() == SessionState.REQUESTED) {
      return;
    }
    if (connect.isWithinCapsule()) {
      fail(Http3Error.H3_MESSAGE_ERROR, "the CONNECT stream finished within a capsule");
      return;
    }
    connect.finish();
    session.end(new SessionEnding.Closed(SessionEnding.Side.PEER, 0, ""));
  }

  /** The peer cut the CONNECT stream short. */
  private void onAborted(long code) {
    request.cancel(Http3Error.WT_SESSION_GONE);
    session.end(new SessionEnding.Aborted(code));
  }

  /**
   * STOP_SENDING on the CONNECT stream. It may go with a response that turns the session down, or
   * with WT_CLOSE_SESSION, which say more. What came on the stream together with it comes first,
   * for frames of one packet are in any order.
   */
  void onStopped(long code) {
    stopCode = code;
    datagrams.onCut();
    if (session.isOpen()) {
      capsules.read();
      if (request.ending() != null) {
        onRequestEnded(request.ending());
      }
    }
    boolean alone = session.isOpen() || session.state() == SessionState.REQUESTED;
    if (alone && code != Http3Error.WT_SESSION_GONE.code()) {
      onAborted(code);
    }
  }

  /**
   * Whether STOP_SENDING has said that the session is gone, and nothing yet how. What does is on
   * its way, unless the peer breaks the rules.
   */
  boolean isGone() {
    boolean waits = session.isOpen() || session.state() == SessionState.CONNECTING;
    return waits && stopCode == Http3Error.WT_SESSION_GONE.code();
  }

  /** Nothing has come. */
  void expire() {
    if (isGone()) {
      request.cancel(Http3Error.WT_SESSION_GONE);
    }
  }

  // It is established: what came before that counts now

  /** Server: the client may have said everything before it had the answer. */
  void onAccepted() {
    if (request.ending() != null) {
      onRequestEnded(request.ending());
    }
  }

  /** Client: STOP_SENDING may overtake the response that it comes behind. */
  void onResponse() {
    if (stopCode != NOT_STOPPED) {
      onStopped(stopCode);
    }
  }

  // The connection ends

  /** Before the answer it waits for that: what came first is for whoever accepts the session. */
  void onConnectionEnded(SessionEnding.ConnectionEnded lost) {
    if (session.state() != SessionState.ENDED && session.state() != SessionState.REQUESTED) {
      session.end(lost);
    }
  }
}
