package dev.sluice.http3.session;

import dev.sluice.http3.webtransport.DatagramLimits;
import dev.sluice.http3.webtransport.DatagramQueue;

/**
 * Datagrams that nobody has asked for yet, within the session's limits. Under the intake's lock.
 */
final class DatagramShelf implements Intake.Shelf<byte[]> {
  private final DatagramQueue queue;

  /** For whoever asks on another thread. */
  private volatile long dropped;

  DatagramShelf(DatagramLimits limits) {
    queue = new DatagramQueue(limits);
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
  public boolean isEmpty() {
    return queue.isEmpty();
  }

  @Override
  public void clear() {
    queue.clear();
  }

  /** How many gave way to others, or became too old. Any thread. */
  long dropped() {
    return dropped;
  }
}
