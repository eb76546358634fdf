package dev.sluice.quic.endpoint;

import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.tls.Hkdf;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Stateless reset (RFC 9000 §10.3): tokens that need no memory, since they are computed from the
 * connection ID with a key (§10.3.2), and the datagram that carries one.
 */
final class StatelessResets {

  /** Bytes of a token. */
  static final int TOKEN = 16;

  /** Header form and fixed bit, 38 unpredictable bits, the token (§10.3). */
  static final int MIN_LENGTH = 5 + TOKEN;

  /** Long enough to look like a packet with a connection ID of 20 bytes in it. */
  private static final int MAX_LENGTH = 43;

  private final byte[] key;
  private final RandomGenerator random;
  private final Hkdf hkdf = new Hkdf("SHA-256");

  /**
   * @param key secret and, for resets after a restart to work, the same after it
   */
  StatelessResets(byte[] key, RandomGenerator random) {
    this.key = key.clone();
    this.random = random;
  }

  /** The token that the peer is given with an ID. */
  byte[] token(ConnectionId id) {
    return Arrays.copyOf(hkdf.hmac(key, id.toArray()), 16);
  }

  /**
   * What a token is looked up by. Blinded with the key, so that the time of a look-up says nothing
   * about the token (§10.3.1).
   */
  Bytes blind(byte[] buffer, int offset) {
    return Bytes.of(hkdf.hmac(key, Arrays.copyOfRange(buffer, offset, offset + 16)));
  }

  /**
   * The answer to a datagram for an ID that nobody here knows. It is shorter than what it answers,
   * so that two endpoints without state cannot reset each other for ever (§10.3.3).
   *
   * @return null when what came is too short to be answered
   */
  byte[] answer(ConnectionId id, int receivedLength) {
    int length = Math.min(receivedLength - 1, MAX_LENGTH);
    if (length < MIN_LENGTH) {
      return null;
    }
    byte[] datagram = new byte[length];
    random.nextBytes(datagram);
    datagram[0] = (byte) (0x40 | datagram[0] & 0x3f);
    System.arraycopy(token(id), 0, datagram, length - 16, 16);
    return datagram;
  }
}
