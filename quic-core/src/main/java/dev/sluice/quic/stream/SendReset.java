package dev.sluice.quic.stream;

import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.ResetStreamAtFrame;
import dev.sluice.quic.frame.ResetStreamFrame;
import dev.sluice.quic.recovery.PacketContents;
import dev.sluice.quic.recovery.RecoveryToken;

/**
 * The reset of a sending part: its code, how much is delivered nonetheless, and the frame that says
 * so, RESET_STREAM or RESET_STREAM_AT.
 */
final class SendReset {
  private static final long NONE = -1;

  private final long id;
  private long code;
  private long reliableSize = NONE;
  private boolean pending;
  private boolean partialAcked;

  SendReset(long id) {
    this.id = id;
  }

  /** The code of a reset stays as it was given first (reliable-stream-reset §5.2). */
  void code(long applicationCode) {
    code = applicationCode;
  }

  /** The frame is to be sent, or sent again. */
  void due() {
    pending = true;
  }

  /** Nothing can be sent any more. */
  void cancel() {
    pending = false;
  }

  boolean isPending() {
    return pending;
  }

  /**
   * The peer has heard nothing of it.
   *
   * @param whole whether it is RESET_STREAM
   */
  void restart(boolean whole) {
    pending = whole || isPartial();
  }

  /** Only this many bytes are delivered: a frame with a larger number counts no more. */
  void shortenTo(long size) {
    reliableSize = size;
    partialAcked = false;
    pending = true;
  }

  /** Whether the beginning of the stream is delivered after all. */
  boolean isPartial() {
    return reliableSize != NONE;
  }

  long reliableSize() {
    return reliableSize;
  }

  /** Whether RESET_STREAM_AT with the present reliable size has arrived. */
  boolean isPartialAcked() {
    return partialAcked;
  }

  /** RESET_STREAM_AT has arrived; true when it says what holds now and had not before. */
  boolean onPartialAcked(long size) {
    if (size != reliableSize || partialAcked) {
      return false;
    }
    partialAcked = true;
    pending = false;
    return true;
  }

  /** RESET_STREAM_AT was lost; true when it is to be sent again. */
  boolean onPartialLost(long size) {
    if (size != reliableSize || partialAcked) {
      return false;
    }
    pending = true;
    return true;
  }

  /** Writes RESET_STREAM; false when it does not fit. */
  boolean writeWhole(PacketContents out, long finalSize) {
    return write(out, new ResetStreamFrame(id, code, finalSize), new RecoveryToken.ResetStream(id));
  }

  /** Writes RESET_STREAM_AT; false when it does not fit. */
  boolean writePartial(PacketContents out, long finalSize) {
    return write(
        out,
        new ResetStreamAtFrame(id, code, finalSize, reliableSize),
        new RecoveryToken.ResetStreamAt(id, reliableSize));
  }

  private boolean write(PacketContents out, Frame frame, RecoveryToken token) {
    pending = !out.addIfFits(frame, token);
    return !pending;
  }
}
