package dev.sluice.quic.stream;

/**
 * Stream ids (RFC 9000 §2.1): the lowest bit says who opened the stream, the next one whether it is
 * unidirectional, and the rest counts the streams of that type from 0.
 */
public final class StreamId {
  private static final int SERVER = 0x01;
  private static final int UNIDIRECTIONAL = 0x02;

  private StreamId() {}

  /** The id of the stream of a type with an index. */
  public static long of(long index, boolean client, boolean bidirectional) {
    return index << 2 | (bidirectional ? 0 : UNIDIRECTIONAL) | (client ? 0 : SERVER);
  }

  /** Whether the client opened, or may open, this stream. */
  public static boolean isClientInitiated(long id) {
    return (id & SERVER) == 0;
  }

  /** Whether the stream carries data in both directions. */
  public static boolean isBidirectional(long id) {
    return (id & UNIDIRECTIONAL) == 0;
  }

  /** How many streams of the same type have lower ids. */
  public static long index(long id) {
    return id >>> 2;
  }
}
