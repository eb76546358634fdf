package dev.sluice.quic.io;

import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.connection.QuicTransport;
import dev.sluice.quic.ending.ConnectionEnding;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A connection and the loop that it lives on. */
public final class LoopConnection {
  private final QuicSocket socket;
  private final Connection connection;
  private final CompletableFuture<ConnectionEnding> ended = new CompletableFuture<>();
  private ConnectionListener listener;

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

  /** Completes when the connection ends, after the listener has been told. Any thread. */
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
    listener.onEvents(this);
    if (connection.ending() != null && !ended.isDone()) {
      ended.complete(connection.ending());
    }
  }
}
