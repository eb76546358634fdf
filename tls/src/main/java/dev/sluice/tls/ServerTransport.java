package dev.sluice.tls;

/**
 * What a server's handshake asks of the transport under it (RFC 9001 §8.2), both in one thread with
 * the handshake.
 */
@FunctionalInterface
public interface ServerTransport {
  /**
   * The client's quic_transport_parameters have come; called once, before anything is sent.
   *
   * @return the server's
   * @throws RuntimeException comes out of {@link TlsServer#receive} unchanged and ends the
   *     handshake
   */
  byte[] answer(byte[] clientParameters);

  /**
   * Whether a session may be resumed whose server had these transport parameters; called after
   * {@link #answer}. Tickets belong to a version of QUIC, for one (RFC 9369 §5).
   *
   * @return false to pass the ticket over, for a full handshake
   */
  default boolean mayResume(byte[] ticketParameters) {
    return true;
  }
}
