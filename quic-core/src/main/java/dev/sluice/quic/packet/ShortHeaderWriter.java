package dev.sluice.quic.packet;

import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.WireWriter;

/** Writes the headers of 1-RTT packets (RFC 9000 §17.3.1). */
public final class ShortHeaderWriter {
  private ShortHeaderWriter() {}

  /** The bytes of the header, packet number included. */
  public static int length(ConnectionId destination, int packetNumberLength) {
    return 1 + destination.length() + packetNumberLength;
  }

  /**
   * Writes the header, unprotected. The reserved bits are 0.
   *
   * @param spin the latency spin bit (§17.4)
   * @param keyPhase the Key Phase bit (RFC 9001 §6)
   * @param packetNumber the full number
   * @param packetNumberLength how many of its low bytes to write, 1 to 4
   * @return the index of the packet number
   */
  public static int write(
      WireWriter out,
      ConnectionId destination,
      boolean spin,
      boolean keyPhase,
      long packetNumber,
      int packetNumberLength) {
    out.u8(
        FirstByte.FIXED
            | (spin ? FirstByte.SPIN : 0)
            | (keyPhase ? FirstByte.KEY_PHASE : 0)
            | (packetNumberLength - 1));
    destination.writeTo(out);
    int packetNumberOffset = out.position();
    out.uint(packetNumber, packetNumberLength);
    return packetNumberOffset;
  }
}
