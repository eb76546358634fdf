package dev.sluice.quic.io;

import dev.sluice.quic.datagram.DatagramQueue;

/** Datagrams that nobody has asked for yet, within the bounds of their queue. */
public final class DatagramShelf implements HandOver.Shelf<byte[]> {
  private final DatagramQueue queue;

  /** For whoever asks on another thread. */
  private volatile long dropped;

  /**
   * One over a queue.
   *
   * @param queue belongs to the shelf from now on; its ages are measured by {@link System#nanoTime}
   */
  public DatagramShelf(DatagramQueue queue) {
    this.queue = queue;
  }

  @Override
  public void add(byte[] datagram) {
    queue.add(datagram, System.nanoTime());
    dropped = queue.dropped();
  }

  @Override
  public byte[] poll() {
    byte[] next = queue.poll(System.nanoTime());
    dropped = queue.dropped();
    return next;
  }

  @Override
  public int size() {
    return queue.size();
  }

  @Override
  public void clear() {
    queue.clear();
  }

  /** How many gave way to others, or became too old. Any thread. */
  public long dropped() {
    return dropped;
  }
}
