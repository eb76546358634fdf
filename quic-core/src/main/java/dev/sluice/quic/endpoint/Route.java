package dev.sluice.quic.endpoint;

import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.path.ConnectionIdSource;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;

/** A connection as its endpoint knows it: the IDs that lead to it, and whether it wants a turn. */
final class Route implements ConnectionIdSource {
  private final Endpoint endpoint;
  private Connection connection;
  private boolean touched;
  private boolean queuedToSend;
  private final DeadlineQueue.Entry<Route> timer = new DeadlineQueue.Entry<>(this);
  private Bytes expectedReset;

  Route(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  Connection connection() {
    return connection;
  }

  void connection(Connection made) {
    connection = made;
  }

  /** Marks the connection as having something to tell; true when it had not before. */
  boolean touch() {
    boolean before = touched;
    touched = true;
    return !before;
  }

  void untouch() {
    touched = false;
  }

  /** Marks the connection as waiting for its chance to send; true when it did not wait before. */
  boolean queueToSend() {
    boolean before = queuedToSend;
    queuedToSend = true;
    return !before;
  }

  void dequeueToSend() {
    queuedToSend = false;
  }

  /** Its place in the queue of deadlines. */
  DeadlineQueue.Entry<Route> timer() {
    return timer;
  }

  /**
   * Under which the endpoint finds this route when the peer has forgotten the connection, or null.
   */
  Bytes expectedReset() {
    return expectedReset;
  }

  void expectedReset(Bytes blinded) {
    expectedReset = blinded;
  }

  @Override
  public ConnectionId issue() {
    return endpoint.issue(this);
  }

  @Override
  public byte[] resetToken(ConnectionId id) {
    return endpoint.resetToken(id);
  }

  @Override
  public void retire(ConnectionId id) {
    endpoint.retire(id);
  }

  @Override
  public void expectReset(byte[] token) {
    endpoint.expectReset(this, token);
  }

  @Override
  public int length() {
    return endpoint.connectionIdLength();
  }
}
