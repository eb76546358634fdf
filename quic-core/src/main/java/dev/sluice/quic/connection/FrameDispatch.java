package dev.sluice.quic.connection;

import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.AckFrequencyFrame;
import dev.sluice.quic.frame.ConnectionCloseFrame;
import dev.sluice.quic.frame.CryptoFrame;
import dev.sluice.quic.frame.DataBlockedFrame;
import dev.sluice.quic.frame.DatagramFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.FrameTypes;
import dev.sluice.quic.frame.HandshakeDoneFrame;
import dev.sluice.quic.frame.ImmediateAckFrame;
import dev.sluice.quic.frame.MaxDataFrame;
import dev.sluice.quic.frame.MaxStreamDataFrame;
import dev.sluice.quic.frame.MaxStreamsFrame;
import dev.sluice.quic.frame.NewConnectionIdFrame;
import dev.sluice.quic.frame.NewTokenFrame;
import dev.sluice.quic.frame.PaddingFrame;
import dev.sluice.quic.frame.PathChallengeFrame;
import dev.sluice.quic.frame.PathResponseFrame;
import dev.sluice.quic.frame.PingFrame;
import dev.sluice.quic.frame.ResetStreamAtFrame;
import dev.sluice.quic.frame.ResetStreamFrame;
import dev.sluice.quic.frame.RetireConnectionIdFrame;
import dev.sluice.quic.frame.StopSendingFrame;
import dev.sluice.quic.frame.StreamDataBlockedFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.frame.StreamsBlockedFrame;

/** Brings each frame to the part of the connection that it is for (RFC 9000 §12.4, §19). */
final class FrameDispatch {

  private final Connection connection;

  FrameDispatch(Connection connection) {
    this.connection = connection;
  }

  /**
   * @param origin the packet that the frame came in
   */
  void dispatch(Frame frame, InboundPacket origin, long now) {
    switch (frame) {
      case StreamFrame f -> connection.streams.onFrame(f, now);
      case AckFrame f -> onAck(f, origin.space(), now);
      case PaddingFrame f -> {}
      case PingFrame f -> {}
      case CryptoFrame f -> connection.handshake.onCrypto(origin.space().level(), f, now);
      case ResetStreamFrame f -> connection.streams.onFrame(f, now);
      case StopSendingFrame f -> connection.streams.onFrame(f, now);
      case MaxDataFrame f -> connection.streams.onFrame(f, now);
      case MaxStreamDataFrame f -> connection.streams.onFrame(f, now);
      case MaxStreamsFrame f -> connection.streams.onFrame(f, now);
      case DataBlockedFrame f -> connection.streams.onFrame(f, now);
      case StreamDataBlockedFrame f -> connection.streams.onFrame(f, now);
      case StreamsBlockedFrame f -> connection.streams.onFrame(f, now);
      case NewConnectionIdFrame f -> {
        connection.ids.remote().onFrame(f);
        connection.migration.onRemoteIds(now);
      }
      case RetireConnectionIdFrame f ->
          connection.ids.local().onRetire(f.sequence(), origin.destination());
      case PathChallengeFrame f -> origin.path().onChallenge(f.data());
      case PathResponseFrame f -> connection.migration.onResponse(f.data(), now);
      case NewTokenFrame f -> onNewToken(f);
      case HandshakeDoneFrame f -> onHandshakeDone(now);
      case AckFrequencyFrame f ->
          connection
              .spaces
              .application()
              .acks()
              .onFrequency(f, LocalParameters.MIN_ACK_DELAY_MICROS);
      case ImmediateAckFrame f -> connection.spaces.application().acks().onImmediateAck();
      case ResetStreamAtFrame f -> connection.streams.onFrame(f, now);
      case DatagramFrame f -> connection.datagrams.inbound().onFrame(f);
      case ConnectionCloseFrame f -> connection.closing.onFrame(f);
    }
  }

  private void onAck(AckFrame frame, PacketSpace space, long now) {
    if (space == connection.spaces.application()) {
      connection.early.requireTaken(frame);
    }
    connection.recovery.onAck(space.number(), frame, ackDelayNanos(frame, space), now);
    if (space == connection.spaces.application()) {
      connection.spaces.oneRtt().onAcknowledged(frame.largestAcknowledged());
      connection.streams.onRoundTrip(connection.recovery.path().rtt().smoothed());
    }
  }

  /**
   * The field counts microseconds, shifted by the peer's exponent (§19.3); 1-RTT only (§13.2.5).
   */
  private long ackDelayNanos(AckFrame frame, PacketSpace space) {
    if (space != connection.spaces.application() || connection.handshake.peer() == null) {
      return 0;
    }
    int exponent = (int) connection.handshake.peer().ackDelayExponent();
    // A delay that does not fit is as good as a year; it will be capped by max_ack_delay anyway.
    long micros =
        frame.ackDelay() > (Long.MAX_VALUE / 1000) >> exponent
            ? Long.MAX_VALUE / 1000
            : frame.ackDelay() << exponent;
    return micros * 1000;
  }

  private void onNewToken(NewTokenFrame frame) {
    if (!connection.isClient()) {
      throw new TransportException(
          TransportError.PROTOCOL_VIOLATION,
          FrameTypes.NEW_TOKEN,
          "NEW_TOKEN: only servers send it");
    }
    connection.events.add(
        new QuicEvent.NewToken(AddressToken.of(connection.versions.current(), frame.token())));
  }

  private void onHandshakeDone(long now) {
    if (!connection.isClient()) {
      throw new TransportException(
          TransportError.PROTOCOL_VIOLATION,
          FrameTypes.HANDSHAKE_DONE,
          "HANDSHAKE_DONE: only servers send it");
    }
    connection.handshake.confirm(now);
  }
}
