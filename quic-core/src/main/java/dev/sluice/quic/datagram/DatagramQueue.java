package dev.sluice.quic.datagram;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Datagrams that wait for the application. Nothing holds the peer back (RFC 9221 §5.3), so when the
 * application does not keep up the oldest give way. For one thread at a time.
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

  /**
   * An empty one.
   *
   * @param limit how many may wait; at least 1
   * @param maxBytes how many bytes they may have together; not negative
   * @param maxAge how long one may wait; zero for as long as it takes
   */
  public DatagramQueue(int limit, int maxBytes, Duration maxAge) {
    this.limit = limit;
    this.maxBytes = maxBytes;
    this.maxAge = maxAge.isZero() ? Long.MAX_VALUE : TimeUnit.NANOSECONDS.convert(maxAge);
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
      drop();
    }
  }

  /** The oldest that is not too old, or null. */
  public byte[] poll(long now) {
    while (!queue.isEmpty() && now - queue.peekFirst().since > maxAge) {
      drop();
    }
    return queue.isEmpty() ? null : remove();
  }

  private void drop() {
    remove();
    dropped++;
  }

  private byte[] remove() {
    byte[] payload = queue.removeFirst().payload;
    bytes -= payload.length;
    return payload;
  }

  /** How many were ever added. */
  public long received() {
    return received;
  }

  /** How many of those gave way, or became too old. */
  public long dropped() {
    return dropped;
  }

  /** How many wait, however old. */
  public int size() {
    return queue.size();
  }

  /** How many bytes those have together. */
  public int bytes() {
    return bytes;
  }

  /** Lets all go, which does not count as dropping them. */
  public void clear() {
    queue.clear();
    bytes = 0;
  }
}
