package dev.sluice.quic.connection;

import dev.sluice.quic.crypto.PacketKeys;
import dev.sluice.quic.recovery.AckTracker;
import dev.sluice.quic.recovery.PacketNumberSpace;
import dev.sluice.tls.EncryptionLevel;

/**
 * What belongs to one packet number space (RFC 9000 §12.3): the numbers received, the handshake
 * bytes of its level and, for Initial and Handshake, the keys. The keys of 1-RTT change phase and
 * have a class of their own.
 */
final class PacketSpace {
  private final EncryptionLevel level;
  private final PacketNumberSpace number;
  private final AckTracker acks;
  private final CryptoStream crypto;
  private PacketKeys sendKeys;
  private PacketKeys receiveKeys;
  private PacketKeys formerReceiveKeys;
  private boolean discarded;

  PacketSpace(EncryptionLevel level, AckTracker acks, CryptoStream crypto) {
    this.level = level;
    this.number = PacketNumberSpace.of(level);
    this.acks = acks;
    this.crypto = crypto;
  }

  EncryptionLevel level() {
    return level;
  }

  PacketNumberSpace number() {
    return number;
  }

  AckTracker acks() {
    return acks;
  }

  CryptoStream crypto() {
    return crypto;
  }

  /** Null before they are known, after they are discarded, and for 1-RTT. */
  PacketKeys sendKeys() {
    return sendKeys;
  }

  /** Null before they are known, after they are discarded, and for 1-RTT. */
  PacketKeys receiveKeys() {
    return receiveKeys;
  }

  void sendKeys(PacketKeys keys) {
    replace(sendKeys);
    sendKeys = keys;
  }

  void receiveKeys(PacketKeys keys) {
    replace(receiveKeys);
    receiveKeys = keys;
  }

  /**
   * The receive keys of another version take over (RFC 9369 §4.1); what the peer has sent before it
   * knew is still opened with the present ones.
   */
  void succeedReceiveKeys(PacketKeys keys) {
    replace(formerReceiveKeys);
    formerReceiveKeys = receiveKeys;
    receiveKeys = keys;
  }

  /** The receive keys of the version before; null when there is none. */
  PacketKeys formerReceiveKeys() {
    return formerReceiveKeys;
  }

  private static void replace(PacketKeys old) {
    if (old != null) {
      old.destroy();
    }
  }

  boolean isDiscarded() {
    return discarded;
  }

  void discard() {
    discarded = true;
    sendKeys(null);
    receiveKeys(null);
    replace(formerReceiveKeys);
    formerReceiveKeys = null;
    crypto.discard();
  }
}
