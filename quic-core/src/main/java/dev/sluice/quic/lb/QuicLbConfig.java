package dev.sluice.quic.lb;

import dev.sluice.quic.wire.ConnectionId;
import java.util.Arrays;

/**
 * What servers and load balancers agree on (draft-ietf-quic-load-balancers §5.3). A connection ID
 * is a first octet with the rotation codepoint, then server ID and nonce, encrypted if there is a
 * key.
 *
 * @param rotation the codepoint by which this configuration is told from others that are in use at
 *     the same time, 0 to 6
 * @param serverIdLength bytes of the server ID, 1 to 15
 * @param nonceLength bytes of the nonce, 4 to 18; with the server ID 19 at the most, and 16 for
 *     encryption in a single pass
 * @param key 16 secret bytes; null for server IDs that everybody can read. Not copied
 */
public record QuicLbConfig(int rotation, int serverIdLength, int nonceLength, byte[] key) {

  /** Codepoint of IDs that lead to no server in particular (§3.2). */
  public static final int UNROUTABLE = 7;

  /** Checks what §5.3 says of the lengths. */
  public QuicLbConfig {
    if (rotation < 0 || rotation >= UNROUTABLE) {
      throw new IllegalArgumentException("a rotation codepoint is 0 to 6: " + rotation);
    }
    if (serverIdLength < 1 || nonceLength < 4 || serverIdLength + nonceLength > 19) {
      throw new IllegalArgumentException(
          "a server ID has 1 byte or more, a nonce 4 or more, both together 19 at the most");
    }
    if (key != null && key.length != 16) {
      throw new IllegalArgumentException("a key has 16 bytes");
    }
  }

  /** Server IDs that everybody can read. */
  public static QuicLbConfig unencrypted(int rotation, int serverIdLength, int nonceLength) {
    return new QuicLbConfig(rotation, serverIdLength, nonceLength, null);
  }

  /** The length of the connection IDs, 6 to 20 bytes. */
  public int length() {
    return 1 + blockLength();
  }

  int blockLength() {
    return serverIdLength + nonceLength;
  }

  /**
   * A connection ID (§5.4).
   *
   * @param serverId of the configured length
   * @param nonce of the configured length; with a key never the same twice, without one random
   * @param lowBits the five low bits of the first octet: {@link #length()} - 1 where the ID tells
   *     its length (§3.3), else at random
   */
  public ConnectionId encode(byte[] serverId, byte[] nonce, int lowBits) {
    if (serverId.length != serverIdLength || nonce.length != nonceLength) {
      throw new IllegalArgumentException("server ID or nonce of another length");
    }
    byte[] block = Arrays.copyOf(serverId, blockLength());
    System.arraycopy(nonce, 0, block, serverIdLength, nonceLength);
    if (key != null) {
      BlockCipher cipher = new BlockCipher(key);
      cipher.encrypt(block);
    }
    byte[] id = new byte[length()];
    id[0] = (byte) (rotation << 5 | lowBits & 0x1f);
    System.arraycopy(block, 0, id, 1, block.length);
    return ConnectionId.of(id);
  }

  /** The codepoint of a connection ID's first octet (§3.1). */
  static int rotation(byte firstOctet) {
    return (firstOctet & 0xff) >> 5;
  }

  /** Says nothing of the key. */
  @Override
  public String toString() {
    return "QuicLbConfig[rotation "
        + rotation
        + ", server ID "
        + serverIdLength
        + ", nonce "
        + nonceLength
        + (key == null ? ", unencrypted]" : "]");
  }
}
