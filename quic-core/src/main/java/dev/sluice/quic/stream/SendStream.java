package dev.sluice.quic.stream;

import dev.sluice.quic.ending.StreamEnding;

/**
 * The sending part of a stream as the application sees it (RFC 9000 §2.2, §3.1). Used on the thread
 * that owns the connection.
 */
public interface SendStream {

  /** The stream's id; its two low bits say who opened it and whether it is unidirectional. */
  long id();

  /**
   * Copies bytes into the stream's send buffer, as many as fit. When fewer than {@code length} are
   * taken, a Writable event follows as soon as there is room.
   *
   * @return the number of bytes taken, 0 to {@code length}; 0 once the stream has ended
   */
  int write(byte[] source, int offset, int length);

  /** Bytes that {@link #write} would take at once. */
  int writable();

  /** Ends the stream after what was written: the last frame carries FIN. Writes no more. */
  void finish();

  /**
   * Abandons what was written and not yet acknowledged, with RESET_STREAM (§19.4). Nothing happens
   * when the stream has ended.
   *
   * @param applicationCode 0 to 2^62-1
   */
  void reset(long applicationCode);

  /**
   * How the stream ended; null while it can still be written to, or while written bytes or the FIN
   * wait for their acknowledgement.
   */
  StreamEnding ending();

  /**
   * The order in which streams with data share the connection: lower urgency first, and within one
   * urgency incremental streams take turns while the others go one after another.
   *
   * @param urgency 0 to 7, 3 by default (RFC 9218 §4.1)
   */
  void setPriority(int urgency, boolean incremental);
}
