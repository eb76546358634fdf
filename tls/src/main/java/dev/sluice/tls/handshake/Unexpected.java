package dev.sluice.tls.handshake;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.TlsException;
import dev.sluice.tls.message.HandshakeType;

/** Makes the unexpected_message alert (RFC 8446 §4). */
final class Unexpected {
  private Unexpected() {}

  /**
   * @param type of the message, null for one that is unknown
   * @param situation why it does not fit
   */
  static TlsException message(HandshakeType type, String situation) {
    String reason =
        switch (type) {
          case null -> "handshake: a message of unknown type while " + situation;
          case KEY_UPDATE -> "KeyUpdate: QUIC updates its own keys (RFC 9001 §6)";
          case END_OF_EARLY_DATA -> "EndOfEarlyData: not used in QUIC (RFC 9001 §8.3)";
          default -> type.rfcName() + ": not expected while " + situation;
        };
    return new TlsException(AlertDescription.UNEXPECTED_MESSAGE, reason);
  }
}
