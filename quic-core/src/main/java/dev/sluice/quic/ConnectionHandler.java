package dev.sluice.quic;

/** What a server does with a connection. */
@FunctionalInterface
public interface ConnectionHandler {

  /**
   * Called on a virtual thread of the connection's own, once its handshake is complete. The
   * connection lives on after this returns. An exception closes it with INTERNAL_ERROR, except
   * {@link ConnectionEndedException}: to be told of the end is how most handlers end.
   */
  void handle(QuicConnection connection) throws Exception;
}
