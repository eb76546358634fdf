package dev.sluice.quic.packet;

import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.WireWriter;

/** Writes Version Negotiation packets (RFC 9000 §17.2.1). */
public final class VersionNegotiationPacket {
  private VersionNegotiationPacket() {}

  /** The bytes of the whole packet. */
  public static int length(ConnectionId destination, ConnectionId source, int versions) {
    return 1
        + Integer.BYTES
        + 1
        + destination.length()
        + 1
        + source.length()
        + Integer.BYTES * versions;
  }

  /**
   * Writes the whole packet. The bit that is fixed elsewhere is set too, so that it passes for QUIC
   * where QUIC shares a port with other protocols.
   *
   * @param destination the source connection ID of the client's packet, however long
   * @param source the destination connection ID of the client's packet, however long
   * @param versions what is offered, at least one
   * @param unused its low six bits fill the field that clients ignore
   */
  public static void write(
      WireWriter out, ConnectionId destination, ConnectionId source, int[] versions, int unused) {
    if (versions.length == 0) {
      throw new IllegalArgumentException("no versions to offer");
    }
    out.u8(FirstByte.LONG | FirstByte.FIXED | unused & 0x3f);
    LongHeaderWriter.writeInvariant(out, 0, destination, source);
    for (int version : versions) {
      out.u32(version);
    }
  }
}
