package dev.sluice.quic.io;

import dev.sluice.quic.stream.ReturnedChunks;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The way back of arrays from those who have used them to the thread that fills them: a ring
 * without a lock. What does not fit is left to the garbage collector.
 */
final class ChunkReturn implements ReturnedChunks {
  /** 1 MiB of chunks: what some busy readers take between two turns of the loop. */
  private static final int SLOTS = 128;

  private final AtomicReferenceArray<byte[]> slots;
  private final AtomicInteger given = new AtomicInteger();
  private int taken;

  ChunkReturn() {
    this(SLOTS);
  }

  /**
   * @param most how many arrays it holds; a power of two, so that places stay the same when the
   *     counters overflow
   */
  ChunkReturn(int most) {
    slots = new AtomicReferenceArray<>(most);
  }

  @Override
  public void give(byte[] chunk) {
    slots.compareAndSet(Math.floorMod(given.getAndIncrement(), slots.length()), null, chunk);
  }

  @Override
  public byte[] poll() {
    // A place is empty where the ring was full before, or where somebody is about to put one.
    while (taken != given.get()) {
      byte[] chunk = slots.getAndSet(Math.floorMod(taken++, slots.length()), null);
      if (chunk != null) {
        return chunk;
      }
    }
    return null;
  }
}
