package dev.sluice.http3.memory;

import dev.sluice.quic.connection.QuicEvent;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.stream.SendStream;

/** The sending part. */
public final class MemorySendStream implements SendStream {
  private final MemoryTransport owner;
  private final long id;
  private final ByteQueue queue = new ByteQueue();
  private boolean finished;
  private boolean finDelivered;
  private boolean wantsRoom;
  private boolean resetDelivered;
  private Long resetCode;
  private long delivered;
  private StreamEnding stopped;
  private StreamEnding ending;
  private int urgency = 3;
  private boolean incremental;

  MemorySendStream(MemoryTransport owner, long id) {
    this.owner = owner;
    this.id = id;
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public int write(byte[] source, int offset, int length) {
    if (finished || resetCode != null || ending != null) {
      return 0;
    }
    int taken = Math.min(length, writable());
    queue.add(source, offset, taken);
    wantsRoom |= taken < length;
    return taken;
  }

  @Override
  public int writable() {
    boolean open = !finished && resetCode == null && ending == null;
    return open ? Math.max(0, owner.sendBuffer - queue.size()) : 0;
  }

  @Override
  public long sent() {
    return delivered + (resetCode == null ? 0 : queue.size());
  }

  @Override
  public long acknowledged() {
    return delivered;
  }

  @Override
  public void finish() {
    finished = true;
  }

  @Override
  public void reset(long applicationCode) {
    if (ending == null && resetCode == null) {
      queue.clear();
      resetCode = applicationCode;
    }
  }

  @Override
  public void resetAt(long applicationCode, long reliableSize) {
    if (!owner.resetAt || reliableSize == 0) {
      reset(applicationCode);
    } else if (ending == null && (resetCode == null || reliableSize < delivered + queue.size())) {
      queue.cutTo((int) Math.max(0, reliableSize - delivered));
      resetCode = resetCode == null ? applicationCode : resetCode;
    }
  }

  @Override
  public StreamEnding ending() {
    return ending == null ? stopped : ending;
  }

  @Override
  public void setPriority(int newUrgency, boolean newIncremental) {
    urgency = newUrgency;
    incremental = newIncremental;
  }

  /** What was last set. */
  public int urgency() {
    return urgency;
  }

  /** What was last set. */
  public boolean incremental() {
    return incremental;
  }

  /** The code this side reset the stream with, or null. */
  public Long resetCode() {
    return resetCode;
  }

  /** What was written and not delivered. */
  public byte[] undelivered() {
    return queue.peek();
  }

  /** Whether there is something on its way to the other side, or its end. */
  boolean isWaiting() {
    return ending == null && (queue.size() > 0 || hasEnd());
  }

  private boolean hasEnd() {
    return resetCode != null && !resetDelivered || resetCode == null && finished && !finDelivered;
  }

  /** Moves up to this many bytes, and the end when it is next, to the other side. */
  void deliverTo(MemoryRecvStream peer, int bytes) {
    if (ending != null) {
      return;
    }
    if (resetCode != null && queue.size() == 0) {
      resetDelivered = true;
      ending = stopped != null ? stopped : new StreamEnding.AbandonedLocally(resetCode);
      peer.end(new StreamEnding.ResetByPeer(resetCode));
      owner.events.add(new QuicEvent.SendCompleted(this));
      return;
    }
    byte[] next = queue.take(bytes);
    delivered += next.length;
    peer.deliver(next);
    if (resetCode != null) {
      return;
    }
    if (wantsRoom && writable() > 0) {
      wantsRoom = false;
      owner.events.add(new QuicEvent.Writable(this));
    }
    if (finished && queue.size() == 0) {
      finDelivered = true;
      ending = new StreamEnding.Finished();
      peer.end(ending);
      owner.events.add(new QuicEvent.SendCompleted(this));
    }
  }

  /** The peer asked to stop: the stream is reset with the same code (RFC 9000 §3.5). */
  void stop(long code) {
    if (ending == null && resetCode == null) {
      queue.clear();
      resetCode = code;
      stopped = new StreamEnding.StoppedByPeer(code);
      owner.events.add(new QuicEvent.Stopped(this, code));
    }
  }

  void endSilently(StreamEnding how) {
    if (ending == null) {
      queue.clear();
      ending = how;
    }
  }
}
