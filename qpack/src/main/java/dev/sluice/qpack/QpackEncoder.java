package dev.sluice.qpack;

import java.util.List;

/** The encoder of one connection. */
public final class QpackEncoder {
  /**
   * @param limits how much of what the peer will offer may be used
   */
  public QpackEncoder(EncoderLimits limits) {}

  /**
   * The peer's settings. Until this is called both are zero and only the static table is used. With
   * 0-RTT it is called with the remembered settings first and with the real ones later.
   *
   * @param maxTableCapacity SETTINGS_QPACK_MAX_TABLE_CAPACITY, 0 when absent
   * @param blockedStreams SETTINGS_QPACK_BLOCKED_STREAMS, 0 when absent
   * @throws QpackException when a remembered capacity other than zero has changed (RFC 9204 §3.2.3)
   */
  public void onPeerSettings(long maxTableCapacity, long blockedStreams) throws QpackException {
    throw new UnsupportedOperationException();
  }

  /**
   * How many bytes the encoder stream can send right now, counting from what was last taken. Lines
   * whose insertion would not fit travel as literals (RFC 9204 §2.1.3). Without a call there is no
   * such limit.
   */
  public void onEncoderStreamCredit(long bytes) {
    throw new UnsupportedOperationException();
  }

  /**
   * Encodes a field section.
   *
   * @return the payload of a HEADERS or PUSH_PROMISE frame; the caller's to keep
   */
  public byte[] encode(long streamId, List<FieldLine> lines) {
    throw new UnsupportedOperationException();
  }

  /** What must go on the encoder stream, and before the sections if it can; empty when nothing. */
  public byte[] takeEncoderStream() {
    throw new UnsupportedOperationException();
  }

  /**
   * Bytes of the peer's decoder stream, cut anywhere; not kept.
   *
   * @throws QpackException with QPACK_DECODER_STREAM_ERROR
   */
  public void onDecoderStream(byte[] bytes, int offset, int length) throws QpackException {
    throw new UnsupportedOperationException();
  }
}
