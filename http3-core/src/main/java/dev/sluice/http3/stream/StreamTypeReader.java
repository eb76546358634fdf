package dev.sluice.http3.stream;

import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireReader;

/** Reads the type at the beginning of a unidirectional stream, byte by byte if need be (§6.2). */
public final class StreamTypeReader {
  /** The type has not arrived yet. */
  public static final long NOTHING_NOW = -1;

  /** The stream ended before its type, which must be tolerated (RFC 9114 §6.2). */
  public static final long ENDED = -2;

  private final RecvStream in;
  private final byte[] bytes = new byte[8];
  private int length;

  /**
   * @param in a stream of which nothing was read
   */
  public StreamTypeReader(RecvStream in) {
    this.in = in;
  }

  /** The stream. */
  public RecvStream stream() {
    return in;
  }

  /** The type, {@link #NOTHING_NOW} or {@link #ENDED}. Reads nothing beyond the type. */
  public long next() {
    int needed = length == 0 ? 1 : VarInt.lengthOf(bytes[0]);
    while (length < needed) {
      int read = in.read(bytes, length, needed - length);
      if (read <= 0) {
        return read == RecvStream.ENDED ? ENDED : NOTHING_NOW;
      }
      length += read;
      needed = VarInt.lengthOf(bytes[0]);
    }
    return new WireReader(bytes, 0, length).varInt();
  }
}
