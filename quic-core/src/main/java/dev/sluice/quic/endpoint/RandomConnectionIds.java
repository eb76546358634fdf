package dev.sluice.quic.endpoint;

import dev.sluice.quic.wire.ConnectionId;
import java.util.random.RandomGenerator;

/** IDs that mean nothing to anybody. */
record RandomConnectionIds(int length) implements ConnectionIdGenerator {

  /** Shorter ones than 4 bytes would run out, and be guessed. */
  RandomConnectionIds {
    if (length != 0 && (length < 4 || length > ConnectionId.MAX_LENGTH)) {
      throw new IllegalArgumentException("connection IDs have 4 to 20 bytes, or none");
    }
  }

  @Override
  public ConnectionId next(RandomGenerator random) {
    byte[] id = new byte[length];
    random.nextBytes(id);
    return ConnectionId.of(id);
  }
}
