package dev.sluice.quic.io;

import dev.sluice.quic.stream.ReturnedChunks;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The way back of arrays from those who have used them to those who fill them: a ring without a
 * lock. What does not fit is left to the garbage collector.
 */
final class ChunkReturn implements ReturnedChunks {
  private final AtomicReferenceArray<byte[]> slots;
  private final AtomicInteger given = new AtomicInteger();
  private final AtomicInteger taken = new AtomicInteger();

  /**
   * @param most how many arrays it holds; a power of two, so that places stay the same when the
   *     counters overflow
   */
  ChunkReturn(int most) {
    slots = new AtomicReferenceArray<>(most);
  }

  @Override
  public void give(byte[] chunk) {
    for (int place = given.get(); place - taken.get() < slots.length(); place = given.get()) {
      if (given.compareAndSet(place, place + 1)) {
        // Whoever takes what was here before may not have done so yet.
        slots.compareAndSet(Math.floorMod(place, slots.length()), null, chunk);
        return;
      }
    }
  }

  @Override
  public byte[] poll() {
    // A place is empty where somebody is about to put one, or came too early to.
    for (int place = taken.get(); place != given.get(); place = taken.get()) {
      if (taken.compareAndSet(place, place + 1)) {
        byte[] chunk = slots.getAndSet(Math.floorMod(place, slots.length()), null);
        if (chunk != null) {
          return chunk;
        }
      }
    }
    return null;
  }
}
