package dev.sluice.http3.webtransport;

import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.stream.StreamTypeReader;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.SendStream;
import java.util.HashMap;
import java.util.Map;

/**
 * Brings the streams of the peer to their sessions (§4.6): reads the session id of each, and hands
 * it to the session, keeps it for one that may still come, or refuses it. QUIC's limit on streams
 * bounds how many there are whose session id has not arrived.
 */
final class IncomingStreams {
  private record Untagged(StreamTypeReader reader, IncomingStream stream) {}

  private final WebTransportSessions sessions;
  private final Http3Connection http;
  private final BufferedStreams buffered;
  private final Map<Long, Untagged> untagged = new HashMap<>();

  IncomingStreams(WebTransportSessions sessions) {
    this.sessions = sessions;
    http = sessions.http();
    buffered = new BufferedStreams(sessions.config().maxBufferedStreams());
  }

  /**
   * The peer opened a stream, of which the type or signal was read.
   *
   * @param send null for a unidirectional stream
   */
  void onOpened(RecvStream recv, SendStream send) {
    StreamTypeReader sessionId = new StreamTypeReader(recv);
    untagged.put(recv.id(), new Untagged(sessionId, new IncomingStream(recv, send)));
    onReadable(recv.id());
  }

  /** Whether a stream's session id has not arrived. */
  boolean has(long id) {
    return untagged.containsKey(id);
  }

  /** One of those has bytes or has ended. */
  void onReadable(long id) {
    Untagged next = untagged.get(id);
    long sessionId = next.reader.next();
    if (sessionId == StreamTypeReader.NOTHING_NOW) {
      return;
    }
    untagged.remove(id);
    if (sessionId != StreamTypeReader.ENDED) {
      onTagged(sessionId, next.stream);
    } else if (next.stream.isBidirectional()) {
      // Nobody will ever know whose it was.
      next.stream.send().reset(Http3Error.WT_BUFFERED_STREAM_REJECTED.code());
    }
  }

  /** The session id of a stream is known (§4, §4.6, §6). */
  private void onTagged(long sessionId, IncomingStream stream) {
    if ((sessionId & 3) != 0) {
      http.close(
          Http3Error.H3_ID_ERROR, "session id " + sessionId + " is not a client's request stream");
      return;
    }
    WebTransportSession session = sessions.session(sessionId);
    if (session != null && session.isOpen()) {
      session.streams().onOpened(stream);
    } else if (session != null || mayStillCome(sessionId)) {
      if (!buffered.add(sessionId, stream)) {
        buffered.reject(sessionId, stream);
        countRejected(session);
      }
    } else if (!isTakenByEnded(sessionId, stream)) {
      stream.refuse(Http3Error.WT_SESSION_GONE);
    }
  }

  /** What came together with the end of a session that was open comes before the end. */
  private boolean isTakenByEnded(long sessionId, IncomingStream stream) {
    WebTransportSession ended = sessions.endedUntold(sessionId);
    boolean wasOpen = ended != null && ended.response() != null;
    if (wasOpen) {
      ended.streams().onOpened(stream);
    }
    return wasOpen;
  }

  private boolean mayStillCome(long sessionId) {
    if (http.isClient()) {
      return false;
    }
    RequestStream request = http.request(sessionId);
    if (request == null) {
      return sessionId >= http.nextRequestId() || sessions.requests().holds(sessionId);
    }
    // Its head has not arrived, or the event that brings it here is still to come, or it is held.
    boolean asksForSession = request.request() == null || SessionHeads.isSession(request.request());
    return asksForSession && request.attachment() == null;
  }

  // What becomes of the sessions

  /**
   * The streams of a session that were rejected count among its own.
   *
   * @param session null for one that is not there yet
   */
  void countRejected(WebTransportSession session) {
    if (session != null) {
      buffered.takeRejected(session.id()).forEach(session.streams()::onRejected);
    }
  }

  /** Streams that waited for the session are its own now. */
  void onEstablished(WebTransportSession session) {
    for (IncomingStream stream : buffered.take(session.id())) {
      onTagged(session.id(), stream);
    }
  }

  /** There is no session of this id any more, or there will never be one. */
  void refuse(long sessionId) {
    buffered.takeRejected(sessionId);
    buffered.take(sessionId).forEach(stream -> stream.refuse(Http3Error.WT_SESSION_GONE));
  }
}
