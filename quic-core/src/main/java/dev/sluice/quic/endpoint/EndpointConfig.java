package dev.sluice.quic.endpoint;

import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * What all connections of one socket share. Servers that stand in for each other, on several
 * sockets or several machines, share reset keys and token keys.
 *
 * @param random source of connection IDs, nonces and the like; cryptographically secure outside of
 *     tests
 * @param connectionIds makes the IDs that this endpoint issues. With IDs of length 0 datagrams lead
 *     to their connection by the address that they come from: no two connections with one peer's
 *     address, no moving peers, no stateless resets (RFC 9000 §5.1, §5.2, §10.3.2)
 * @param resetKey 32 secret bytes from which stateless reset tokens are made; the same after a
 *     restart if resets are to work then
 * @param tokenKeys seal address tokens
 * @param siblings the endpoints that share its port, and which of them it is
 */
public record EndpointConfig(
    RandomGenerator random,
    ConnectionIdGenerator connectionIds,
    byte[] resetKey,
    TokenKeys tokenKeys,
    Siblings siblings) {

  /** Eight bytes: too many to guess or to collide, few enough to be cheap in every packet. */
  public static final int DEFAULT_CONNECTION_ID_LENGTH = 8;

  /** Checks lengths. */
  public EndpointConfig {
    Objects.requireNonNull(random, "random");
    Objects.requireNonNull(connectionIds, "connectionIds");
    Objects.requireNonNull(tokenKeys, "tokenKeys");
    if (resetKey.length != 32) {
      throw new IllegalArgumentException("a reset key has 32 bytes");
    }
  }

  /** A configuration with fresh keys and random connection IDs. */
  public static EndpointConfig of(RandomGenerator random) {
    byte[] resetKey = new byte[32];
    random.nextBytes(resetKey);
    return new EndpointConfig(
        random,
        ConnectionIdGenerator.random(DEFAULT_CONNECTION_ID_LENGTH),
        resetKey,
        TokenKeys.fresh(random),
        Siblings.NONE);
  }

  /** The same with other connection IDs. */
  public EndpointConfig withConnectionIds(ConnectionIdGenerator other) {
    return new EndpointConfig(random, other, resetKey, tokenKeys, siblings);
  }

  /** The same with another key for stateless resets; 32 bytes, not copied. */
  public EndpointConfig withResetKey(byte[] other) {
    return new EndpointConfig(random, connectionIds, other, tokenKeys, siblings);
  }

  /** The same with other keys for address tokens. */
  public EndpointConfig withTokenKeys(TokenKeys other) {
    return new EndpointConfig(random, connectionIds, resetKey, other, siblings);
  }

  /** The same, keys included, for an endpoint that shares its port. */
  public EndpointConfig withSiblings(Siblings given) {
    return new EndpointConfig(random, connectionIds, resetKey, tokenKeys, given);
  }
}
