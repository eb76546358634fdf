package dev.sluice.quic.io;

import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.connection.QuicTransport;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.ending.TransportError;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A connection and the loop that it lives on. */
public final class LoopConnection {
  private final QuicSocket socket;
  private final Connection connection;
  private final CompletableFuture<ConnectionEnding> ended = new CompletableFuture<>();
  private ConnectionListener listener = c -> {};

  LoopConnection(QuicSocket socket, Connection connection) {
    this.socket = socket;
    this.connection = connection;
  }

  /** Streams and events. Only on the loop's thread. */
  public QuicTransport transport() {
    return connection;
  }

  /** The loop; its {@code execute} brings work to the thread that owns the connection. */
  public EventLoop loop() {
    return socket.loop();
  }

  /** The socket's address. Any thread. */
  public InetSocketAddress localAddress() {
    return socket.localAddress();
  }

  /**
   * The connection was used outside of {@link ConnectionListener#onEvents}: what it has to send
   * leaves at the end of the loop's turn. Only on the loop's thread.
   */
  public void wake() {
    socket.wake(this);
  }

  /**
   * Client only: moves the connection to another local address once its server answers there (RFC
   * 9000 §9). Only on the loop's thread.
   *
   * @param bind port 0 for any
   * @return the address that the new socket is bound to; the outcome is a {@code PathChanged} or
   *     {@code MigrationFailed} event with it
   * @throws IOException the address cannot be bound to
   */
  public InetSocketAddress migrate(InetSocketAddress bind) throws IOException {
    return socket.migrate(this, bind);
  }

  /**
   * Closes the connection with CONNECTION_CLOSE of type 0x1c, for a program that has failed and has
   * no code of its application protocol for it. Only on the loop's thread.
   *
   * @param reason human-readable, goes to the peer
   */
  public void closeTransport(TransportError error, String reason) {
    connection.closeTransport(error, reason);
    wake();
  }

  /**
   * Completes when the connection ends, after the listener has been told, on the loop's thread:
   * what depends on it must not block. Any thread.
   */
  public CompletionStage<ConnectionEnding> ended() {
    return ended.minimalCompletionStage();
  }

  Connection connection() {
    return connection;
  }

  void listener(ConnectionListener given) {
    listener = given;
  }

  /** Lets the listener take its events, and tells those who wait of the end. */
  void deliver() {
    try {
      listener.onEvents(this);
    } finally {
      if (connection.ending() != null) {
        ended.complete(connection.ending());
      }
    }
  }
}
