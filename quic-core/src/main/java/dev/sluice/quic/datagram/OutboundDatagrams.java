package dev.sluice.quic.datagram;

import dev.sluice.quic.frame.DatagramFrame;
import dev.sluice.quic.recovery.PacketContents;
import dev.sluice.quic.wire.Bytes;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Datagrams that wait for room in a packet. The congestion controller may hold them up (RFC 9221
 * §5.4); who sends datagrams would rather have the newest arrive, so the oldest give way.
 */
public final class OutboundDatagrams {

  private record Waiting(Bytes data, long since) {}

  private final Deque<Waiting> queue = new ArrayDeque<>();

  /** What came since the last turn: the application knows no time, the turn does. */
  private final Deque<Bytes> fresh = new ArrayDeque<>();

  private final int limit;
  private final long maxAge;
  private long sent;
  private long dropped;

  /** An empty queue. */
  public OutboundDatagrams(DatagramConfig config) {
    this.limit = config.sendQueue();
    this.maxAge = config.maxAge().isZero() ? Long.MAX_VALUE : config.maxAge().toNanos();
  }

  /** Copies a datagram in; drops the oldest when there are too many. */
  public void add(byte[] source, int offset, int length) {
    if (queue.size() + fresh.size() == limit) {
      drop();
    }
    byte[] copy = Arrays.copyOfRange(source, offset, offset + length);
    fresh.addLast(Bytes.of(copy));
  }

  /** The connection gets to send: what was added since the last time has waited from now on. */
  public void onTurn(long now) {
    while (!fresh.isEmpty()) {
      queue.addLast(new Waiting(fresh.pollFirst(), now));
    }
  }

  /** Whether any waits, as of this turn. */
  public boolean isPending() {
    return !queue.isEmpty();
  }

  /**
   * Writes DATAGRAM frames as long as they fit. None is ever written again, so that no token is
   * left with the packet (RFC 9221 §5.2).
   *
   * @param maxLength the longest that fits a packet of its own; a longer one, queued when more did,
   *     would wait for ever and is dropped
   */
  public void write(PacketContents out, int maxLength, long now) {
    while (!queue.isEmpty()) {
      Waiting first = queue.peekFirst();
      if (first.data.length() > maxLength || now - first.since > maxAge) {
        drop();
        continue;
      }
      DatagramFrame frame = new DatagramFrame(first.data, true);
      if (frame.encodedLength() > out.remaining()) {
        return;
      }
      out.add(frame, null);
      queue.pollFirst();
      sent++;
    }
  }

  /** The connection has ended. */
  public void clear() {
    dropped += queue.size() + fresh.size();
    queue.clear();
    fresh.clear();
  }

  /** How many were written into packets. */
  public long sent() {
    return sent;
  }

  /** How many were dropped instead. */
  public long dropped() {
    return dropped;
  }

  private void drop() {
    if (queue.pollFirst() == null) {
      fresh.pollFirst();
    }
    dropped++;
  }
}
