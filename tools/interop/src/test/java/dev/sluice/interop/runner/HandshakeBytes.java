package dev.sluice.interop.runner;

import dev.sluice.quic.frame.CryptoFrame;
import dev.sluice.quic.wire.WireReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** The CRYPTO data of one direction and level, put together again. */
final class HandshakeBytes {
  static final int CLIENT_HELLO = 1;
  static final int SERVER_HELLO = 2;
  static final int ENCRYPTED_EXTENSIONS = 8;
  static final int CERTIFICATE = 11;

  /** RFC 8446 §4: a type, and a length of three bytes. */
  private static final int HEADER = 4;

  /**
   * A TLS handshake message.
   *
   * @param body without its header
   */
  record Message(int type, byte[] body) {
    WireReader read() {
      return WireReader.of(body);
    }
  }

  private byte[] bytes = new byte[4096];
  private final BitSet known = new BitSet();

  void add(CryptoFrame frame) {
    int from = Math.toIntExact(frame.offset());
    int to = from + frame.data().length();
    if (to > bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * to);
    }
    System.arraycopy(
        frame.data().array(), frame.data().offset(), bytes, from, frame.data().length());
    known.set(from, to);
  }

  /** How many bytes there are from the beginning on. */
  int length() {
    return known.nextClearBit(0);
  }

  /** The messages that are whole. */
  List<Message> messages() {
    List<Message> messages = new ArrayList<>();
    int at = 0;
    while (at + HEADER <= length()) {
      int size = (bytes[at + 1] & 0xff) << 16 | (bytes[at + 2] & 0xff) << 8 | bytes[at + 3] & 0xff;
      if (at + HEADER + size > length()) {
        break;
      }
      messages.add(
          new Message(bytes[at], Arrays.copyOfRange(bytes, at + HEADER, at + HEADER + size)));
      at += HEADER + size;
    }
    return messages;
  }

  /** The last message of a type: a ServerHello may follow a HelloRetryRequest. */
  Optional<Message> last(int type) {
    return messages().stream().filter(m -> m.type == type).reduce((first, second) -> second);
  }
}
