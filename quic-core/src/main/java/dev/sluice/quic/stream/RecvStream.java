package dev.sluice.quic.stream;

import dev.sluice.quic.ending.StreamEnding;

/**
 * The receiving part of a stream as the application sees it (RFC 9000 §2.2, §3.2). Used on the
 * thread that owns the connection.
 *
 * <p>It stays readable after the connection has ended: every contiguous byte that arrived comes out
 * first, and only then the ending.
 */
public interface RecvStream {

  /** {@link #read} has nothing at present; a Readable event follows. */
  int NOTHING_NOW = 0;

  /** {@link #read} will never give another byte; {@link #ending()} says why. */
  int ENDED = -1;

  /** Takes bytes where they lie; see {@link RecvStream#take}. */
  @FunctionalInterface
  interface Taker {
    /**
     * @param array is not written to in this range any more, but possibly outside of it
     * @param length at least 1
     * @param home null; or, with the last bytes of the array, where it may be given back to, from
     *     any thread, once nobody needs these any more nor those that were taken from it before
     */
    void take(byte[] array, int from, int length, ReturnedChunks home);
  }

  /** The stream's id; its two low bits say who opened it and whether it is unidirectional. */
  long id();

  /**
   * Copies up to {@code length} contiguous bytes out, in order, and returns flow-control credit for
   * them to the peer.
   *
   * @param length at least 1
   * @return the number of bytes, {@link #NOTHING_NOW} or {@link #ENDED}
   */
  int read(byte[] target, int offset, int length);

  /**
   * Does what {@link #read} does without copying: hands over the next bytes as they lie in the
   * stream's memory, as many as lie together. They do not change any more, so that another thread
   * may have them.
   *
   * @param most how many bytes at the most, at least 1
   * @param to is called at most once, before this returns
   * @return the number of bytes, {@link #NOTHING_NOW} or {@link #ENDED}
   */
  default int take(int most, Taker to) {
    byte[] bytes = new byte[Math.clamp(available(), 1, most)];
    int n = read(bytes, 0, bytes.length);
    if (n > 0) {
      to.take(bytes, 0, n, null);
    }
    return n;
  }

  /** Contiguous bytes that {@link #read} would give at once. */
  int available();

  /**
   * The offset of the next byte that {@link #read} would give: how many it has given so far. Once
   * nothing is read any more, after {@link #stopSending} or when what was unread is dropped, it is
   * how many have come without a gap, and grows with what still comes.
   */
  long position();

  /**
   * Whether some of what has arrived came as 0-RTT, which somebody else may have sent a second time
   * (RFC 9001 §9.2). Once the handshake is complete the peer is known to be there, and to have sent
   * this.
   */
  default boolean isEarly() {
    return false;
  }

  /**
   * The size at which the peer ended the stream, by FIN or reset (RFC 9000 §4.5); -1 while it is
   * unknown. It becomes known after {@link #stopSending} too, and then a Readable event says so.
   */
  long finalSize();

  /** How the stream ended; null until {@link #read} has returned, or would return, ENDED. */
  StreamEnding ending();

  /**
   * Reads no more: drops what is buffered and asks the peer to stop with STOP_SENDING (§3.5).
   * Nothing happens when the stream has ended.
   *
   * @param applicationCode 0 to 2^62-1
   */
  void stopSending(long applicationCode);
}
