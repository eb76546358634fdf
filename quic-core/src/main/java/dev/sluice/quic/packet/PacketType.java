package dev.sluice.quic.packet;

/** The kinds of packet of QUIC version 1 (RFC 9000 §17). */
public enum PacketType {
  INITIAL,
  ZERO_RTT,
  HANDSHAKE,
  RETRY,
  VERSION_NEGOTIATION,
  ONE_RTT;

  /** Whether the packet has a number and a protected payload of frames. */
  public boolean isProtected() {
    return this != RETRY && this != VERSION_NEGOTIATION;
  }
}
