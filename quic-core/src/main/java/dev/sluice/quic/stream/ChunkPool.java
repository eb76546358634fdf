package dev.sluice.quic.stream;

import java.util.ArrayDeque;

/**
 * Arrays of two sizes for the bytes of streams, used again and again so that a steady transfer
 * makes no garbage. One thread owns it; all connections of an endpoint share one.
 */
public final class ChunkPool {
  /**
   * Bytes in a chunk. Some six packets: large enough that most packets touch one chunk, small
   * enough that a thousand streams of a few bytes each stay below ten megabytes.
   */
  static final int CHUNK = 8192;

  /**
   * Bytes in a small chunk, with which a stream begins: of most streams a short message is all
   * there is, and some that live long, such as those for control, never have more that waits.
   */
  static final int SMALL = 512;

  /**
   * 2 MiB: as much more than is in use may wait to be used. What is in use swings with each burst
   * of acknowledgments, with each batch of datagrams and with what is read of them, often down to
   * nothing; so a steady transfer finds what it gave back, and one that ends lets go of it as it
   * shrinks.
   */
  private static final int SPARE = 256;

  private final ArrayDeque<byte[]> idle = new ArrayDeque<>();
  private final ArrayDeque<byte[]> idleSmall = new ArrayDeque<>();
  private final ReturnedChunks returned;
  private int taken;

  /** Chunks that leave the thread do not come back. */
  public ChunkPool() {
    this(null);
  }

  /**
   * @param returned where those come back to that leave the thread; null for nowhere
   */
  public ChunkPool(ReturnedChunks returned) {
    this.returned = returned;
  }

  /** A chunk of the full size with undefined content. */
  byte[] take() {
    taken++;
    byte[] chunk = idle.pollLast();
    if (chunk == null && returned != null) {
      chunk = returned.poll();
    }
    return chunk != null ? chunk : new byte[CHUNK];
  }

  /** A small chunk with undefined content. */
  byte[] takeSmall() {
    taken++;
    byte[] chunk = idleSmall.pollLast();
    return chunk != null ? chunk : new byte[SMALL];
  }

  /** A chunk leaves: somebody else has it now, or will let go of it some time. */
  void leave() {
    taken--;
  }

  /** Where chunks that have left may come back to; null for nowhere. */
  ReturnedChunks returned() {
    return returned;
  }

  /** Takes a chunk of either size back; the caller forgets it. */
  void give(byte[] chunk) {
    taken--;
    if (chunk.length == SMALL) {
      if (idleSmall.size() < SPARE) {
        idleSmall.addLast(chunk);
      }
      return;
    }
    idle.addLast(chunk);
    while (idle.size() > taken + SPARE) {
      idle.pollFirst();
    }
  }

  /** Chunks that are in use at present. */
  public int taken() {
    return taken;
  }
}
