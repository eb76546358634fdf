package dev.sluice.http3.webtransport;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.quic.stream.BidiStream;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.SendStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The streams of one session. */
final class SessionStreams {
  private static final String MORE_STREAMS = "more streams than WT_MAX_STREAMS allows";

  private final WebTransportSession session;
  private final WebTransportSessions sessions;
  private final Map<Long, SessionStream> live = new LinkedHashMap<>();
  private final Set<SendingPart> blocked = new LinkedHashSet<>();
  // Streams that are not read any more, but whose final size still counts (§5.4).
  private final List<ReceivingPart> unsettled = new ArrayList<>();
  private boolean bidiWanted;
  private boolean uniWanted;
  private long openedHere;
  private long openedByPeer;
  private long bytesReceived;
  private long bytesSentBefore;

  SessionStreams(WebTransportSession session, WebTransportSessions sessions) {
    this.session = session;
    this.sessions = sessions;
  }

  /** Opens a stream; null when the session's limit or the connection's is reached. */
  SessionStream open(boolean bidirectional) {
    PeerLimit limit = session.flow().peerStreams(bidirectional);
    if (limit.credit() == 0) {
      limit.onBlocked();
      want(bidirectional);
      session.sendUpdates();
      return null;
    }
    BidiStream both = bidirectional ? sessions.http().transport().openBidi() : null;
    SendStream out = bidirectional ? sendOf(both) : sessions.http().transport().openUni();
    if (out == null) {
      want(bidirectional);
      return null;
    }
    limit.use(1);
    openedHere++;
    SessionStream stream = new SessionStream(session, out.id(), true, bidirectional);
    byte[] header = StreamHeader.encode(bidirectional, session.id());
    stream.join(
        new SendingPart(session, stream, out, header),
        bidirectional ? new ReceivingPart(session, stream, both.recv(), 0) : null);
    add(stream);
    return stream;
  }

  private static SendStream sendOf(BidiStream both) {
    return both == null ? null : both.send();
  }

  private void want(boolean bidirectional) {
    bidiWanted |= bidirectional;
    uniWanted |= !bidirectional;
  }

  private void add(SessionStream stream) {
    live.put(stream.id(), stream);
    sessions.add(stream);
  }

  /**
   * The peer opened a stream for this session, which is open, or has ended with what came together
   * with the stream.
   */
  void onOpened(IncomingStream incoming) {
    RecvStream in = incoming.recv();
    boolean bidirectional = incoming.isBidirectional();
    if (!session.flow().ownStreams(bidirectional).use(1)) {
      incoming.refuse(Http3Error.WT_SESSION_GONE);
      session.fail(Http3Error.WT_FLOW_CONTROL_ERROR, MORE_STREAMS);
      return;
    }
    SessionStream stream = new SessionStream(session, in.id(), false, bidirectional);
    stream.join(
        bidirectional ? new SendingPart(session, stream, incoming.send(), new byte[0]) : null,
        new ReceivingPart(session, stream, in, in.position()));
    openedByPeer++;
    add(stream);
    session.emit(new WebTransportEvent.Opened(stream));
    stream.receiving().onOpened();
    if (bidirectional) {
      stream.sending().onOpened();
    }
    if (session.ending() != null) {
      onSessionEnded(session.ending());
    }
  }

  /**
   * A stream that the peer opened for this session found no place to wait for it, and was refused.
   * To the peer it has used up the limits like any other, and is closed like one that nobody reads.
   */
  void onRejected(BufferedStreams.Rejected rejected) {
    IncomingStream stream = rejected.stream();
    OwnLimit limit = session.flow().ownStreams(stream.isBidirectional());
    if (!limit.use(1)) {
      session.fail(Http3Error.WT_FLOW_CONTROL_ERROR, MORE_STREAMS);
    } else if (session.flow().isEnabled()) {
      limit.release(1);
      unsettled.add(new ReceivingPart(session, null, stream.recv(), rejected.headerLength()));
      session.sendUpdates();
    }
  }

  /** A part of a stream ended. */
  void onPartOver(SessionStream stream) {
    if (stream.isOver() && live.remove(stream.id()) != null) {
      sessions.remove(stream);
      if (stream.sending() != null) {
        bytesSentBefore += stream.sending().sent();
        blocked.remove(stream.sending());
      }
      if (!stream.isLocal()) {
        session.flow().ownStreams(stream.isBidirectional()).release(1);
        session.sendUpdates();
      }
    }
  }

  void onReceivingOver(ReceivingPart part, SessionStream stream) {
    if (session.flow().isEnabled()) {
      unsettled.add(part);
      settle();
    }
    onPartOver(stream);
  }

  /**
   * Gives back what was charged for streams that are not read any more, as far as it is known. The
   * peer may have used up all credit on one of them.
   */
  void settle() {
    if (!unsettled.isEmpty()) {
      // Charging one may end the session, and with it this list.
      List.copyOf(unsettled).stream().filter(ReceivingPart::settle).forEach(unsettled::remove);
    }
  }

  void onDataBlocked(SendingPart part) {
    session.flow().peerData().onBlocked();
    blocked.add(part);
  }

  /** The session's limits grew. */
  void onLimitsRaised() {
    wakeBlocked();
    onStreamsAvailable(true);
    onStreamsAvailable(false);
  }

  /** There may be credit again for streams that had none. */
  void wakeBlocked() {
    if (session.flow().peerData().credit() > 0) {
      List<SendingPart> waiting = List.copyOf(blocked);
      blocked.clear();
      waiting.forEach(SendingPart::onWritable);
    }
  }

  /** The connection's limit, or the session's, may have grown. */
  void onStreamsAvailable(boolean bidirectional) {
    boolean wanted = bidirectional ? bidiWanted : uniWanted;
    if (wanted && session.flow().peerStreams(bidirectional).credit() > 0) {
      bidiWanted &= !bidirectional;
      uniWanted &= bidirectional;
      session.emit(new WebTransportEvent.StreamsAvailable(session, bidirectional));
    }
  }

  void onRead(int bytes) {
    bytesReceived += bytes;
    settle();
  }

  void onSessionEnded(SessionEnding how) {
    for (SessionStream stream : List.copyOf(live.values())) {
      if (stream.receiving() != null) {
        stream.receiving().onSessionEnded(how);
      }
      if (stream.sending() != null) {
        stream.sending().onSessionEnded(how);
        bytesSentBefore += stream.sending().sent();
      }
      sessions.remove(stream);
    }
    live.clear();
    blocked.clear();
    unsettled.clear();
  }

  long openedHere() {
    return openedHere;
  }

  long openedByPeer() {
    return openedByPeer;
  }

  long bytesReceived() {
    return bytesReceived;
  }

  long bytesSent() {
    long sent = bytesSentBefore;
    for (SessionStream stream : live.values()) {
      sent += stream.sending() == null ? 0 : stream.sending().sent();
    }
    return sent;
  }
}
