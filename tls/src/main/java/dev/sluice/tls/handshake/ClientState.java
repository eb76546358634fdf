package dev.sluice.tls.handshake;

import dev.sluice.tls.EncryptionLevel;
import dev.sluice.tls.message.HandshakeType;
import java.util.Set;

/** The client's states by the names of RFC 8446 §A.1, and what each waits for at which level. */
enum ClientState {
  START(EncryptionLevel.INITIAL, Set.of()),
  WAIT_SH(EncryptionLevel.INITIAL, Set.of(HandshakeType.SERVER_HELLO)),
  WAIT_EE(EncryptionLevel.HANDSHAKE, Set.of(HandshakeType.ENCRYPTED_EXTENSIONS)),
  WAIT_CERT_CR(
      EncryptionLevel.HANDSHAKE,
      Set.of(HandshakeType.CERTIFICATE, HandshakeType.CERTIFICATE_REQUEST)),
  WAIT_CERT(EncryptionLevel.HANDSHAKE, Set.of(HandshakeType.CERTIFICATE)),
  WAIT_CV(EncryptionLevel.HANDSHAKE, Set.of(HandshakeType.CERTIFICATE_VERIFY)),
  WAIT_FINISHED(EncryptionLevel.HANDSHAKE, Set.of(HandshakeType.FINISHED)),
  CONNECTED(EncryptionLevel.APPLICATION, Set.of(HandshakeType.NEW_SESSION_TICKET));

  final EncryptionLevel level;
  final Set<HandshakeType> expected;

  ClientState(EncryptionLevel level, Set<HandshakeType> expected) {
    this.level = level;
    this.expected = expected;
  }
}
