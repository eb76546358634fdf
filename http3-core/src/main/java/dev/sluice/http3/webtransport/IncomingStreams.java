package dev.sluice.http3.webtransport;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.stream.StreamTypeReader;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.SendStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Streams of the peer that have no session yet: their session id has not arrived, or their session
 * has not (§4.6). QUIC's limit on streams bounds the former, {@code maxBuffered} the latter.
 */
final class IncomingStreams {
  /** What to do with a stream whose session id is known. */
  interface Router {
    /** Finds the place of a stream; {@link IncomingStreams#buffer} may be it. */
    void onTagged(long sessionId, Incoming stream);
  }

  /**
   * @param send null for a unidirectional stream
   */
  record Incoming(RecvStream recv, SendStream send) {
    /** The session will not take it. */
    void refuse(Http3Error error) {
      recv.stopSending(error.code());
      if (send != null) {
        send.reset(error.code());
      }
    }
  }

  /**
   * A stream for which there was no room.
   *
   * @param headerLength what of it was read
   */
  record Rejected(Incoming stream, long headerLength) {}

  /**
   * More than the streams of a flight that its request does not lead. A session of which more are
   * refused before it is there can have fewer streams.
   */
  private static final int MAX_REJECTED = 1 << 10;

  private final int maxBuffered;
  private final Router router;
  private final Map<Long, StreamTypeReader> untagged = new HashMap<>();
  private final Map<Long, Incoming> untaggedStreams = new HashMap<>();
  private final Map<Long, List<Incoming>> buffered = new HashMap<>();
  private final Map<Long, List<Rejected>> rejected = new HashMap<>();
  private int count;
  private int rejectedCount;

  IncomingStreams(int maxBuffered, Router router) {
    this.maxBuffered = maxBuffered;
    this.router = router;
  }

  /** The peer opened a stream, of which the type or signal was read. */
  void onOpened(RecvStream recv, SendStream send) {
    untagged.put(recv.id(), new StreamTypeReader(recv));
    untaggedStreams.put(recv.id(), new Incoming(recv, send));
    onReadable(recv.id());
  }

  /** Whether a stream's session id has not arrived. */
  boolean has(long id) {
    return untagged.containsKey(id);
  }

  /** One of those has bytes or has ended. */
  void onReadable(long id) {
    long sessionId = untagged.get(id).next();
    if (sessionId == StreamTypeReader.NOTHING_NOW) {
      return;
    }
    untagged.remove(id);
    Incoming stream = untaggedStreams.remove(id);
    if (sessionId != StreamTypeReader.ENDED) {
      router.onTagged(sessionId, stream);
    } else if (stream.send != null) {
      // Nobody will ever know whose it was.
      stream.send.reset(Http3Error.WT_BUFFERED_STREAM_REJECTED.code());
    }
  }

  /** Keeps a stream until its session is there; false when there are too many. */
  boolean buffer(long sessionId, Incoming stream) {
    if (count == maxBuffered) {
      return false;
    }
    count++;
    buffered.computeIfAbsent(sessionId, id -> new ArrayList<>()).add(stream);
    return true;
  }

  /** The streams that waited for a session, in order. */
  List<Incoming> take(long sessionId) {
    List<Incoming> taken = count == 0 ? null : buffered.remove(sessionId);
    if (taken == null) {
      return List.of();
    }
    count -= taken.size();
    return taken;
  }

  /**
   * Refuses a stream that found no room, and whose session is not there yet either. To its sender
   * it counts among the session's (§5.3), so that it is not forgotten.
   */
  void reject(long sessionId, Incoming stream) {
    if (rejectedCount < MAX_REJECTED) {
      rejectedCount++;
      rejected
          .computeIfAbsent(sessionId, id -> new ArrayList<>())
          .add(new Rejected(stream, stream.recv().position()));
    }
    stream.refuse(Http3Error.WT_BUFFERED_STREAM_REJECTED);
  }

  /** The streams of a session that were refused before it was there. */
  List<Rejected> takeRejected(long sessionId) {
    List<Rejected> taken = rejectedCount == 0 ? null : rejected.remove(sessionId);
    if (taken == null) {
      return List.of();
    }
    rejectedCount -= taken.size();
    return taken;
  }
}
