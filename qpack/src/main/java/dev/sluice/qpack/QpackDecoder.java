package dev.sluice.qpack;

/** The decoder of one connection. */
public final class QpackDecoder {
  /**
   * @param maxTableCapacity SETTINGS_QPACK_MAX_TABLE_CAPACITY as sent to the peer
   * @param maxBlockedStreams SETTINGS_QPACK_BLOCKED_STREAMS as sent to the peer
   * @param maxFieldSectionSize the largest section to decode, in bytes of RFC 9114 §4.2.2
   */
  public QpackDecoder(long maxTableCapacity, long maxBlockedStreams, long maxFieldSectionSize) {}

  /**
   * Bytes of the peer's encoder stream, cut anywhere; not kept. Afterwards take {@link
   * #nextUnblocked()} until it is null.
   *
   * @throws QpackException with QPACK_ENCODER_STREAM_ERROR
   */
  public void onEncoderStream(byte[] bytes, int offset, int length) throws QpackException {
    throw new UnsupportedOperationException();
  }

  /**
   * Decodes a field section.
   *
   * @param section the payload of a HEADERS or PUSH_PROMISE frame; the decoder may keep it
   * @throws QpackException with QPACK_DECOMPRESSION_FAILED
   * @throws IllegalStateException when an earlier section of this stream is still blocked
   */
  public Decoded decode(long streamId, byte[] section) throws QpackException {
    throw new UnsupportedOperationException();
  }

  /**
   * The next section that no longer waits, or null when there is none.
   *
   * @throws QpackException with QPACK_DECOMPRESSION_FAILED
   */
  public Unblocked nextUnblocked() throws QpackException {
    throw new UnsupportedOperationException();
  }

  /**
   * The stream was reset, or will not be read to its end: forgets its blocked section and tells the
   * peer's encoder (RFC 9204 §2.2.2.2).
   */
  public void cancel(long streamId) {
    throw new UnsupportedOperationException();
  }

  /** What must go on the decoder stream; empty when nothing. */
  public byte[] takeDecoderStream() {
    throw new UnsupportedOperationException();
  }
}
