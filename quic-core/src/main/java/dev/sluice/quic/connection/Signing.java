package dev.sluice.quic.connection;

import dev.sluice.tls.SignatureRequest;

/**
 * What a server's connection has to have signed by somebody else, when its TLS configuration defers
 * signatures. For the thread that drives the connection.
 */
public interface Signing {
  /** The signature that is wanted, once; null when there is none to ask for. */
  SignatureRequest poll();

  /**
   * Brings the signature. The connection is to be touched afterwards, and gets to send. If it has
   * ended meanwhile nothing happens.
   *
   * @param signature null when the key refused, which ends the connection
   */
  void signed(byte[] signature, long now);
}
