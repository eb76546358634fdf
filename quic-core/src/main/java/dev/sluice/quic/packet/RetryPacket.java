package dev.sluice.quic.packet;

import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.WireWriter;

/** Writes Retry packets (RFC 9000 §17.2.5). */
public final class RetryPacket {
  private RetryPacket() {}

  /** The bytes of the whole packet, integrity tag included. */
  public static int length(ConnectionId destination, ConnectionId source, Bytes token) {
    return 1
        + Integer.BYTES
        + 1
        + destination.length()
        + 1
        + source.length()
        + token.length()
        + PacketParser.RETRY_TAG_LENGTH;
  }

  /**
   * Writes all but the integrity tag, which {@code RetryIntegrity} in the crypto package appends.
   *
   * @param destination the source connection ID of the client's Initial
   * @param source the connection ID that the client shall use from now on; not the one it chose
   *     itself (§17.2.5.1)
   * @param token not empty
   * @param unused its low four bits fill the field that clients ignore
   * @return the index of the packet's first byte
   */
  public static int write(
      WireWriter out,
      QuicVersion version,
      ConnectionId destination,
      ConnectionId source,
      Bytes token,
      int unused) {
    if (token.isEmpty()) {
      throw new IllegalArgumentException("a Retry packet needs a token");
    }
    int start = out.position();
    out.u8(
        FirstByte.LONG
            | FirstByte.FIXED
            | version.longHeaderTypeBits(PacketType.RETRY)
            | unused & 0x0f);
    LongHeaderWriter.writeInvariant(out, version.number(), destination, source);
    out.bytes(token);
    return start;
  }
}
