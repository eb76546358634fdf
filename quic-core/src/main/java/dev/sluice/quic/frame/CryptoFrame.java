package dev.sluice.quic.frame;

import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireException;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;

/**
 * CRYPTO (RFC 9000 §19.6): a piece of the TLS handshake at one encryption level.
 *
 * @param offset where the data begins in the level's byte stream
 * @param data a view of the datagram when read
 */
public record CryptoFrame(long offset, Bytes data) implements Frame {

  static CryptoFrame read(long type, WireReader in) {
    long offset = in.varInt();
    Bytes data = in.slice(in.varInt());
    if (offset + data.length() > VarInt.MAX) {
      throw new WireException("data up to an offset beyond 2^62-1");
    }
    return new CryptoFrame(offset, data);
  }

  /** How many bytes {@link #writeHeader} writes. */
  public static int headerLength(long offset, int dataLength) {
    return 1 + VarInt.length(offset) + VarInt.length(dataLength);
  }

  /** Writes all but the data, which the caller writes right after it. */
  public static void writeHeader(WireWriter out, long offset, int dataLength) {
    out.u8((int) FrameTypes.CRYPTO).varInt(offset).varInt(dataLength);
  }

  /**
   * How much data fits with its header into some room.
   *
   * @param room in bytes
   * @return 0 or less when none does
   */
  public static int dataThatFits(long offset, int room) {
    return StreamFrame.dataAfterLength(room - 1 - VarInt.length(offset));
  }

  @Override
  public long type() {
    return FrameTypes.CRYPTO;
  }

  @Override
  public int encodedLength() {
    return headerLength(offset, data.length()) + data.length();
  }

  @Override
  public void write(WireWriter out) {
    writeHeader(out, offset, data.length());
    out.bytes(data);
  }
}
