package dev.sluice.tls;

/**
 * The four levels at which a QUIC handshake protects its data (RFC 9001 §2.1), in the order in
 * which their keys become available.
 */
public enum EncryptionLevel {
  /** TLS plaintext; QUIC protects it with keys that anyone on the path can derive. */
  INITIAL,
  /** 0-RTT, from the client only. */
  EARLY_DATA,
  /** The rest of the handshake. */
  HANDSHAKE,
  /** 1-RTT: application data, and the TLS messages that follow the handshake. */
  APPLICATION
}
