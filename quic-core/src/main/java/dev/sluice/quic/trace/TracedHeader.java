package dev.sluice.quic.trace;

import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.wire.ConnectionId;

/**
 * What a packet's header says (RFC 9000 §17), once its protection is off.
 *
 * @param packetNumber in full; -1 for packets that have none
 * @param version of a long header; 0 in a 1-RTT packet, which names none
 * @param destination the receiver's connection ID
 * @param source the sender's connection ID; null in a 1-RTT packet, which names none
 * @param keyPhase of a 1-RTT packet, counted from 0 (RFC 9001 §6); -1 in others
 * @param token the Token field; {@link Token#NONE} where it is empty or there is no such field
 */
public record TracedHeader(
    PacketType type,
    long packetNumber,
    int version,
    ConnectionId destination,
    ConnectionId source,
    long keyPhase,
    Token token) {

  /**
   * A token of an Initial or Retry packet. Its bytes are left out: who has them can pass for the
   * client (RFC 9000 §8.1.4).
   *
   * @param retry whether a Retry packet brought it, and not NEW_TOKEN
   * @param length in bytes
   */
  public record Token(boolean retry, int length) {
    /** No token. */
    public static final Token NONE = new Token(false, 0);
  }

  /** Of a packet with a long header and a packet number. */
  public static TracedHeader ofLong(
      PacketType type,
      long packetNumber,
      int version,
      ConnectionId destination,
      ConnectionId source,
      Token token) {
    return new TracedHeader(type, packetNumber, version, destination, source, -1, token);
  }

  /** Of a 1-RTT packet. */
  public static TracedHeader ofShort(long packetNumber, ConnectionId destination, long keyPhase) {
    return new TracedHeader(
        PacketType.ONE_RTT, packetNumber, 0, destination, null, keyPhase, Token.NONE);
  }
}
