package dev.sluice.http3.webtransport;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Datagrams of a session that wait for the application; the oldest give way. For one thread at a
 * time.
 */
public final class DatagramQueue {
  private record Waiting(byte[] payload, long since) {}

  private final int limit;
  private final int maxBytes;
  private final long maxAge;
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private int bytes;
  private long received;
  private long dropped;

  /** An empty one within these limits. */
  public DatagramQueue(DatagramLimits limits) {
    this.limit = limits.receiveQueue();
    this.maxBytes = limits.receiveBytes();
    this.maxAge = limits.receiveAge().toNanos();
  }

  /**
   * One more.
   *
   * @param payload is the queue's from now on
   * @param now nanoseconds of any clock that only moves forward
   */
  public void add(byte[] payload, long now) {
    received++;
    queue.addLast(new Waiting(payload, now));
    bytes += payload.length;
    while (queue.size() > limit || bytes > maxBytes) {
      remove();
      dropped++;
    }
  }

  /** The oldest that is not too old, or null. */
  public byte[] poll(long now) {
    while (!queue.isEmpty() && maxAge > 0 && now - queue.peekFirst().since > maxAge) {
      remove();
      dropped++;
    }
    return queue.isEmpty() ? null : remove();
  }

  private byte[] remove() {
    byte[] payload = queue.removeFirst().payload;
    bytes -= payload.length;
    return payload;
  }

  long received() {
    return received;
  }

  /** How many gave way, or became too old. */
  public long dropped() {
    return dropped;
  }

  /** Whether there is none, however old. */
  public boolean isEmpty() {
    return queue.isEmpty();
  }

  /** Lets all go, which does not count as dropping them. */
  public void clear() {
    queue.clear();
    bytes = 0;
  }
}
