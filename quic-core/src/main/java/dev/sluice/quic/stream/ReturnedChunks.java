package dev.sluice.quic.stream;

/**
 * Where arrays come back to that have left the thread that fills them, with bytes in them: chunks
 * of a {@link ChunkPool} ({@link RecvStream#take}), or those of a writer ({@link
 * SendStream#adopt}). Any thread gives, and any takes.
 */
public interface ReturnedChunks {
  /** Takes an array back that nobody uses any more; whoever gives it must forget it. */
  void give(byte[] chunk);

  /** An array that has come back; null when there is none. */
  byte[] poll();
}
