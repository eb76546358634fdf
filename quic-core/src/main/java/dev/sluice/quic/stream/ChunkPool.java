package dev.sluice.quic.stream;

import java.util.ArrayDeque;

/**
 * Arrays of one size for the bytes of streams, used again and again so that a steady transfer makes
 * no garbage. One thread owns it; the streams of a connection share one, and all connections of an
 * event loop may.
 */
public final class ChunkPool {
  /**
   * Bytes in a chunk. Some six packets: large enough that most packets touch one chunk, small
   * enough that a thousand streams of a few bytes each stay below ten megabytes.
   */
  static final int CHUNK = 8192;

  /** 1 MiB: what a fast transfer takes and gives back between two turns of the event loop. */
  private static final int MAX_IDLE = 128;

  /**
   * 128 KiB: what is kept once no stream holds anything, so that an idle connection costs little. A
   * reader that keeps up lets it come to that after each batch of datagrams, and one batch fits.
   */
  private static final int MAX_IDLE_WHEN_UNUSED = 16;

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
    if (taken == 0) {
      while (idle.size() >= MAX_IDLE_WHEN_UNUSED) {
        idle.pollFirst();
      }
    }
    if (idle.size() < MAX_IDLE) {
      idle.addLast(chunk);
    }
  }

  /** Chunks that are in use at present. */
  public int taken() {
    return taken;
  }
}
