package dev.sluice.quic.recovery;

import dev.sluice.quic.wire.Bytes;
import dev.sluice.tls.EncryptionLevel;

/**
 * What a packet carried, told to whoever wrote it once the packet is acknowledged or lost. QUIC
 * repairs information, not packets (RFC 9000 §13.3): a token names the information, and its owner
 * decides what, if anything, has to travel again. Frames that need no repair at all (PADDING,
 * CONNECTION_CLOSE) leave no token; STREAM frames, which are most, leave numbers instead: {@link
 * StreamRanges}.
 */
public sealed interface RecoveryToken {

  /** An ACK frame. Once it arrived, its receiver's tracker reports no range up to here again. */
  record Ack(long largest) implements RecoveryToken {}

  /** Bytes of the handshake at one encryption level. */
  record Crypto(EncryptionLevel level, long offset, int length) implements RecoveryToken {}

  /** RESET_STREAM: repeated unchanged until acknowledged. */
  record ResetStream(long streamId) implements RecoveryToken {}

  /**
   * RESET_STREAM_AT: repeated until acknowledged, unless a smaller reliable size has taken its
   * place.
   */
  record ResetStreamAt(long streamId, long reliableSize) implements RecoveryToken {}

  /** STOP_SENDING: repeated while the receiving part still waits for an end. */
  record StopSending(long streamId) implements RecoveryToken {}

  /** MAX_DATA: when lost, the limit of that moment is sent, not the old one. */
  record MaxData() implements RecoveryToken {}

  /** MAX_STREAM_DATA: when lost, the limit of that moment is sent. */
  record MaxStreamData(long streamId) implements RecoveryToken {}

  /** MAX_STREAMS of one direction: when lost, the limit of that moment is sent. */
  record MaxStreams(boolean bidirectional) implements RecoveryToken {}

  /** DATA_BLOCKED: repeated only while still blocked. */
  record DataBlocked() implements RecoveryToken {}

  /** STREAM_DATA_BLOCKED: repeated only while still blocked. */
  record StreamDataBlocked(long streamId) implements RecoveryToken {}

  /** STREAMS_BLOCKED: repeated only while still blocked. */
  record StreamsBlocked(boolean bidirectional) implements RecoveryToken {}

  /** NEW_CONNECTION_ID: repeated with the same sequence number. */
  record NewConnectionId(long sequence) implements RecoveryToken {}

  /** RETIRE_CONNECTION_ID: repeated until acknowledged. */
  record RetireConnectionId(long sequence) implements RecoveryToken {}

  /** NEW_TOKEN: repeated with the same contents. */
  record NewToken(Bytes token) implements RecoveryToken {}

  /** HANDSHAKE_DONE: repeated until acknowledged. */
  record HandshakeDone() implements RecoveryToken {}

  /** ACK_FREQUENCY: when lost, what is wanted by then is sent. */
  record AckFrequency(long sequence) implements RecoveryToken {}

  /** PING: nothing to repair, but its owner may wait for the acknowledgment. */
  record Ping() implements RecoveryToken {}

  /** PATH_CHALLENGE: never repeated with the same data. */
  record PathChallenge(long data) implements RecoveryToken {}
}
