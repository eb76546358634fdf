package dev.sluice.quic.endpoint;

import dev.sluice.quic.wire.ConnectionId;
import java.util.random.RandomGenerator;

/**
 * Makes the connection IDs that an endpoint gives out (RFC 9000 §5.1). Used by the endpoint's
 * thread; one generator may serve several endpoints only if it may be used by all their threads.
 */
public interface ConnectionIdGenerator {

  /**
   * Another ID of {@link #length()} bytes, hard to guess and to link to others. Should it be taken
   * the endpoint asks again.
   */
  ConnectionId next(RandomGenerator random);

  /**
   * The length of all IDs, 0 to 20, the same for the life of the endpoint: packets with a short
   * header do not tell it.
   */
  int length();

  /**
   * Whether a peer that moves would still be found by its IDs. If not it gets one ID and no more,
   * and is asked not to move.
   */
  default boolean isRoutable() {
    return length() > 0;
  }

  /** IDs of random bytes; none at all with length 0. */
  static ConnectionIdGenerator random(int length) {
    return new RandomConnectionIds(length);
  }
}
