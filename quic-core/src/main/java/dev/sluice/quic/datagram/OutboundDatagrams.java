package dev.sluice.quic.datagram;

import dev.sluice.quic.frame.DatagramFrame;
import dev.sluice.quic.recovery.PacketContents;
import dev.sluice.quic.wire.Bytes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Datagrams that wait for room in a packet. The congestion controller may hold them up (RFC 9221
 * §5.4); who sends datagrams would rather have the newest arrive, so the oldest give way. Each user
 * of the connection has a queue of its own, and they take turns.
 */
public final class OutboundDatagrams {
  /** Those with something that waits, the one whose turn it is first. */
  private final Deque<Queue> pending = new ArrayDeque<>();

  /** Those that were given something since the last turn of the connection. */
  private final List<Queue> stirred = new ArrayList<>();

  private long sent;
  private long dropped;

  /** The datagrams of one user. */
  public final class Queue {
    private record Waiting(Bytes data, long since) {}

    private final Deque<Waiting> waiting = new ArrayDeque<>();

    /** What came since the last turn: the application knows no time, the turn does. */
    private final Deque<Bytes> fresh = new ArrayDeque<>();

    private final int limit;
    private final long maxAge;
    private long sentHere;
    private long droppedHere;
    private boolean finished;

    /** Null when nobody is to be told, or has been. */
    private Runnable whenGone;

    private Queue(int limit, Duration maxAge) {
      this.limit = limit;
      // For ever is longer than nanoseconds can say.
      this.maxAge = maxAge.isZero() ? Long.MAX_VALUE : TimeUnit.NANOSECONDS.convert(maxAge);
    }

    /** Copies a datagram in; drops the oldest when there are too many. */
    public void add(byte[] source, int offset, int length) {
      if (waiting.size() + fresh.size() == limit) {
        drop();
      }
      if (fresh.isEmpty()) {
        stirred.add(this);
      }
      fresh.addLast(Bytes.of(Arrays.copyOfRange(source, offset, offset + length)));
    }

    private void onTurn(long now) {
      if (waiting.isEmpty() && !fresh.isEmpty()) {
        pending.addLast(this);
      }
      while (!fresh.isEmpty()) {
        waiting.addLast(new Waiting(fresh.pollFirst(), now));
      }
    }

    /** The oldest that can still be sent, or null. */
    private DatagramFrame first(int maxLength, long now) {
      while (!waiting.isEmpty()) {
        Waiting first = waiting.peekFirst();
        if (first.data.length() <= maxLength && now - first.since <= maxAge) {
          return new DatagramFrame(first.data, true);
        }
        drop();
      }
      return null;
    }

    private void drop() {
      if (waiting.pollFirst() == null) {
        fresh.pollFirst();
      } else if (waiting.isEmpty()) {
        pending.remove(this);
      }
      droppedHere++;
      dropped++;
    }

    /** Nothing more is added; whoever asks is told when the last has left. */
    public void finish(Runnable toTell) {
      if (!finished) {
        finished = true;
        whenGone = toTell;
        tellIfGone();
      }
    }

    /** Whether nothing may be added. */
    public boolean isFinished() {
      return finished;
    }

    /** Drops what waits, and has nobody told. */
    public void discard() {
      finished = true;
      whenGone = null;
      while (!waiting.isEmpty() || !fresh.isEmpty()) {
        drop();
      }
    }

    private void tellIfGone() {
      if (whenGone != null && waiting.isEmpty() && fresh.isEmpty()) {
        Runnable told = whenGone;
        whenGone = null;
        told.run();
      }
    }

    /** How many were written into packets. */
    public long sent() {
      return sentHere;
    }

    /** How many were dropped instead. */
    public long dropped() {
      return droppedHere;
    }
  }

  /**
   * A queue for another user.
   *
   * @param limit how many datagrams it holds; at least 1
   * @param maxAge how long one may wait; zero for as long as it takes
   */
  public Queue open(int limit, Duration maxAge) {
    if (limit < 1 || maxAge.isNegative()) {
      throw new IllegalArgumentException("a queue holds something, and for no negative time");
    }
    return new Queue(limit, maxAge);
  }

  /** The connection gets to send: what was added since the last time has waited from now on. */
  public void onTurn(long now) {
    stirred.forEach(queue -> queue.onTurn(now));
    stirred.clear();
  }

  /** Whether any waits, as of this turn. */
  public boolean isPending() {
    return !pending.isEmpty();
  }

  /**
   * Writes DATAGRAM frames as long as they fit, one of each user in turn. None is ever written
   * again, so that no token is left with the packet (RFC 9221 §5.2).
   *
   * @param maxLength the longest that fits a packet of its own; a longer one, queued when more did,
   *     would wait for ever and is dropped
   */
  public void write(PacketContents out, int maxLength, long now) {
    while (!pending.isEmpty()) {
      Queue queue = pending.peekFirst();
      DatagramFrame frame = queue.first(maxLength, now);
      if (frame == null) {
        queue.tellIfGone();
        continue; // nothing of it was any good, and it has left
      }
      if (frame.encodedLength() > out.remaining()) {
        return;
      }
      out.add(frame, null);
      queue.waiting.pollFirst();
      queue.sentHere++;
      sent++;
      pending.pollFirst();
      if (!queue.waiting.isEmpty()) {
        pending.addLast(queue);
      }
      queue.tellIfGone();
    }
  }

  /** The connection has ended. */
  public void clear() {
    onTurn(0);
    List.copyOf(pending).forEach(Queue::discard);
  }

  /** How many were written into packets. */
  public long sent() {
    return sent;
  }

  /** How many were dropped instead. */
  public long dropped() {
    return dropped;
  }
}
