package dev.sluice.qpack;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Field sections that wait for the encoder stream (RFC 9204 §2.2.1), at most one a stream, since a
 * stream is not read further while it is blocked.
 *
 * <p>Their number is bounded by the setting that was sent to the peer, and their bytes by a limit
 * of ours; see {@link QpackDecoder}.
 */
final class BlockedSections {
  /** A section, its prefix read, and where its lines begin in it. */
  record Waiting(long streamId, SectionPrefix prefix, byte[] section, int linesAt) {
    boolean isReady(long insertCount) {
      return prefix.requiredInsertCount() <= insertCount;
    }
  }

  private final Map<Long, Waiting> byStream = new HashMap<>();
  private final PriorityQueue<Waiting> byNeed =
      new PriorityQueue<>(Comparator.comparingLong(w -> w.prefix().requiredInsertCount()));
  private long bytes;

  boolean contains(long streamId) {
    return !byStream.isEmpty() && byStream.containsKey(streamId);
  }

  /** Whether {@code limit} streams are blocked; those only waiting to be taken don't count. */
  boolean isFull(long limit, long insertCount) {
    return byStream.size() >= limit
        && byStream.values().stream().filter(w -> !w.isReady(insertCount)).count() >= limit;
  }

  /** The bytes of all sections held. */
  long bytes() {
    return bytes;
  }

  void add(Waiting waiting) {
    byStream.put(waiting.streamId(), waiting);
    byNeed.add(waiting);
    bytes += waiting.section().length;
  }

  /** Takes out a section that waits no longer, or returns null. */
  Waiting poll(long insertCount) {
    Waiting first = byNeed.peek();
    if (first == null || !first.isReady(insertCount)) {
      return null;
    }
    remove(first.streamId());
    return first;
  }

  /** Forgets the section of a stream, if there is one. */
  void remove(long streamId) {
    Waiting waiting = byStream.remove(streamId);
    if (waiting != null) {
      byNeed.remove(waiting);
      bytes -= waiting.section().length;
    }
  }
}
