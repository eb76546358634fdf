package dev.sluice.http3.connection;

import dev.sluice.http3.message.Priority;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Priorities that a client announced for requests that have not arrived yet (RFC 9218 §7): only the
 * last for each, and of no more than a bounded number of requests, the oldest forgotten first.
 */
final class PriorityUpdates {
  /** As many as a client commonly may have requests under way. */
  private static final int MAX_WAITING = 100;

  private final Map<Long, Priority> waiting = new LinkedHashMap<>();

  /** Keeps a priority until its request arrives. */
  void put(long requestId, Priority priority) {
    waiting.remove(requestId);
    waiting.put(requestId, priority);
    if (waiting.size() > MAX_WAITING) {
      waiting.remove(waiting.keySet().iterator().next());
    }
  }

  /** The priority for a request that has arrived, or null. */
  Priority take(long requestId) {
    return waiting.isEmpty() ? null : waiting.remove(requestId);
  }
}
