package dev.sluice.tls.handshake;

import dev.sluice.tls.EncryptionLevel;
import dev.sluice.tls.message.HandshakeType;
import java.util.Set;

/**
 * The server's states, those of RFC 8446 §A.2 by its names, and what each waits for at which level.
 * Those in which nothing is awaited are passed through within one call and not listed.
 */
enum ServerState {
  START(EncryptionLevel.INITIAL, Set.of(HandshakeType.CLIENT_HELLO)),
  /** START again, after a HelloRetryRequest. */
  WAIT_SECOND_CH(EncryptionLevel.INITIAL, Set.of(HandshakeType.CLIENT_HELLO)),
  /** Our own flight lacks its signature; a client has nothing to say before it has that. */
  WAIT_SIGNATURE(EncryptionLevel.HANDSHAKE, Set.of()),
  WAIT_CERT(EncryptionLevel.HANDSHAKE, Set.of(HandshakeType.CERTIFICATE)),
  WAIT_CV(EncryptionLevel.HANDSHAKE, Set.of(HandshakeType.CERTIFICATE_VERIFY)),
  WAIT_FINISHED(EncryptionLevel.HANDSHAKE, Set.of(HandshakeType.FINISHED)),
  CONNECTED(EncryptionLevel.APPLICATION, Set.of());

  final EncryptionLevel level;
  final Set<HandshakeType> expected;

  ServerState(EncryptionLevel level, Set<HandshakeType> expected) {
    this.level = level;
    this.expected = expected;
  }
}
