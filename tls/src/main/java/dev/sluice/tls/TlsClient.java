package dev.sluice.tls;

import dev.sluice.tls.handshake.ClientHandshake;
import dev.sluice.tls.handshake.MessagePump;

/** The client of a TLS 1.3 handshake over QUIC (RFC 8446, RFC 9001 §4). */
public final class TlsClient implements TlsEndpoint {
  private final ClientHandshake handshake;
  private final MessagePump pump;

  /**
   * A client for one connection.
   *
   * @param transportParameters the client's quic_transport_parameters as QUIC encodes them (RFC
   *     9001 §8.2); not to be changed afterwards
   */
  public TlsClient(TlsClientConfig config, byte[] transportParameters) {
    this(config, transportParameters, new KeyShareStock());
  }

  /**
   * The same beside other handshakes of its thread.
   *
   * @param stock where key pairs are taken from
   */
  public TlsClient(TlsClientConfig config, byte[] transportParameters, KeyShareStock stock) {
    handshake = new ClientHandshake(config, transportParameters, stock.pairs);
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
  public void onSignature(byte[] signature) {
    throw new IllegalStateException("a client signs by itself");
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
