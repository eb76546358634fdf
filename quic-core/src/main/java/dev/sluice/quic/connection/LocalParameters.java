package dev.sluice.quic.connection;

import dev.sluice.quic.path.RemoteConnectionIds;
import dev.sluice.quic.stream.StreamLimits;
import dev.sluice.quic.wire.Bytes;

/** The transport parameters that this side sends (RFC 9000 §7.4, §18.2). */
final class LocalParameters {
  /** ack_delay_exponent of this side: delays in units of 8 microseconds (RFC 9000 §18.2). */
  static final int ACK_DELAY_EXPONENT = 3;

  /** max_ack_delay of this side. */
  static final int MAX_ACK_DELAY_MILLIS = 25;

  /** min_ack_delay of this side: what timers can keep. */
  static final int MIN_ACK_DELAY_MICROS = 1000;

  private LocalParameters() {}

  /**
   * Those of a connection.
   *
   * @param resetToken a server's stateless_reset_token, null for a client
   */
  static TransportParameters of(Connection connection, Bytes resetToken) {
    TransportParameters.Builder own = limits(connection.config);
    own.versionInformation = connection.versions.information(connection.random);
    own.initialSourceConnectionId = connection.ids.localFirst();
    // Where IDs do not lead here from everywhere, whoever moved would be lost (§5.1).
    own.disableActiveMigration |= connection.ids.isSingle();
    if (!connection.isClient()) {
      own.originalDestinationConnectionId = connection.ids.originalDestination();
      own.retrySourceConnectionId = connection.ids.retrySource();
      own.statelessResetToken = resetToken;
      PreferredAddress preferred = connection.migration.offered();
      own.preferredAddress = preferred == null ? null : preferred.encode();
    }
    return own.build();
  }

  /** Those that are the same for all connections with these settings. */
  static TransportParameters.Builder limits(TransportConfig config) {
    StreamLimits limits = config.streams().limits();
    TransportParameters.Builder own = new TransportParameters.Builder();
    // Rounded up, for 0 would be none at all (§10.1).
    own.maxIdleTimeoutMillis = Math.ceilDiv(config.idleTimeoutNanos(), 1_000_000);
    own.maxUdpPayloadSize = config.maxReceivedDatagramSize();
    own.initialMaxData = limits.maxData();
    own.initialMaxStreamDataBidiLocal = limits.maxStreamDataBidiLocal();
    own.initialMaxStreamDataBidiRemote = limits.maxStreamDataBidiRemote();
    own.initialMaxStreamDataUni = limits.maxStreamDataUni();
    own.initialMaxStreamsBidi = limits.maxStreamsBidi();
    own.initialMaxStreamsUni = limits.maxStreamsUni();
    own.ackDelayExponent = ACK_DELAY_EXPONENT;
    own.maxAckDelayMillis = MAX_ACK_DELAY_MILLIS;
    own.disableActiveMigration = config.migration().disableActive();
    own.activeConnectionIdLimit = RemoteConnectionIds.ACTIVE_LIMIT;
    own.maxDatagramFrameSize = config.datagrams().maxFrameSize();
    own.resetStreamAt = true;
    own.minAckDelayMicros = MIN_ACK_DELAY_MICROS;
    own.greaseQuicBit = config.greaseQuicBit();
    return own;
  }
}
