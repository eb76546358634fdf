package dev.sluice.http3.webtransport;

import java.util.ArrayDeque;
import java.util.Deque;

/** Datagrams of a session that wait for the application; the oldest give way. */
final class DatagramQueue {
  private record Waiting(byte[] payload, long since) {}

  private final int limit;
  private final int maxBytes;
  private final long maxAge;
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private int bytes;
  private long received;
  private long dropped;

  DatagramQueue(DatagramLimits limits) {
    this.limit = limits.receiveQueue();
    this.maxBytes = limits.receiveBytes();
    this.maxAge = limits.receiveAge().toNanos();
  }

  void add(byte[] payload, long now) {
    received++;
    queue.addLast(new Waiting(payload, now));
    bytes += payload.length;
    while (queue.size() > limit || bytes > maxBytes) {
      remove();
      dropped++;
    }
  }

  /** The oldest that is not too old, or null. */
  byte[] poll(long now) {
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

  long dropped() {
    return dropped;
  }
}
