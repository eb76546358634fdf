package dev.sluice.quic.stream;

import java.util.ArrayDeque;

/**
 * Arrays of one size for the bytes of streams, used again and again so that a steady transfer makes
 * no garbage. One thread owns it; all connections of an endpoint share one.
 */
public final class ChunkPool {
  /**
   * Bytes in a chunk. Some six packets: large enough that most packets touch one chunk, small
   * enough that a thousand streams of a few bytes each stay below ten megabytes.
   */
  static final int CHUNK = 8192;

  /**
   * 1 MiB: as much more than is in use may wait to be used. What is in use swings with each burst
   * of acknowledgments, with each batch of datagrams and with what is read of them, often down to
   * nothing; so a steady transfer finds what it gave back, and one that ends lets go of it as it
   * shrinks.
   */
  private static final int SPARE = 128;

  private final ArrayDeque<byte[]> idle = new ArrayDeque<>();
  private int taken;

  /** A chunk with undefined content. */
  byte[] take() {
    taken++;
    byte[] chunk = idle.pollLast();
    return chunk != null ? chunk : new byte[CHUNK];
  }

  /** Takes a chunk back; the caller forgets it. */
  void give(byte[] chunk) {
    taken--;
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
