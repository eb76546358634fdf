package dev.sluice.quic.io;

import dev.sluice.quic.DatagramBatch;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Datagrams that other loops have for this one. Any thread puts in, the loop takes out. */
final class StrayQueue {

  /**
   * As much as a socket's buffer would hold of large datagrams. Whoever floods us with IDs of
   * another loop gets no further than this; the rest is lost, as a full buffer would lose it.
   */
  static final int MOST = 1024;

  private final ConcurrentLinkedQueue<SharedPort.Stray> strays = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();

  private volatile long taken;

  /** Whether the loop knows that there is something, and has not looked yet. */
  private final AtomicBoolean told = new AtomicBoolean();

  /**
   * Puts a datagram in, if there is room.
   *
   * @return whether the loop has to be told
   */
  boolean add(SharedPort.Stray stray) {
    if (size.getAndIncrement() >= MOST) {
      size.decrementAndGet();
      return false;
    }
    strays.add(stray);
    return told.compareAndSet(false, true);
  }

  /** Takes out as many as a batch has room for. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // only the loop writes it
  void drainTo(DatagramBatch batch) {
    told.set(false); // before looking: whoever comes behind the look tells again
    while (!strays.isEmpty()
        && strays.peek().datagram().length <= batch.bytesFree()
        && batch.datagramsFree() > 0) {
      strays.poll().addTo(batch);
      size.decrementAndGet();
      taken++;
    }
  }

  /** How many were taken out so far. Any thread. */
  long taken() {
    return taken;
  }

  boolean isEmpty() {
    return strays.isEmpty();
  }
}
