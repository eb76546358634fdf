package dev.sluice.http3.memory;

import dev.sluice.quic.connection.QuicEvent;
import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.stream.RecvStream;

/** The receiving part; as strict about Readable as the contract allows. */
public final class MemoryRecvStream implements RecvStream {
  private final MemoryTransport owner;
  private final long id;
  private final ByteQueue queue = new ByteQueue();
  private StreamEnding known;
  private boolean armed = true;
  private Long stopCode;
  private long delivered;
  private long position;
  private long finalSize = -1;

  MemoryRecvStream(MemoryTransport owner, long id) {
    this.owner = owner;
    this.id = id;
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (length < 1) {
      throw new IllegalArgumentException("a read of " + length + " bytes");
    }
    if (queue.size() > 0) {
      int taken = queue.take(target, offset, length);
      position += taken;
      return taken;
    }
    if (known != null) {
      return ENDED;
    }
    armed = true;
    return NOTHING_NOW;
  }

  @Override
  public int available() {
    return queue.size();
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public long finalSize() {
    return finalSize;
  }

  @Override
  public StreamEnding ending() {
    return queue.size() == 0 ? known : null;
  }

  @Override
  public void stopSending(long applicationCode) {
    if (known == null) {
      queue.clear();
      known = new StreamEnding.AbandonedLocally(applicationCode);
      stopCode = applicationCode;
    }
  }

  /** The code that this side asked the peer to stop with, or null. */
  public Long stopCode() {
    return stopCode;
  }

  /** How many bytes have arrived, read or not. */
  public long arrived() {
    return delivered;
  }

  /** Everything that can be read at once. */
  public byte[] readAll() {
    byte[] all = new byte[queue.size()];
    queue.take(all, 0, all.length);
    if (known == null) {
      armed = true;
    }
    return all;
  }

  int room(int window) {
    // What was on its way when the peer was asked to stop still arrives.
    return stopCode == null ? known == null ? window - queue.size() : 0 : window;
  }

  void deliver(byte[] bytes) {
    delivered += bytes.length;
    if (known == null && bytes.length > 0) {
      queue.add(bytes, 0, bytes.length);
      tell();
    }
  }

  void end(StreamEnding ending) {
    finalSize = delivered;
    if (known == null) {
      known = ending;
      tell();
    } else {
      owner.events.add(new QuicEvent.Readable(this)); // the final size is known
    }
  }

  /** The connection's end is told by its own event. */
  void endSilently(StreamEnding ending) {
    if (known == null) {
      known = ending;
    }
  }

  private void tell() {
    if (armed) {
      armed = false;
      owner.events.add(new QuicEvent.Readable(this));
    }
  }
}
