package dev.sluice.quic.connection;

import dev.sluice.quic.recovery.PacketNumberSpace;
import dev.sluice.quic.recovery.RecoveryToken;
import dev.sluice.quic.recovery.TokenListener;

/**
 * Tells the owner of what a packet carried that it arrived, or that it was lost (RFC 9000 §13.3).
 */
final class TokenRouter implements TokenListener {
  private final Connection connection;

  TokenRouter(Connection connection) {
    this.connection = connection;
  }

  @Override
  public void onAcked(PacketNumberSpace space, RecoveryToken token) {
    switch (token) {
      case RecoveryToken.Ack(long largest) ->
          connection.spaces.of(space).acks().onAckOfAckAcked(largest);
      case RecoveryToken.Crypto t -> connection.spaces.of(t.level()).crypto().onAcked(t);
      case RecoveryToken.RetireConnectionId t -> connection.ids.remote().onAcked(t);
      case RecoveryToken.ResetStream t -> connection.streams.onAcked(t);
      case RecoveryToken.ResetStreamAt t -> connection.streams.onAcked(t);
      case RecoveryToken.StopSending t -> connection.streams.onAcked(t);
      case RecoveryToken.MaxData t -> connection.streams.onAcked(t);
      case RecoveryToken.MaxStreamData t -> connection.streams.onAcked(t);
      case RecoveryToken.MaxStreams t -> connection.streams.onAcked(t);
      case RecoveryToken.DataBlocked t -> connection.streams.onAcked(t);
      case RecoveryToken.StreamDataBlocked t -> connection.streams.onAcked(t);
      case RecoveryToken.StreamsBlocked t -> connection.streams.onAcked(t);
      case RecoveryToken.AckFrequency t -> {
        connection.ackFrequency.onAcked(t);
        connection.recovery.setPeerMaxAckDelay(connection.ackFrequency.peerMaxAckDelay());
      }
      case RecoveryToken.NewConnectionId t -> {}
      case RecoveryToken.NewToken t -> {}
      case RecoveryToken.HandshakeDone t -> {}
      case RecoveryToken.Ping t -> {}
      case RecoveryToken.PathChallenge t -> {}
    }
  }

  @Override
  public void onLost(PacketNumberSpace space, RecoveryToken token) {
    switch (token) {
      case RecoveryToken.Ack t -> {
        // A later ACK says what this one said, and more (§13.2.3).
      }
      case RecoveryToken.Crypto t -> connection.spaces.of(t.level()).crypto().onLost(t);
      case RecoveryToken.NewConnectionId t -> connection.ids.local().onLost(t);
      case RecoveryToken.RetireConnectionId t -> connection.ids.remote().onLost(t);
      case RecoveryToken.ResetStream t -> connection.streams.onLost(t);
      case RecoveryToken.ResetStreamAt t -> connection.streams.onLost(t);
      case RecoveryToken.StopSending t -> connection.streams.onLost(t);
      case RecoveryToken.MaxData t -> connection.streams.onLost(t);
      case RecoveryToken.MaxStreamData t -> connection.streams.onLost(t);
      case RecoveryToken.MaxStreams t -> connection.streams.onLost(t);
      case RecoveryToken.DataBlocked t -> connection.streams.onLost(t);
      case RecoveryToken.StreamDataBlocked t -> connection.streams.onLost(t);
      case RecoveryToken.StreamsBlocked t -> connection.streams.onLost(t);
      case RecoveryToken.AckFrequency t -> connection.ackFrequency.onLost(t);
      case RecoveryToken.NewToken t -> connection.newTokens.onLost(t);
      case RecoveryToken.HandshakeDone t -> connection.handshake.setDonePending(true);
      case RecoveryToken.PathChallenge(long data) -> connection.paths.onChallengeLost(data);
      case RecoveryToken.Ping t -> {}
    }
  }

  @Override
  public void onStreamAcked(long streamId, long offset, long length, boolean fin) {
    connection.streams.onDataAcked(streamId, offset, length, fin);
  }

  @Override
  public void onStreamLost(long streamId, long offset, int length, boolean fin) {
    connection.streams.onDataLost(streamId, offset, length, fin);
  }
}
