package dev.sluice.quic.lb;

import dev.sluice.quic.wire.ConnectionId;
import java.util.Arrays;

/**
 * A load balancer's view of connection IDs (draft-ietf-quic-load-balancers §5.5): which server one
 * leads to. Holds a configuration for each rotation codepoint. Not safe for several threads; each
 * takes a decoder of its own.
 */
public final class QuicLbDecoder {
  private final QuicLbConfig[] configs = new QuicLbConfig[QuicLbConfig.UNROUTABLE];
  private final BlockCipher[] ciphers = new BlockCipher[QuicLbConfig.UNROUTABLE];

  /** Knows this configuration from now on, in place of another with its codepoint. */
  public void add(QuicLbConfig config) {
    configs[config.rotation()] = config;
    ciphers[config.rotation()] = config.key() == null ? null : new BlockCipher(config.key());
  }

  /** Forgets the configuration with this codepoint, 0 to 6. */
  public void remove(int rotation) {
    configs[rotation] = null;
    ciphers[rotation] = null;
  }

  /**
   * The server ID in a connection ID.
   *
   * @return null for an ID that is not routable (§4.1): of a codepoint without configuration, or
   *     too short for it. That there is a server with the ID is for the caller to see
   */
  public byte[] serverId(ConnectionId id) {
    byte[] bytes = id.toArray();
    return serverId(bytes, 0, bytes.length);
  }

  /**
   * The server ID in a connection ID that may have further bytes after it, as behind the first byte
   * of a short header, which does not tell where its ID ends.
   *
   * @param offset where the ID begins
   * @param length how many bytes there are
   * @return null for an ID that is not routable
   */
  public byte[] serverId(byte[] buffer, int offset, int length) {
    int rotation = length == 0 ? QuicLbConfig.UNROUTABLE : QuicLbConfig.rotation(buffer[offset]);
    if (rotation == QuicLbConfig.UNROUTABLE || configs[rotation] == null) {
      return null;
    }
    QuicLbConfig config = configs[rotation];
    if (length < config.length()) {
      return null;
    }
    byte[] block = Arrays.copyOfRange(buffer, offset + 1, offset + config.length());
    if (ciphers[rotation] != null) {
      ciphers[rotation].decrypt(block);
    }
    return Arrays.copyOf(block, config.serverIdLength());
  }
}
