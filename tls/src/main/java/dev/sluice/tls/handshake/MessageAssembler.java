package dev.sluice.tls.handshake;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.TlsException;
import dev.sluice.tls.message.HandshakeType;
import java.util.Arrays;

/**
 * Cuts the stream of handshake bytes into messages (RFC 8446 §4). A message is judged by its header
 * before its body is gathered, so what waits here is never more than one message of an expected
 * type, within that type's bound.
 */
final class MessageAssembler {
  private static final byte[] NOTHING = {};

  /** Only while something is held: most of its life a connection has no handshake to do. */
  private byte[] buffer = NOTHING;

  private int start;
  private int end;

  /** Takes bytes from the stream. */
  void append(byte[] bytes, int offset, int length) {
    if (end + length > buffer.length) {
      int held = end - start;
      byte[] target =
          held + length > buffer.length
              ? new byte[Math.max(held + length, buffer.length * 2)]
              : buffer;
      System.arraycopy(buffer, start, target, 0, held);
      buffer = target;
      start = 0;
      end = held;
    }
    System.arraycopy(bytes, offset, buffer, end, length);
    end += length;
  }

  /** Bytes that make no whole message yet. */
  int held() {
    return end - start;
  }

  /**
   * The next whole message, or null when more bytes are needed.
   *
   * @throws TlsException the message is of a type that may not come now, or too long
   */
  RawMessage next(Handshake handshake) throws TlsException {
    if (held() == 0) {
      return null;
    }
    HandshakeType type = HandshakeType.of(buffer[start] & 0xff);
    if (type == null || !handshake.expects(type)) {
      throw handshake.unexpected(type);
    }
    if (held() < RawMessage.HEADER_LENGTH) {
      return null;
    }
    int length =
        (buffer[start + 1] & 0xff) << 16
            | (buffer[start + 2] & 0xff) << 8
            | buffer[start + 3] & 0xff;
    if (length > type.maxLength()) {
      throw new TlsException(
          AlertDescription.DECODE_ERROR,
          type.rfcName() + ": " + length + " bytes; at most " + type.maxLength() + " are taken");
    }
    int whole = RawMessage.HEADER_LENGTH + length;
    if (held() < whole) {
      return null;
    }
    RawMessage message = new RawMessage(type, Arrays.copyOfRange(buffer, start, start + whole));
    start += whole;
    if (start == end) {
      buffer = NOTHING;
      start = 0;
      end = 0;
    }
    return message;
  }
}
