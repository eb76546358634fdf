package dev.sluice.quic.connection;

import dev.sluice.quic.path.Path;
import dev.sluice.quic.path.Paths;
import dev.sluice.quic.recovery.PathRecovery;
import dev.sluice.quic.trace.TraceEvent;
import java.net.InetSocketAddress;

/** Moves a connection from path to path, and knows what each path starts with (RFC 9000 §9). */
final class Migration {

  /**
   * What every path carries (§14). Nothing larger is sent before the peer's max_udp_payload_size is
   * known.
   */
  static final int START_DATAGRAM = 1200;

  private final Connection connection;

  Migration(Connection connection) {
    this.connection = connection;
  }

  /** The paths of a connection that begins on the one with these addresses. */
  Paths begin(InetSocketAddress local, InetSocketAddress remote, boolean validated) {
    return new Paths(
        connection.isClient(),
        new Path(local, remote, validated, connection.recovery.path()),
        this::newPath);
  }

  private PathRecovery newPath() {
    PathRecovery made =
        connection.recovery.newPath(
            connection.config.congestion().create(START_DATAGRAM, connection.random));
    made.setMaxDatagramSize(largestDatagram(connection.handshake.peer()));
    return made;
  }

  private int largestDatagram(TransportParameters peer) {
    return peer == null
        ? START_DATAGRAM
        : (int) Math.min(connection.config.maxDatagramSize(), peer.maxUdpPayloadSize());
  }

  void onPeerParameters(TransportParameters peer) {
    connection.paths.active().recovery().setMaxDatagramSize(largestDatagram(peer));
  }

  /** The peer writes from another address (§9.3). */
  void onPeerMoved(Path path, boolean underAnotherId, long now) {
    Path before = connection.paths.active();
    if (underAnotherId) {
      // It moved on purpose and does not want both paths to be linked: neither do we (§9.5).
      connection.ids.remote().rotate();
    }
    connection.paths.migrate(path, now, 3 * connection.recovery.ptoNanos());
    connection.recovery.usePath(path.recovery());
    connection.trace(now, () -> new TraceEvent.PathChanged(before.remote(), path.remote()));
  }

  void onDeadline(long now) {
    connection.paths.onDeadline(now);
    connection.recovery.usePath(connection.paths.active().recovery());
  }
}
