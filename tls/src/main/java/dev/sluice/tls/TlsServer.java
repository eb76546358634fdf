package dev.sluice.tls;

import java.util.function.UnaryOperator;

/** The server of a TLS 1.3 handshake over QUIC. */
public final class TlsServer implements TlsEndpoint {
  /** A server that answers with what the operator makes of the client transport parameters. */
  public TlsServer(TlsServerConfig config, UnaryOperator<byte[]> transportParameters) {}

  @Override
  public void start() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void receive(EncryptionLevel level, byte[] bytes, int offset, int length)
      throws TlsException {
    throw new UnsupportedOperationException();
  }

  @Override
  public TlsEvent nextEvent() {
    return null;
  }

  @Override
  public boolean isHandshakeComplete() {
    return false;
  }

  @Override
  public TlsSession session() {
    throw new UnsupportedOperationException();
  }

  @Override
  public byte[] exportKeyingMaterial(String label, byte[] context, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void destroy() {}
}
