package dev.sluice.tls;

/** What a {@link TlsEndpoint} asks of the transport that carries it, in the order to be obeyed. */
public sealed interface TlsEvent {

  /**
   * Handshake bytes to send, whole TLS messages at one encryption level. The array belongs to the
   * receiver of the event.
   */
  record SendMessage(EncryptionLevel level, byte[] bytes) implements TlsEvent {}

  /**
   * A traffic secret is ready (RFC 9001 §4.1.4). The array belongs to the receiver of the event,
   * who zeroes it once keys are derived.
   *
   * @param level never {@link EncryptionLevel#INITIAL}
   * @param direction whether the keys protect what this endpoint sends or what it receives
   */
  record TrafficSecret(
      EncryptionLevel level, Direction direction, CipherSuite cipherSuite, byte[] secret)
      implements TlsEvent {}

  /** The peer's quic_transport_parameters, not yet authenticated (RFC 9001 §8.2). */
  record PeerTransportParameters(byte[] bytes) implements TlsEvent {}

  /**
   * The handshake is complete in the sense of RFC 9001 §4.1.1: this endpoint has sent its Finished
   * and verified the peer's.
   */
  record HandshakeComplete(TlsSession session) implements TlsEvent {}

  /**
   * Whether 0-RTT goes ahead (RFC 9001 §4.6.2). A client that offered it learns it with the
   * server's EncryptedExtensions; a server that was offered it, with the ClientHello. After a
   * rejection the client's 0-RTT keys are of no further use.
   */
  record EarlyDataDecision(boolean accepted) implements TlsEvent {}

  /** Client only: a ticket with which a later connection can resume (RFC 8446 §4.6.1). */
  record NewSessionTicket(SessionTicket ticket) implements TlsEvent {}

  /**
   * Server only, with {@link TlsServerConfig#deferSignatures}: the handshake goes on once the
   * signature is given to {@link TlsEndpoint#onSignature}.
   */
  record SignatureWanted(SignatureRequest request) implements TlsEvent {}

  /** Which half of the connection a traffic secret protects. */
  enum Direction {
    SEND,
    RECEIVE
  }
}
