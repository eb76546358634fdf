package dev.sluice.quic.endpoint;

import dev.sluice.quic.connection.ClosingPeriod;
import dev.sluice.quic.connection.Connection;
import dev.sluice.quic.path.ConnectionIdSource;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;

/**
 * A connection as its endpoint knows it: the IDs that lead to it, and whether it wants a turn. Once
 * the connection is closed, and has said so, they lead to what is left of it.
 */
final class Route implements ConnectionIdSource {
  private final Routes routes;
  private final StatelessResets resets;
  private final boolean client;
  private Connection connection;
  private ClosingPeriod remains;
  private boolean touched;
  private boolean queuedToSend;
  private final TimerWheel.Entry<Route> timer = new TimerWheel.Entry<>(this);
  private Bytes expectedReset;
  private boolean handshaking;

  /**
   * @param client whether this endpoint opens the connection
   */
  Route(Routes routes, StatelessResets resets, boolean client) {
    this.routes = routes;
    this.resets = resets;
    this.client = client;
  }

  /** Whether this endpoint opened the connection. */
  boolean isClient() {
    return client;
  }

  /** Null once it is {@linkplain #isClosed closed}. */
  Connection connection() {
    return connection;
  }

  void connection(Connection made) {
    connection = made;
  }

  /** From here on only this is needed of it. */
  void close(ClosingPeriod left) {
    remains = left;
    connection = null;
  }

  /** Whether nothing is left of the connection but {@link #remains}. */
  boolean isClosed() {
    return remains != null;
  }

  ClosingPeriod remains() {
    return remains;
  }

  long nextDeadline() {
    return remains != null ? remains.deadline() : connection.nextDeadline();
  }

  boolean isEnded() {
    return remains != null ? remains.isOver() : connection.isEnded();
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

  /** Whether it counts among the handshakes under way. */
  boolean isHandshaking() {
    return handshaking;
  }

  void handshaking(boolean is) {
    handshaking = is;
  }

  /** Its place in the queue of deadlines. */
  TimerWheel.Entry<Route> timer() {
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
    return routes.issue(this);
  }

  @Override
  public byte[] resetToken(ConnectionId id) {
    // Without an ID in the packet there is nothing to compute the token from again (§10.3.2).
    return id.length() == 0 ? null : resets.token(id);
  }

  @Override
  public void retire(ConnectionId id) {
    routes.remove(id);
  }

  @Override
  public void expectReset(byte[] token) {
    routes.expectReset(this, token);
  }

  @Override
  public boolean isSingle() {
    return !routes.areRoutable();
  }

  @Override
  public int length() {
    return routes.idLength();
  }
}
