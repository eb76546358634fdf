package dev.sluice.quic.frame;

import dev.sluice.quic.wire.WireWriter;

/**
 * One frame (RFC 9000 §12.4, §19). Frames are plain values: what they hold was well-formed when
 * read, but whether it makes sense for the connection is for others to say. A frame that is built
 * here may also hold what a peer must refuse; only what cannot be written at all throws {@link
 * IllegalArgumentException}.
 */
public sealed interface Frame
    permits PaddingFrame,
        PingFrame,
        AckFrame,
        ResetStreamFrame,
        StopSendingFrame,
        CryptoFrame,
        NewTokenFrame,
        StreamFrame,
        MaxDataFrame,
        MaxStreamDataFrame,
        MaxStreamsFrame,
        DataBlockedFrame,
        StreamDataBlockedFrame,
        StreamsBlockedFrame,
        NewConnectionIdFrame,
        RetireConnectionIdFrame,
        PathChallengeFrame,
        PathResponseFrame,
        ConnectionCloseFrame,
        HandshakeDoneFrame,
        ResetStreamAtFrame,
        DatagramFrame,
        AckFrequencyFrame,
        ImmediateAckFrame {

  /** The frame type with the flags that this frame carries in it; see {@link FrameTypes}. */
  long type();

  /** Whether a packet with this frame asks for an acknowledgment (RFC 9000 §13.2). */
  default boolean isAckEliciting() {
    return FrameTypes.isAckEliciting(type());
  }

  /** How many bytes {@link #write} writes. */
  int encodedLength();

  /**
   * Writes the frame, type included.
   *
   * @throws IndexOutOfBoundsException when fewer than {@link #encodedLength()} bytes are left
   */
  void write(WireWriter out);
}
