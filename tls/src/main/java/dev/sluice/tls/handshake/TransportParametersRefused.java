package dev.sluice.tls.handshake;

/**
 * Carries what the transport has thrown over its peer's parameters through the state machine, so
 * that it comes out unchanged: the transport knows its own error codes.
 */
final class TransportParametersRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final RuntimeException refusal;

  TransportParametersRefused(RuntimeException refusal) {
    super("ClientHello, quic_transport_parameters: " + refusal.getMessage(), refusal);
    this.refusal = refusal;
  }

  RuntimeException refusal() {
    return refusal;
  }
}
