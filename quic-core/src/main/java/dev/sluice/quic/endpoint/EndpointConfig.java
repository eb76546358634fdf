package dev.sluice.quic.endpoint;

import java.util.random.RandomGenerator;

/**
 * What all connections of one socket share.
 *
 * @param random source of connection IDs, nonces and the like; cryptographically secure outside of
 *     tests
 * @param connectionIdLength bytes of the IDs that this endpoint issues, 4 to 20
 * @param resetKey 32 secret bytes from which stateless reset tokens are made; the same after a
 *     restart if resets are to work then
 * @param tokenKey 32 secret bytes that seal address tokens
 */
public record EndpointConfig(
    RandomGenerator random, int connectionIdLength, byte[] resetKey, byte[] tokenKey) {

  /** Eight bytes: too many to guess or to collide, few enough to be cheap in every packet. */
  public static final int DEFAULT_CONNECTION_ID_LENGTH = 8;

  /** Checks lengths. */
  public EndpointConfig {
    if (connectionIdLength < 4 || connectionIdLength > 20) {
      throw new IllegalArgumentException("connectionIdLength is 4 to 20");
    }
    if (resetKey.length != 32 || tokenKey.length != 32) {
      throw new IllegalArgumentException("keys are 32 bytes");
    }
  }

  /** A configuration with fresh keys. */
  public static EndpointConfig of(RandomGenerator random) {
    return new EndpointConfig(random, DEFAULT_CONNECTION_ID_LENGTH, key(random), key(random));
  }

  private static byte[] key(RandomGenerator random) {
    byte[] key = new byte[32];
    random.nextBytes(key);
    return key;
  }
}
