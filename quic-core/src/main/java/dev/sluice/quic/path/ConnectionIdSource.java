package dev.sluice.quic.path;

import dev.sluice.quic.wire.ConnectionId;

/**
 * Where a connection gets the connection IDs by which its peer addresses it. The endpoint provides
 * one that also routes; a program with its own loop may provide another.
 */
public interface ConnectionIdSource {

  /**
   * A new connection ID, always of one length. No other connection of the endpoint uses it, unless
   * it has no bytes: then addresses tell connections apart.
   */
  ConnectionId issue();

  /**
   * The 16-byte stateless reset token that belongs to a connection ID (RFC 9000 §10.3.2); null for
   * one of length 0.
   */
  byte[] resetToken(ConnectionId id);

  /** The peer will not use this ID again, or the connection is gone. */
  void retire(ConnectionId id);

  /**
   * The peer's stateless reset token for the ID by which it is addressed now: a datagram for no
   * known ID that ends in it is a reset of this connection (RFC 9000 §10.3.1).
   *
   * @param token 16 bytes, or null when the ID in use has none
   */
  void expectReset(byte[] token);

  /**
   * Whether a connection gets one ID and no more, since others would not lead to it from elsewhere:
   * with IDs of length 0, and where a load balancer cannot read them.
   */
  default boolean isSingle() {
    return length() == 0;
  }

  /** Length in bytes of every ID, 0 to 20. */
  int length();
}
