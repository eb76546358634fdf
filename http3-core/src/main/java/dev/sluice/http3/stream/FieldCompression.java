package dev.sluice.http3.stream;

import dev.sluice.http3.ending.ConnectionErrorException;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.qpack.Decoded;
import dev.sluice.qpack.EncoderLimits;
import dev.sluice.qpack.FieldLine;
import dev.sluice.qpack.QpackDecoder;
import dev.sluice.qpack.QpackEncoder;
import dev.sluice.qpack.QpackException;
import dev.sluice.qpack.Unblocked;
import java.util.List;

/**
 * QPACK on its streams (RFC 9204 §4.2): an encoder whose instructions go out on our encoder stream
 * before the sections that need them, and a decoder that answers on our decoder stream.
 */
public final class FieldCompression implements FieldSectionDecoder {
  private final QpackEncoder encoder;
  private final QpackDecoder decoder;
  private final LocalUniStream encoderStream = new LocalUniStream(StreamType.QPACK_ENCODER);
  private final LocalUniStream decoderStream = new LocalUniStream(StreamType.QPACK_DECODER);

  /**
   * @param limits for what is sent
   * @param maxTableCapacity for what is received, as our SETTINGS say
   * @param maxBlockedStreams for what is received, as our SETTINGS say
   * @param maxFieldSectionSize the largest section to decode, in bytes of RFC 9114 §4.2.2
   */
  public FieldCompression(
      EncoderLimits limits, int maxTableCapacity, int maxBlockedStreams, int maxFieldSectionSize) {
    encoder = new QpackEncoder(limits);
    decoder = new QpackDecoder(maxTableCapacity, maxBlockedStreams, maxFieldSectionSize);
  }

  /** The stream that our encoder's instructions go out on. */
  public LocalUniStream encoderStream() {
    return encoderStream;
  }

  /** The stream that our decoder's instructions go out on. */
  public LocalUniStream decoderStream() {
    return decoderStream;
  }

  /** The peer's settings: from now on the dynamic table may be used. */
  public void onPeerSettings(long maxTableCapacity, long blockedStreams) {
    try {
      encoder.onPeerSettings(maxTableCapacity, blockedStreams);
    } catch (QpackException e) {
      throw connectionError(e);
    }
    encoderStream.write(encoder.takeEncoderStream());
  }

  /** Encodes a section and sends the instructions that it needs ahead of it. */
  public byte[] encode(long streamId, List<FieldLine> lines) {
    encoder.onEncoderStreamCredit(encoderStream.credit());
    byte[] section = encoder.encode(streamId, lines);
    encoderStream.write(encoder.takeEncoderStream());
    return section;
  }

  @Override
  public Decoded decode(long streamId, byte[] section) {
    try {
      return decoder.decode(streamId, section);
    } catch (QpackException e) {
      throw connectionError(e);
    }
  }

  /** The next section that no longer waits, or null. */
  public Unblocked nextUnblocked() {
    try {
      return decoder.nextUnblocked();
    } catch (QpackException e) {
      throw connectionError(e);
    }
  }

  /** The peer's encoder stream has brought bytes; afterwards some sections may wait no longer. */
  public void onEncoderStream(byte[] bytes, int length) {
    try {
      decoder.onEncoderStream(bytes, 0, length);
    } catch (QpackException e) {
      throw connectionError(e);
    }
  }

  /** The peer's decoder stream has brought bytes. */
  public void onDecoderStream(byte[] bytes, int length) {
    try {
      encoder.onDecoderStream(bytes, 0, length);
    } catch (QpackException e) {
      throw connectionError(e);
    }
    encoderStream.write(encoder.takeEncoderStream());
  }

  /** No more of this stream will be decoded (RFC 9204 §2.2.2.2). */
  public void cancel(long streamId) {
    decoder.cancel(streamId);
  }

  /** Sends what the decoder has to say. */
  public void flush() {
    decoderStream.write(decoder.takeDecoderStream());
  }

  private static ConnectionErrorException connectionError(QpackException e) {
    return new ConnectionErrorException(Http3Error.of(e.code()), e.getMessage());
  }
}
