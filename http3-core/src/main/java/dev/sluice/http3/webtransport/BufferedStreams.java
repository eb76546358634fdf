package dev.sluice.http3.webtransport;

import dev.sluice.http3.ending.Http3Error;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Streams whose session is not established yet (§4.6): those that are kept for it, up to a limit,
 * and those for which there was no room.
 */
final class BufferedStreams {

  /**
   * A stream for which there was no room.
   *
   * @param headerLength what of it was read
   */
  record Rejected(IncomingStream stream, long headerLength) {}

  /**
   * More than the streams of a flight that its request does not lead. A session of which more are
   * refused before it is there can have fewer streams.
   */
  private static final int MAX_REJECTED = 1 << 10;

  private final int maxBuffered;
  private final Map<Long, List<IncomingStream>> buffered = new HashMap<>();
  private final Map<Long, List<Rejected>> rejected = new HashMap<>();
  private int count;
  private int rejectedCount;

  /**
   * @param maxBuffered how many are kept, of all sessions together
   */
  BufferedStreams(int maxBuffered) {
    this.maxBuffered = maxBuffered;
  }

  /** Keeps a stream until its session is there; false when there are too many. */
  boolean add(long sessionId, IncomingStream stream) {
    if (count == maxBuffered) {
      return false;
    }
    count++;
    buffered.computeIfAbsent(sessionId, id -> new ArrayList<>()).add(stream);
    return true;
  }

  /** The streams that waited for a session, in order. */
  List<IncomingStream> take(long sessionId) {
    List<IncomingStream> taken = count == 0 ? null : buffered.remove(sessionId);
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
  void reject(long sessionId, IncomingStream stream) {
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
