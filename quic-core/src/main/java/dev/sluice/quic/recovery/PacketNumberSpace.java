package dev.sluice.quic.recovery;

import dev.sluice.tls.EncryptionLevel;

/**
 * The three packet number spaces (RFC 9000 §12.3): each counts, acknowledges and loses its packets
 * by itself, while round-trip times and the congestion window are common to all.
 */
public enum PacketNumberSpace {
  INITIAL,
  HANDSHAKE,
  /** 0-RTT and 1-RTT packets, with all their key phases. */
  APPLICATION;

  /** The space in which packets of an encryption level are numbered. */
  public static PacketNumberSpace of(EncryptionLevel level) {
    return switch (level) {
      case INITIAL -> INITIAL;
      case HANDSHAKE -> HANDSHAKE;
      case EARLY_DATA, APPLICATION -> APPLICATION;
    };
  }
}
