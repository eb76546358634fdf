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

  /**
   * Takes bytes over without a copy, as many as fit; otherwise as {@link #write}. What is taken
   * must not be written to any more, but the rest of the array may be: it can follow in further
   * calls. Fewer than {@link SendBuffer#LEAST_ADOPTED} bytes without a home are copied in any case,
   * and then nothing holds the array for their sake.
   *
   * @param home null; or, when the bytes reach to where the array is of use, where it is given back
   *     to, once and on this thread, when all of them were taken and neither they nor those that
   *     were taken from it before are needed any more. It stays the stream's as long as it does not
   *     come back.
   * @return the number of bytes taken, 0 to {@code length}; 0 once the stream has ended
   */
  default int adopt(byte[] array, int offset, int length, ReturnedChunks home) {
    int taken = write(array, offset, length);
    if (taken == length && home != null) {
      home.give(array);
    }
    return taken;
  }

  /** Bytes that {@link #write} would take at once. */
  int writable();

  /**
   * How many bytes were sent so far, however often. Once the stream is reset this is its final size
   * (RFC 9000 §4.5), or becomes it when more has to be delivered than was sent.
   */
  long sent();

  /**
   * How many bytes from the start of the stream the peer has acknowledged without a gap: it has
   * them, whatever becomes of the connection.
   */
  long acknowledged();

  /** Ends the stream after what was written: the last frame carries FIN. Writes no more. */
  void finish();

  /**
   * Abandons what was written and not yet acknowledged, with RESET_STREAM (§19.4). Nothing happens
   * when the stream has ended; after {@link #resetAt} its beginning is abandoned too.
   *
   * @param applicationCode 0 to 2^62-1
   */
  void reset(long applicationCode);

  /**
   * Abandons the stream but for its beginning, with RESET_STREAM_AT
   * (draft-ietf-quic-reliable-stream-reset-10): the first bytes still reach the peer, which then
   * sees the reset. May be called again with a smaller size, which then holds; the code of the
   * first call stays. Nothing happens when the stream has ended otherwise.
   *
   * <p>When the peer does not understand it, or the size is 0, this is {@link #reset}, and nothing
   * is certain to arrive: {@code QuicTransport.supportsResetAt()} tells beforehand.
   *
   * @param applicationCode 0 to 2^62-1
   * @param reliableSize bytes from the start of the stream that are delivered, 0 to the number
   *     written
   */
  void resetAt(long applicationCode, long reliableSize);

  /**
   * How the stream ended; null while it can still be written to, or while written bytes or the FIN
   * wait for their acknowledgement. Set as soon as either side has abandoned the stream.
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
