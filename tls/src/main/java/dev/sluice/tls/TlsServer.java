package dev.sluice.tls;

import dev.sluice.tls.handshake.MessagePump;
import dev.sluice.tls.handshake.ServerHandshake;

/** The server of a TLS 1.3 handshake over QUIC (RFC 8446, RFC 9001 §4). */
public final class TlsServer implements TlsEndpoint {
  private final ServerHandshake handshake;
  private final MessagePump pump;

  /**
   * A server for one connection.
   *
   * @param transport is given the client's quic_transport_parameters, and gives the server's
   */
  public TlsServer(TlsServerConfig config, ServerTransport transport) {
    this(config, transport, new KeyShareStock());
  }

  /**
   * The same beside other handshakes of its thread.
   *
   * @param stock where key pairs are taken from
   */
  public TlsServer(TlsServerConfig config, ServerTransport transport, KeyShareStock stock) {
    handshake = new ServerHandshake(config, transport, stock.pairs);
    pump = new MessagePump(handshake);
  }

  @Override
  public void start() {
    handshake.start();
  }

  @Override
  public void receive(EncryptionLevel level, byte[] bytes, int offset, int length)
      throws TlsException {
    pump.receive(level, bytes, offset, length);
  }

  @Override
  public void onSignature(byte[] signature) throws TlsException {
    if (!handshake.wantsSignature()) {
      throw new IllegalStateException("no signature is wanted");
    }
    pump.proceed(() -> handshake.onSignature(signature));
  }

  @Override
  public TlsEvent nextEvent() {
    return handshake.nextEvent();
  }

  @Override
  public boolean isHandshakeComplete() {
    return handshake.isComplete();
  }

  @Override
  public TlsSession session() {
    return handshake.session();
  }

  @Override
  public byte[] exportKeyingMaterial(String label, byte[] context, int length) {
    return handshake.export(label, context, length);
  }

  @Override
  public void destroy() {
    handshake.destroy();
  }
}
