package dev.sluice.quic.connection;

import dev.sluice.quic.stream.StreamLimits;
import java.util.concurrent.TimeUnit;

/** What the peer's transport parameters change at this side (RFC 9000 §7.4). */
final class PeerParameters {
  private PeerParameters() {}

  /** All of them: for packets from here on. */
  static void apply(Connection connection, TransportParameters peer) {
    applyEarly(connection, peer);
    if (peer.greaseQuicBit()) {
      connection.quicBit.free();
    }
    long maxAckDelay = TimeUnit.MILLISECONDS.toNanos(peer.maxAckDelayMillis());
    connection.recovery.setPeerMaxAckDelay(maxAckDelay);
    connection.ackFrequency.onPeer(
        peer.minAckDelayMicros() < 0 ? -1 : peer.minAckDelayMicros() * 1000, maxAckDelay);
    connection.timers.onPeerIdleTimeout(TimeUnit.MILLISECONDS.toNanos(peer.maxIdleTimeoutMillis()));
    connection.migration.onPeerParameters(peer);
    connection.ids.onPeerLimit(peer.activeConnectionIdLimit());
    if (peer.statelessResetToken() != null) {
      connection.ids.remote().firstResetToken(peer.statelessResetToken().toArray());
    }
  }

  /** Those that a client goes by in 0-RTT: how much it may send on streams (§7.4.1). */
  static void applyEarly(Connection connection, TransportParameters peer) {
    connection.streams.onPeerLimits(
        new StreamLimits(
            peer.initialMaxData(),
            peer.initialMaxStreamDataBidiLocal(),
            peer.initialMaxStreamDataBidiRemote(),
            peer.initialMaxStreamDataUni(),
            peer.initialMaxStreamsBidi(),
            peer.initialMaxStreamsUni()));
    connection.streams.onPeerResetAt(peer.resetStreamAt());
  }
}
