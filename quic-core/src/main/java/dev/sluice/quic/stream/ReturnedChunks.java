package dev.sluice.quic.stream;

/**
 * Where arrays of a {@link ChunkPool} come back to that have left its thread with bytes in them
 * ({@link RecvStream#take}). Any thread gives; the pool's thread takes.
 */
public interface ReturnedChunks {
  /** Takes an array back that nobody uses any more; whoever gives it must forget it. */
  void give(byte[] chunk);

  /** An array that has come back; null when there is none. */
  byte[] poll();
}
